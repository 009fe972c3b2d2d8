"""信息册 as the posts over a grid read it: the people of its doors with their marks, and one person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Exists, F, OuterRef, Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.duties import Power
from community.models import Community, Resident
from community.permissions import has_power
from core.display import day
from core.errors import NotFoundError
from core.models import User
from core.paging import Page, keyset
from core.querysets import Among
from core.registries import DataSubject
from grids.models import CareSubject, CensusState, Grid, HelperPairing, ResidentTag, SchemeColour, SchemeKind
from grids.selectors.doors import doors_of, scope_of

PAGE: Final = 30
EVERYBODY: Final = "all"
LEASES: Final = "lease"
DUE: Final = "due"
UNPAIRED: Final = "unpaired"
CENSUS: Final = "census"
DOOR: Final = "household__place__parent__parent"
HEADS: Final = {
    "mark": gettext_lazy("标记"),
    "since": gettext_lazy("从哪天起"),
    "ended": gettext_lazy("撤销"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to narrow the register: its word in the address, its words, and its colour if it has one."""

    code: str
    words: str
    colour: str = ""


def colours_of(community_id: int) -> list[SchemeColour]:
    """All colours in use in a community, marks first; one statement."""
    rows = SchemeColour.objects.filter(scheme__community=community_id, scheme__is_active=True, is_active=True)
    return list(rows.select_related("scheme").order_by("-scheme__kind", "scheme", "pk"))


def marks_of(community_id: int) -> list[SchemeColour]:
    """The marks that a community makes; one statement."""
    rows = SchemeColour.objects.filter(
        scheme__community=community_id, scheme__kind=SchemeKind.REGISTER, scheme__is_active=True
    )
    return list(rows.filter(is_active=True).select_related("scheme"))


def choices_of(colours: Sequence[SchemeColour]) -> list[Choice]:
    """What the register can be narrowed to."""
    marks = [Choice(str(one.pk), one.words, one.colour) for one in colours]
    return [
        Choice("", _("有标记的")),
        *marks,
        Choice(DUE, _("该走访的")),
        Choice(UNPAIRED, _("没有结对的")),
        Choice(CENSUS, _("一年两排，待排查的")),
        Choice(LEASES, _("租期到了")),
        Choice(EVERYBODY, _("全部居民")),
    ]


def people_in(grid: Grid, chosen: str, cursor: str | None, *, today: date) -> Page[Resident]:
    """A page of the people behind a grid's doors, by door; three statements with their marks and care."""
    there = Resident.objects.filter(Among(F("household"), doors_of([grid.pk]))).select_related(DOOR)
    rows = _narrowed(there, chosen, today).prefetch_related(marks_in_force(), care_in_force())
    return keyset(rows, order=("household__place", "household", "pk"), cursor=cursor, size=PAGE)


def marks_in_force() -> Prefetch[Any]:
    """Everybody's marks that nobody has taken back, as `marks`."""
    tags = ResidentTag.objects.in_force().select_related("colour__scheme").order_by("pk")
    return Prefetch("tags", queryset=tags, to_attr="marks")


def care_in_force() -> Prefetch[Any]:
    """Everybody's schemes of care, as `cared`."""
    rows = CareSubject.objects.filter(closed_at=None).select_related("colour__scheme").order_by("pk")
    return Prefetch("care", queryset=rows, to_attr="cared")


def _narrowed(rows: QuerySet[Resident], chosen: str, today: date) -> QuerySet[Resident]:
    of_theirs = {"resident": OuterRef("pk")}
    tags = ResidentTag.objects.in_force().filter(**of_theirs)
    care = CareSubject.objects.filter(closed_at=None, **of_theirs)
    if chosen == EVERYBODY:
        return rows
    if chosen.isascii() and chosen.isdigit() and len(chosen) < 19:
        colour = int(chosen)
        return rows.filter(Exists(tags.filter(colour=colour)) | Exists(care.filter(colour=colour)))
    asked = {
        LEASES: lambda: Exists(ResidentTag.objects.to_recheck(today).filter(**of_theirs)),
        CENSUS: lambda: Exists(
            CareSubject.objects.active().filter(
                census__state=CensusState.PENDING, census__round__closed_at=None, **of_theirs
            )
        ),
        DUE: lambda: Exists(CareSubject.objects.due(today).filter(**of_theirs)),
        UNPAIRED: lambda: Exists(
            CareSubject.objects.unpaired(HelperPairing.objects.helping()).filter(**of_theirs)
        ),
    }
    return rows.filter(asked.get(chosen, lambda: Exists(tags) | Exists(care))())


def person_for(user: User, resident_id: int, *, at: datetime) -> Resident:
    """Somebody behind a door of one's grids, silent or not.

    Raises:
        NotFoundError: nobody, or nobody of theirs to know.
    """
    found = Resident.objects.select_related(DOOR).filter(pk=resident_id).first()
    scope = scope_of(found.household)[0] if found else None
    if found is None or scope is None or not has_power(user, Power.REGISTER_KEEP, scope, at=at):
        raise NotFoundError(_("没有找到这位居民。"))
    return found


def tags_of(resident: Resident) -> list[ResidentTag]:
    """All marks that somebody ever had, those in force first; one statement."""
    rows = resident.tags.select_related("colour__scheme", "marked_by", "ended_by").order_by("-pk")
    return sorted(rows, key=lambda tag: tag.ended_at is not None)


def community_of(resident: Resident) -> int:
    """The key of the community in which somebody lives; one statement."""
    rows = Community.objects.filter(place__in=resident.household.place.ancestor_ids)
    return rows.values_list("pk", flat=True).get()


def people_names(keys: Sequence[str]) -> Mapping[str, tuple[str, str]]:
    """People as the trail names them, with their pages; one statement."""
    rows = Resident.objects.filter(pk__in=keys).select_related(DOOR)
    return {
        str(row.pk): (f"{row.household.long_name} {row.name}", reverse("grids:person", args=[row.pk]))
        for row in rows
    }


def grid_names(keys: Sequence[str]) -> Mapping[str, tuple[str, str]]:
    """Grids as the trail names them; one statement."""
    rows = Grid.objects.filter(place__in=[int(key) for key in keys]).select_related("community")
    return {
        str(row.pk): (f"{row.community} {row.name}", reverse("admin:grids_grid_change", args=[row.pk]))
        for row in rows
    }


def tags_held(subject: DataSubject) -> Sequence[Mapping[str, Any]]:
    """The marks on the person behind an account; one statement."""
    if subject.user_id is None:
        return []
    rows = ResidentTag.objects.filter(resident__user=subject.user_id).select_related("colour__scheme")
    return [
        {"mark": tag.colour.words, "since": day(tag.since_on), "ended": day(tag.ended_at)} for tag in rows
    ]


def subject_names(keys: Sequence[str]) -> Mapping[str, tuple[str, str]]:
    """People in care as the trail names them; one statement."""
    rows = CareSubject.objects.filter(pk__in=keys).select_related(f"resident__{DOOR}")
    return {
        str(row.pk): (
            f"{row.resident.household.long_name} {row.resident.name}",
            reverse("grids:person", args=[row.resident_id]),
        )
        for row in rows
    }


def care_held(subject: DataSubject) -> Sequence[Mapping[str, Any]]:
    """Where the person behind an account stands in the ledger; one statement."""
    if subject.user_id is None:
        return []
    rows = CareSubject.objects.filter(resident__user=subject.user_id).select_related("colour__scheme")
    return [
        {"mark": one.colour.words, "since": day(one.opened_at), "ended": day(one.closed_at)} for one in rows
    ]
