"""Errands as those see them who go from door to door: theirs to do, to tell, and what the month has seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.duties import Power
from community.models import Community, Household
from community.permissions import paths_with, powers_anywhere
from core.errors import NotFoundError
from core.models import User
from core.registries import Asking, AskingTile, DataSubject, Tile
from grids.models import Errand
from grids.selectors.kept import by_grid, kept_grids

SHOWN: Final = 60
KEPT: Final = 20
CONTEXT: Final = ("household__place__parent__parent", "place", "worker", "resident")
HEADS: Final = {
    "at": gettext_lazy("接办时间"),
    "what": gettext_lazy("办什么事"),
    "result": gettext_lazy("结果"),
}


def errands_of(user: User, *, at: datetime) -> QuerySet[Errand]:
    """Every errand of the grids in which this person goes from door to door."""
    rows = Errand.objects.under(paths_with(user, Power.HOME_VISIT, at=at))
    return rows.select_related(*CONTEXT)


def errands_open(user: User, *, at: datetime) -> Sequence[Errand]:
    """What is not over: what waits for a word to the household first, then by age; sixty at most."""
    rows = errands_of(user, at=at).open()  # type: ignore[attr-defined]
    return list(rows.order_by(F("done_at").asc(nulls_last=True), "taken_at", "pk")[:SHOWN])


def errands_closed(user: User, *, at: datetime) -> int:
    """How many were done and told this month (G-07)."""
    begins = timezone.localtime(at).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    rows = Errand.objects.under(paths_with(user, Power.HOME_VISIT, at=at))
    return rows.closed_since(begins).count()


def errand_of(user: User, pk: int, *, at: datetime) -> Errand:
    """One errand.

    Raises:
        NotFoundError: none, or none of theirs.
    """
    found = errands_of(user, at=at).select_related(*CONTEXT, "done_by", "told_by").filter(pk=pk).first()
    if found is None:
        raise NotFoundError(_("没有找到这件代办。"))
    return found


def errands_at(household: Household) -> Sequence[Errand]:
    """What is not over at one door; one statement."""
    return list(household.errands.filter(told_at=None).select_related("worker").order_by("pk")[:SHOWN])


def _open(who: Asking) -> QuerySet[Errand, Any] | None:
    at = who.at
    if Power.GRID_PATROL not in powers_anywhere(who.user, at):
        return None
    rows = Errand.objects.under(paths_with(who.user, Power.HOME_VISIT, at=at)).open()
    return rows.order_by().values("done_at")[:SHOWN]


def _open_tile(rows: Sequence[Mapping[str, Any]]) -> Tile:
    waiting = sum(row["done_at"] is not None for row in rows)
    text = _("待告知居民 %d 件") % waiting if waiting else _("替住户办的事")
    return Tile(
        _("代办"), reverse("grids:errands"), text=text, count=len(rows), icon="handshake", code="errands"
    )


TILE_ERRANDS: Final = AskingTile(_open, _open_tile)
"""On the day of those who work in a grid: what is not over, and what waits for a word to the household."""


def pages_kept(request: HttpRequest) -> Sequence[str]:
    """What a worker opens where there is no signal: the list, the form, whom to tell."""
    at = timezone.now()
    if Power.HOME_VISIT not in powers_anywhere(request.user, at):
        return []
    assert isinstance(request.user, User)
    forms = by_grid(reverse("grids:errand_new"), kept_grids(request.user, at=at))
    pages = [reverse("grids:errands"), *forms]
    for one in errands_open(request.user, at=at)[:KEPT]:
        pages.append(reverse("grids:errand", args=[one.pk]))
        if one.done_at is not None:
            pages.append(reverse("grids:errand_told", args=[one.pk]))
    return pages


def errands_asked(subject: DataSubject) -> Sequence[Mapping[str, Any]]:
    """Errands for the household of the person behind an account; one statement."""
    if subject.user_id is None:
        return []
    rows = Errand.objects.filter(household__residents__user=subject.user_id).order_by("-pk")
    return [
        {"at": at, "what": text, "result": result}
        for at, text, result in rows.values_list("taken_at", "text", "result")
    ]


def errands_kept(_community: Community) -> str:
    """How long the words of an errand are kept, in words."""
    return _("了结 3 年后抹去文字，只留日期")
