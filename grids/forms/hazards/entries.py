"""A hazard, and what is done about one, entered without signal: each goes through the form of its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from django.http import QueryDict
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.duties import Power
from core.errors import InvalidInputError, NotAllowedError
from core.language import gettext
from grids.entry_kinds import Arrived, EntryKind, Landed
from grids.forms.field import said_by
from grids.forms.hazards.new import HazardNewForm
from grids.forms.hazards.steps import DoneForm, RecheckForm
from grids.models import HazardType
from grids.selectors.abouts import about_hazard, about_spot, key_of
from grids.selectors.hazards import communities_for, hazard_of
from grids.selectors.naming import Names

STEPS: Final[Mapping[str, type[DoneForm | RecheckForm]]] = {"done": DoneForm, "recheck": RecheckForm}
"""What is done about a hazard where it is, by its address; what needs the desk waits for signal."""


def hazard_land(arrived: Arrived) -> Landed:
    """A hazard seen on the spot; it was found when it was entered."""
    slug = arrived.fields.get("community")
    known = communities_for(arrived.actor, at=arrived.at)
    community = next((one for one in known if one.slug == slug), None)
    if community is None:
        raise NotAllowedError(_("您的任职不在这条记录所在的社区。"))
    fields = arrived.fields.copy()
    fields["key"] = str(arrived.key)
    form = HazardNewForm(
        fields,
        MultiValueDict(),
        community=community,
        actor=arrived.actor,
        at=arrived.at,
        brought=arrived.photos,
    )
    filed = form.submit(found_at=arrived.happened_at) if form.is_valid() else None
    if filed is None:
        raise form.refused()
    return Landed(
        filed.number, reverse("grids:hazard", args=[filed.pk]), gettext("已登记：%s") % filed.number
    )


def hazard_said(fields: QueryDict, names: Names) -> Sequence[tuple[str, str]]:
    """What was typed, under the names that the form gives it."""
    named = {
        "type": names.of_community(HazardType.objects.all()),
        "place": names.place,
        "who": names.person,
    }
    return said_by(HazardNewForm, fields, named)


def hazard_step_land(arrived: Arrived) -> Landed:
    """Put right, or looked at again; when it has moved on meanwhile, nothing is written over."""
    step = STEPS.get(arrived.fields.get("step", ""))
    if step is None:
        raise InvalidInputError(_("这一步不能离线办理。"))
    hazard = hazard_of(arrived.actor, key_of(arrived.fields, "hazard"), at=arrived.at)
    form = step(arrived.fields, MultiValueDict(), actor=arrived.actor, at=arrived.at, brought=arrived.photos)
    if not (form.is_valid() and form.submit(hazard)):
        raise form.refused()
    return Landed(hazard.number, reverse("grids:hazard", args=[hazard.pk]), step.said)


def hazard_step_said(fields: QueryDict, names: Names) -> Sequence[tuple[str, str]]:
    """The hazard and the step, then what was typed."""
    named = [(_("编号"), names.hazard(fields.get("hazard", "")))]
    step = STEPS.get(fields.get("step", ""))
    if step is None:
        return named
    return [*named, (_("步骤"), str(step.title)), *said_by(step, fields)]


HAZARD = EntryKind(gettext_lazy("隐患登记"), hazard_land, hazard_said, about_spot, Power.PETITION_ENTER)
HAZARD_STEP = EntryKind(
    gettext_lazy("隐患整改"), hazard_step_land, hazard_step_said, about_hazard, Power.PETITION_HANDLE
)
