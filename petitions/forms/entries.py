"""What a worker enters on the phone without signal: a matter on the spot, a step of a matter in hand.

An entry goes through the same form as the page, so it is refused for the same reasons.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.duties import Power
from community.permissions import Scope
from core.errors import InvalidInputError, NotAllowedError
from core.language import Kept, gettext
from core.models import StoredImage, User
from core.prepared import Prepared
from grids.entry_kinds import Arrived, EntryKind, Landed
from grids.forms.field import said_by
from grids.selectors.abouts import about_place
from grids.selectors.naming import Names
from petitions.actions.filing import filed_before
from petitions.actions.photos import photos_sealed
from petitions.forms.intake import IntakeForm
from petitions.forms.step import PhotoStepForm
from petitions.forms.steps import STEP_FORMS, step_form
from petitions.models import Petition
from petitions.selectors.matter import matter_of
from petitions.selectors.reach import community_in_reach, own_grids
from petitions.selectors.steps import Step

_WHERE: Final = Prepared(
    lambda number: Petition.objects.filter(number=number).values_list("place_path", "grid_path"), number="?"
)
FORGOTTEN: Final = timedelta(days=90)
"""For longer than that an entry itself is known (`grids.actions.held_entries.KEPT`)."""
OFFLINE_STEPS: Final = (Step.PROGRESS, Step.INSPECT, Step.RESOLVE)
"""Steps that a worker takes on the spot, and whose words a phone may keep."""


def filing_land(arrived: Arrived) -> Landed:
    """A matter found or told on the spot; a time that was left as it stood is when it was entered."""
    actor, at = arrived.actor, arrived.at
    slug = arrived.fields.get("community", "")
    community = community_in_reach(actor, Power.PETITION_ENTER, slug, at=at)
    if community is None:
        raise NotAllowedError(_("您的任职不在这条记录所在的社区。"))
    fields = _fields(arrived)
    fields["key"] = str(arrived.key)
    if not fields.get("received_at"):
        fields["received_at"] = f"{timezone.localtime(arrived.happened_at):%Y-%m-%dT%H:%M}"
    grids = own_grids(actor, community, at=at)
    form = IntakeForm(
        fields,
        MultiValueDict(),
        community=community,
        grids=grids,
        actor=actor,
        at=at,
        on_the_spot=bool(grids),
        as_entry=True,
        scope=arrived.scope,
        after_kept=list(arrived.photos.get("after", ())),
    )
    again = filed_before(arrived.key) if at - arrived.happened_at > FORGOTTEN else None
    filed = again or (form.submit() if form.is_valid() else None)
    if filed is None or form.refusal:
        raise form.refused()
    number = filed.petition.number
    said = gettext("已登记，但没有当场办结：%s") % form.said if form.said else ""
    return Landed(number, reverse("petitions:work_filed", args=[number]), said, warns=bool(said))


def step_land(arrived: Arrived) -> Landed:
    """A step of a matter; when it has moved on meanwhile, that is said and nothing is written over."""
    step, number = arrived.fields.get("step", ""), arrived.fields.get("number", "")
    if step not in OFFLINE_STEPS:
        raise InvalidInputError(_("这一步不能离线办理。"))
    matter = matter_of(arrived.actor, number=number, at=arrived.at, whole=False)
    form = step_form(
        step, _fields(arrived), MultiValueDict(), matter=matter, actor=arrived.actor, at=arrived.at
    )
    if not form.run():
        raise form.refused()
    done = form.done if form.said == str(form.done) else form.said
    said = Kept("%s") % done
    return Landed(number, reverse("petitions:work", args=[number]), said)


def filing_said(fields: QueryDict, names: Names) -> Sequence[tuple[str, str]]:
    """What was typed, under the names that the form gives it."""
    return said_by(IntakeForm, fields, {"place": names.place})


def step_said(fields: QueryDict, _names: Names) -> Sequence[tuple[str, str]]:
    """The matter and the step, then what was typed."""
    form = STEP_FORMS.get(fields.get("step", ""))
    named = [(_("编号"), fields.get("number", ""))]
    if form is None:
        return named
    return [*named, (_("步骤"), str(form.step.label)), *said_by(form, fields)]


def step_about(fields: QueryDict, _worker: User) -> Scope | None:
    """Where the matter is."""
    return next((Scope(*paths) for paths in _WHERE.rows(number=fields.get("number", ""))), None)


def _fields(arrived: Arrived) -> QueryDict:
    fields = arrived.fields.copy()
    kept: Sequence[StoredImage] = arrived.photos.get("photos", ())
    fields["kept"] = photos_sealed(kept)
    return fields


KINDS: Final = {
    "petitions.filing": EntryKind(
        gettext_lazy("现场登记"), filing_land, filing_said, about_place, Power.PETITION_ENTER
    ),
    "petitions.step": EntryKind(
        gettext_lazy("办理记录"), step_land, step_said, step_about, Power.PETITION_HANDLE
    ),
}


def may_wait(form: Any) -> bool:
    """Whether a step's form may wait in the phone."""
    return isinstance(form, PhotoStepForm) and form.step in OFFLINE_STEPS
