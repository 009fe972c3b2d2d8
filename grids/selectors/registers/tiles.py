"""What the day's page says of registers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from community.duties import Power
from community.models.place import PlaceKind
from community.permissions import held_posts
from core.querysets import Among
from core.registries import Asking, AskingTile, Tile
from grids.models import CareSubject, ResidentTag
from grids.selectors.doors import doors_of

SHOWN: Final = 100


def own_grids(who: Asking) -> list[int] | None:
    """The grids in which this person is in post; None for whoever keeps no register."""
    posts = [post for post in held_posts(who.user, at=who.at) if Power.REGISTER_KEEP in post.powers]
    return [post.place_id for post in posts if post.place_kind == PlaceKind.GRID] if posts else None


def _leases(who: Asking) -> QuerySet[ResidentTag, Any] | None:
    own = own_grids(who)
    if own is None:
        return None
    due = ResidentTag.objects.to_recheck(timezone.localdate(who.at))
    rows = due.filter(Among(F("resident__household"), doors_of(own))).order_by().values("pk")
    return rows[:SHOWN] if own else rows.none()


def _register_tile(rows: Sequence[Mapping[str, Any]]) -> Tile:
    text = _("有租户租期到了") if rows else _("居民的标记")
    url = f"{reverse('grids:register')}{'?mark=lease' if rows else ''}"
    return Tile(_("信息册"), url, text=text, count=len(rows), icon="book-user", code="register")


def _due(who: Asking) -> QuerySet[CareSubject, Any] | None:
    own = own_grids(who)
    if own is None:
        return None
    due = CareSubject.objects.due(timezone.localdate(who.at))
    rows = due.filter(Among(F("resident__household"), doors_of(own))).order_by().values("next_on")
    return rows[:SHOWN] if own else rows.none()


def _due_tile(rows: Sequence[Mapping[str, Any]]) -> Tile | None:
    if not rows:
        return None
    late = sum(row["next_on"] < timezone.localdate().isoformat() for row in rows)
    text = _("超期 %d 位") % late if late else _("今天要去的")
    url = f"{reverse('grids:register')}?mark=due"
    return Tile(_("关爱走访"), url, text=text, count=len(rows), icon="heart-handshake", code="care")


TILE_CARE: Final = AskingTile(_due, _due_tile)
"""On the day of worker and leader: who of those cared for is to be visited; silent where nobody is."""

TILE_REGISTER: Final = AskingTile(_leases, _register_tile)
"""On the day of those who keep a register: tenants to look at again; with none it is the way to it."""
