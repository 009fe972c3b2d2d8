"""Children in care as whoever answers for them reads them: all of a place, what is due first (G-27)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from community.duties import Power
from community.permissions import paths_with, powers_anywhere
from community.querysets import below
from core.models import User
from core.paging import Page, keyset
from core.registries import Asking, AskingTile, Tile
from grids.care_days import month_of
from grids.models import CareMonth, CareSubject, CensusEntry, CensusState
from grids.querysets import CareSubjectQuerySet
from grids.selectors.registers.people import CENSUS, DOOR, DUE, EVERYBODY, Choice

PAGE: Final = 30
MONTH: Final = "month"
SHOWN: Final = 100


def children_choices() -> list[Choice]:
    """What the list can be narrowed to."""
    return [
        Choice(DUE, _("该走访的")),
        Choice(MONTH, _("本月还没走访的")),
        Choice(CENSUS, _("一年两排，待排查的")),
        Choice(EVERYBODY, _("全部儿童")),
    ]


def children_of(user: User, chosen: str, cursor: str | None, *, at: datetime) -> Page[CareSubject]:
    """A page of the children in this person's care, what is due first; one statement."""
    rows = _narrowed(_within(user, at), chosen, at)
    rows = rows.select_related("colour__scheme", "scheme", f"resident__{DOOR}")
    return keyset(rows, order=("next_on", "pk"), cursor=cursor, size=PAGE)


def _within(user: Any, at: datetime) -> CareSubjectQuerySet:
    paths = paths_with(user, Power.CHILD_CARE, at=at)
    return CareSubject.objects.active().filter(
        below(paths, "scheme__community__place__path"), scheme__for_children=True
    )


def _narrowed(rows: CareSubjectQuerySet, chosen: str, at: datetime) -> CareSubjectQuerySet:
    today = timezone.localdate(at)
    of_theirs = {"subject": OuterRef("pk")}
    if chosen == EVERYBODY:
        return rows
    if chosen == MONTH:
        months = CareMonth.objects.filter(month=month_of(today), visited_on=None, **of_theirs)
        return rows.filter(Exists(months))
    if chosen == CENSUS:
        waiting = CensusEntry.objects.filter(state=CensusState.PENDING, round__closed_at=None, **of_theirs)
        return rows.filter(Exists(waiting))
    return rows.filter(next_on__lte=today)


def _due(who: Asking) -> QuerySet[CareSubject, Any] | None:
    at = who.at
    if Power.CHILD_CARE not in powers_anywhere(who.user, at):
        return None
    due = _narrowed(_within(who.user, at), DUE, at)
    return due.order_by().values("next_on")[:SHOWN]


def _due_tile(rows: Sequence[Mapping[str, Any]]) -> Tile | None:
    if not rows:
        return None
    late = sum(row["next_on"] < timezone.localdate().isoformat() for row in rows)
    text = _("超期 %d 名") % late if late else _("今天要去的")
    url = f"{reverse('grids:children')}?mark=due"
    return Tile(_("儿童关爱走访"), url, text=text, count=len(rows), icon="heart-handshake", code="children")


TILE_CHILDREN: Final = AskingTile(_due, _due_tile)
"""On the day of whoever answers for children: who is to be visited; silent where nobody is."""
