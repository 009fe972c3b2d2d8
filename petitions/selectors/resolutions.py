"""决议 as those see them who carry them out or watch over them; and what a person owes around sessions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from community.duties import Power
from community.models import Community
from community.permissions import has_power
from core.errors import NotFoundError
from core.models import User
from core.registries import Asking, AskingTile, Tile
from petitions.models import DeliberationSession, Resolution, ResolutionState, SessionState
from petitions.selectors import links
from petitions.selectors.sessions import next_of

SHOWN: Final = 60
OWED: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Seen:
    """A resolution, and what this person may do with it now."""

    resolution: Resolution
    may_settle: bool
    may_urge: bool
    is_overdue: bool


def resolution_for(user: User, pk: int, *, at: datetime) -> Seen:
    """A resolution for its responsible person, its supervisor, or whoever runs or supervises there.

    Raises:
        NotFoundError: there is none, or it is none of theirs.
    """
    rows = Resolution.objects.select_related(
        "session__community__place", "session__community__profile", "responsible", "supervisor", "petition"
    )
    one = rows.filter(pk=pk).first()
    if one is None:
        raise NotFoundError(_("没有找到这条决议。"))
    runs = has_power(user, Power.SESSION_RUN, one.session.scope, at=at)
    watches = user.pk == one.supervisor_id or has_power(
        user, Power.PETITION_SUPERVISE, one.session.scope, at=at
    )
    if not (runs or watches or user.pk == one.responsible_id):
        raise NotFoundError(_("没有找到这条决议。"))
    is_open = one.state == ResolutionState.OPEN
    return Seen(
        one,
        may_settle=is_open and (runs or user.pk == one.responsible_id),
        may_urge=is_open and watches,
        is_overdue=one.is_overdue(timezone.localdate(at)),
    )


def resolutions_of(user: User, *, at: datetime) -> dict[str, list[tuple[Resolution, bool]]]:
    """What somebody owes and what they watch over, by due day; one statement."""
    rows = Resolution.objects.filter(Q(responsible=user) | Q(supervisor=user), state=ResolutionState.OPEN)
    today = timezone.localdate(at)
    found = [
        (one, one.is_overdue(today)) for one in rows.select_related("session").order_by("due_on")[:SHOWN]
    ]
    return {
        "mine": [pair for pair in found if pair[0].responsible_id == user.pk],
        "watched": [pair for pair in found if pair[0].supervisor_id == user.pk],
    }


def _owed(who: Asking) -> QuerySet[Resolution, Any] | None:
    rows = Resolution.objects.filter(responsible_id=who.user.pk, state=ResolutionState.OPEN)
    return rows.values("pk")[:SHOWN]


def _owed_tile(rows: Sequence[Mapping[str, Any]]) -> Tile | None:
    if not rows:
        return None
    return Tile(
        title=_("我负责的决议"),
        text=_("落实后请记录"),
        url=reverse("petitions:resolutions"),
        count=len(rows),
        icon="clipboard-list",
    )


TILE_OWED: Final = AskingTile(_owed, _owed_tile)
"""How many resolutions I owe."""


def _chaired(who: Asking) -> QuerySet[DeliberationSession, Any] | None:
    mine = DeliberationSession.objects.filter(
        chair_id=who.user.pk, minutes_at=None, ends_at__gte=who.at - OWED
    )
    rows = mine.exclude(state=SessionState.CANCELLED).order_by("starts_at")
    return rows.values("id", "name", "session_no", "starts_at")[:1]


def _chaired_tile(rows: Sequence[Mapping[str, Any]]) -> Tile | None:
    if not rows:
        return None
    session = DeliberationSession(**{**rows[0], "starts_at": datetime.fromisoformat(rows[0]["starts_at"])})
    return Tile(
        title=_("请写会议记录") if session.starts_at <= timezone.now() else _("下次议事"),
        text=f"{session.title} {timezone.localtime(session.starts_at):%m-%d %H:%M}",
        url=links.session_desk_path(session),
        icon="users",
    )


TILE_CHAIRED: Final = AskingTile(_chaired, _chaired_tile)
"""The session that I chair next, or whose minutes I owe."""


def tile_stool(_request: HttpRequest) -> Tile:
    """Where a session at a corner is saved."""
    return Tile(
        title=_("记一次小板凳议事"),
        text=_("地点、人数、说了什么"),
        url=reverse("petitions:stool_new"),
        icon="users",
    )


def tile_next(request: HttpRequest) -> Tile | None:
    """The next session, on the home of a community; one statement."""
    community: Community | None = getattr(request, "community", None)
    session = next_of(community, timezone.now()) if community else None
    if community is None or session is None:
        return None
    return Tile(
        title=_("下次议事"),
        text=f"{session.title} {timezone.localtime(session.starts_at):%m-%d %H:%M}",
        url=reverse("petitions:sessions", args=[community.slug]),
        icon="calendar-days",
    )
