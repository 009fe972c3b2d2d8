"""A hazard entered without signal: it goes through the form of its page."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import QueryDict
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.duties import Power
from core.errors import NotAllowedError
from core.language import gettext
from grids.entry_kinds import Arrived, EntryKind, Landed
from grids.forms.field import said_by
from grids.forms.hazards.new import HazardNewForm
from grids.models import HazardType
from grids.selectors.abouts import about_spot
from grids.selectors.hazards import communities_for
from grids.selectors.naming import Names


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


HAZARD = EntryKind(gettext_lazy("隐患登记"), hazard_land, hazard_said, about_spot, Power.PETITION_ENTER)
