"""吹哨 as those who call see it, and as those who are called do (G-23); grids in emergency mode (G-09)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Final, cast

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from community.duties import Power
from community.models import Community, Place
from community.models.place import PlaceKind
from community.permissions import paths_with, powers_anywhere
from community.querysets import below
from core.display import moment
from core.errors import NotFoundError
from core.models import User
from core.prepared import MOMENT, PreparedModel
from core.registries import Asking, AskingTile, Panel, Tile
from grids.models import Answer, GridEmergency, Whistle, WhistleResponse

SHOWN: Final = 60
RECENT: Final = timedelta(days=7)


def whistles_of(user: User, *, at: datetime) -> QuerySet[Whistle]:
    """Calls of places that this person runs, the newest first."""
    paths = paths_with(user, Power.GRID_RUN, at=at)
    rows = Whistle.objects.filter(below(paths, "place__path") | Q(called_by=user.pk))
    return rows.select_related("place__parent__parent", "community", "called_by").order_by("-pk")


def whistle_of(user: User, pk: int, *, at: datetime) -> Whistle:
    """One of them.

    Raises:
        NotFoundError: none, or none of theirs.
    """
    found = whistles_of(user, at=at).filter(pk=pk).first()
    if found is None:
        raise NotFoundError(_("没有找到这次吹哨。"))
    return found


def responses_of(whistle: Whistle) -> Sequence[WhistleResponse]:
    """Who answered what, whoever comes first; one statement."""
    rows = WhistleResponse.objects.filter(whistle=whistle).select_related("member__user")
    return list(rows.order_by("answer", "answered_at"))


def minutes_to_answer(responses: Sequence[WhistleResponse], whistle: Whistle) -> int | None:
    """How long it took, in the middle; None where nobody has answered."""
    waited = [(one.answered_at - whistle.called_at).total_seconds() / 60 for one in responses]
    return round(median(waited)) if waited else None


def places_to_meet(user: User, *, at: datetime) -> Sequence[Place]:
    """Where somebody may call to: communities, estates and grids within their posts."""
    paths = paths_with(user, Power.GRID_RUN, at=at)
    kinds = (PlaceKind.COMMUNITY, PlaceKind.ESTATE, PlaceKind.GRID)
    return list(Place.objects.active().filter(below(paths, "path"), kind__in=kinds).order_by("path")[:SHOWN])


def calls_for(user: User, *, at: datetime) -> Sequence[Any]:
    """Calls to a member, open ones first, each with their own answer; two statements."""
    rows = Whistle.objects.filter(
        community__reporting_members__user=user.pk, community__reporting_members__is_active=True
    ).exclude(called_by=user.pk)
    shown = rows.filter(Q(closed_at=None) | Q(closed_at__gt=at - RECENT))
    calls: list[Any] = list(
        shown.select_related("place", "called_by").order_by(F("closed_at").desc(nulls_first=True), "-pk")[
            :SHOWN
        ]
    )
    own = WhistleResponse.objects.filter(whistle__in=[one.pk for one in calls], member__user=user.pk)
    answers = {one.whistle_id: one for one in own}
    for one in calls:
        one.own = answers.get(one.pk)
        one.is_open = one.closed_at is None and at < one.needed_by
        one.can_arrive = one.closed_at is None and one.own is not None and one.own.answer == Answer.COMING
    return calls


def tile_calls(request: HttpRequest) -> Tile | None:
    """On the page 我的 of a member who is called: how many calls are open."""
    user = cast("User", request.user)
    mine = Whistle.objects.filter(
        community__reporting_members__user=user.pk, community__reporting_members__is_active=True
    )
    open_ones = mine.filter(closed_at=None).exclude(called_by=user.pk).count()
    if not open_ones:
        return None
    return Tile(
        _("吹哨报到"),
        reverse("grids:calls"),
        text=_("社区请您来"),
        count=open_ones,
        icon="megaphone",
        code="whistle",
    )


def _open(who: Asking) -> QuerySet[Whistle, Any] | None:
    at = who.at
    if Power.GRID_RUN not in powers_anywhere(who.user, at):
        return None
    paths = paths_with(who.user, Power.GRID_RUN, at=at)
    rows = Whistle.objects.filter(below(paths, "place__path"), closed_at=None)
    return rows.order_by().values("accepted", "needed", "arrived")[:SHOWN]


def _open_tile(rows: Sequence[Mapping[str, Any]]) -> Tile | None:
    told = "、".join(f"{row['accepted']}/{row['needed']}" for row in rows)
    return Tile(
        _("吹哨报到"),
        reverse("grids:whistles"),
        text=_("来几个：%s") % told if rows else "",
        count=len(rows),
        icon="megaphone",
        code="whistle",
    )


TILE_WHISTLES: Final = AskingTile(_open, _open_tile)
"""On a leader's day: the calls that are open, and how many come."""


def _emergencies(who: Asking) -> QuerySet[GridEmergency, Any] | None:
    at = who.at
    paths = paths_with(who.user, Power.PETITION_HANDLE, at=at)
    if not paths:
        return None
    rows = GridEmergency.objects.filter(below(paths, "grid__place__path"), ended_at=None, until__gt=at)
    return rows.order_by("until").values("grid__name", "until", "reason")[:SHOWN]


def _emergency_tile(rows: Sequence[Mapping[str, Any]]) -> Tile | None:
    if not rows:
        return None
    first = rows[0]
    told = {
        "grid": first["grid__name"],
        "why": first["reason"],
        "until": moment(parse_datetime(first["until"])),
    }
    return Tile(
        _("应急状态"),
        reverse("grids:plans"),
        text=_("%(grid)s：%(why)s，至%(until)s") % told,
        count=len(rows),
        icon="siren",
        code="emergency",
    )


TILE_EMERGENCY: Final = AskingTile(_emergencies, _emergency_tile)
"""Above everything on a worker's day: which of their grids are in emergency mode."""


_EMERGENCIES: Final = PreparedModel(
    lambda community, at: (
        GridEmergency.objects.filter(grid__community=community, ended_at=None, until__gt=at)
        .select_related("grid")
        .order_by("until")[:SHOWN]
    ),
    community=-1,
    at=MOMENT,
)


def panel_emergency(request: HttpRequest) -> Panel | None:
    """On a community's home: which of its grids are in emergency mode, why and until when."""
    community: Community | None = getattr(request, "community", None)
    if community is None:
        return None
    found = _EMERGENCIES.all(community=community.pk, at=timezone.now())
    return Panel("grids/_emergency_banner.html", {"emergencies": found}) if found else None
