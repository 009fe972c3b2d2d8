"""The diary as somebody in post reads it: what waits, what became of the rest, the share promoted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from community.duties import Power
from community.models import Community
from community.permissions import paths_with, powers_anywhere
from core.errors import NotFoundError
from core.models import User
from core.registries import Asking, AskingTile, Tile
from grids.models import OpinionDiaryEntry, Settled
from grids.selectors.hazards import communities_for
from grids.selectors.kept import by_community

SHOWN: Final = 60
COUNTED: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Share:
    """Of a year's entries, how many became matters."""

    entries: int
    promoted: int

    @property
    def percent(self) -> int:
        return round(100 * self.promoted / self.entries) if self.entries else 0


def diary_of(user: User, *, at: datetime) -> QuerySet[OpinionDiaryEntry]:
    """Every entry of this person's places."""
    rows = OpinionDiaryEntry.objects.under(paths_with(user, Power.PETITION_HANDLE, at=at))
    return rows.select_related("place__parent__parent", "scope", "author", "settled_by")


def diary_shown(user: User, *, at: datetime) -> Sequence[OpinionDiaryEntry]:
    """What nobody has settled first, oldest on top, then the latest others; sixty at most; one statement."""
    rows = diary_of(user, at=at).order_by(F("settled_at").desc(nulls_first=True), "pk")
    return list(rows[:SHOWN])


def diary_share(user: User, *, at: datetime) -> Share:
    """The share promoted of the last year; one statement."""
    rows = OpinionDiaryEntry.objects.under(paths_with(user, Power.PETITION_HANDLE, at=at))
    found = rows.filter(written_at__gte=at - COUNTED).aggregate(
        entries=Count("pk"), promoted=Count("pk", filter=Q(settled_as=Settled.PETITION))
    )
    return Share(**found)


def diary_entry_of(user: User, pk: int, *, at: datetime) -> OpinionDiaryEntry:
    """One entry.

    Raises:
        NotFoundError: none, or none of theirs.
    """
    found = diary_of(user, at=at).filter(pk=pk).first()
    if found is None:
        raise NotFoundError(_("没有找到这篇日记。"))
    return found


def _waiting(who: Asking) -> QuerySet[OpinionDiaryEntry, Any] | None:
    at = who.at
    if Power.PETITION_HANDLE not in powers_anywhere(who.user, at):
        return None
    rows = OpinionDiaryEntry.objects.under(paths_with(who.user, Power.PETITION_HANDLE, at=at)).waiting()
    return rows.order_by().values("pk")[:SHOWN]


def _tile(rows: Sequence[Mapping[str, Any]]) -> Tile:
    text = _("听到的心愿，没有处理的")
    return Tile(
        _("民情日记"), reverse("grids:diary"), text=text, count=len(rows), icon="notebook-pen", code="diary"
    )


TILE_DIARY: Final = AskingTile(_waiting, _tile)
"""On the day of those who hear people out: what nobody has settled yet."""


def pages_kept(request: HttpRequest) -> Sequence[str]:
    """What a worker opens where there is no signal."""
    at = timezone.now()
    if Power.PETITION_ENTER not in powers_anywhere(request.user, at):
        return []
    assert isinstance(request.user, User)
    forms = by_community(reverse("grids:diary_new"), communities_for(request.user, at=at))
    return [reverse("grids:diary"), *forms]


def diary_kept(_community: Community) -> str:
    """How long the words of an entry are kept, in words."""
    return _("3 年后抹去文字，只留日期和地点")
