"""Campaigns as somebody in post sees them: what is open, what is due, and the way to zero by weeks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncWeek
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from community.duties import Power
from community.models import Community, Household
from community.permissions import paths_with, powers_anywhere
from community.querysets import around, below
from core.charts import Columns, columns
from core.display import short_day
from core.errors import NotFoundError
from core.models import User
from core.registries import Asking, AskingTile, Tile
from grids.models import Campaign, EBike, Violation

SHOWN: Final = 60
WEEKS: Final = 16
WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Week:
    """A week: found in it, cleared in it, and left open at its end."""

    begins: date
    found: int
    cleared: int
    known: int
    open: int


def campaigns_of(user: User, *, at: datetime) -> Sequence[Campaign]:
    """Campaigns in this person's communities, those that run first, with how much is open."""
    paths = paths_with(user, Power.PETITION_HANDLE, at=at)
    rows = Campaign.objects.filter(around(paths, "community__place__path"))
    numbers = {
        "known": Count("violations"),
        "left": Count("violations", filter=Q(violations__cleared_at=None)),
    }
    return list(rows.annotate(**numbers).select_related("community").order_by("-closed_at", "-pk")[:SHOWN])


def campaign_of(user: User, pk: int, *, at: datetime) -> Campaign:
    """One of them.

    Raises:
        NotFoundError: none, or none of theirs.
    """
    found = next((one for one in campaigns_of(user, at=at) if one.pk == pk), None)
    if found is None:
        raise NotFoundError(_("没有找到这次整治。"))
    return found


def violations_of(user: User, campaign: Campaign, *, at: datetime) -> Sequence[Violation]:
    """What is open in it within this person's grids, what is due first on top."""
    paths = paths_with(user, Power.PETITION_READ, at=at)
    rows = Violation.objects.filter(below(paths, "hazard__scope__path"), campaign=campaign, cleared_at=None)
    shown = rows.select_related("hazard__place__parent__parent", "hazard__type", "bike__household")
    return list(shown.order_by("look_on", "pk")[:SHOWN])


def weeks_of(campaign: Campaign, day: date) -> list[Week]:
    """Week by week from its start to a day, or to its end; two statements."""
    last = timezone.localdate(campaign.closed_at) if campaign.closed_at else day
    found, cleared = _by_week(campaign, "hazard__found_at"), _by_week(campaign, "cleared_at")
    monday = campaign.starts_on - timedelta(days=campaign.starts_on.weekday())
    weeks, known, gone = [], 0, 0
    while monday <= last:
        known += found.get(monday, 0)
        gone += cleared.get(monday, 0)
        weeks.append(Week(monday, found.get(monday, 0), cleared.get(monday, 0), known, known - gone))
        monday += WEEK
    return weeks[-WEEKS:]


def _by_week(campaign: Campaign, moment: str) -> Mapping[date, int]:
    rows = campaign.violations.exclude(**{moment: None}).order_by()
    counted = rows.annotate(week=TruncWeek(moment)).values_list("week").annotate(number=Count("pk"))
    return {timezone.localdate(week): number for week, number in counted}


def trend(weeks: Sequence[Week]) -> Columns:
    """The weeks drawn: all that is known by then, and what of it is open."""
    said = [f"{short_day(one.begins)} {one.open}" for one in weeks]
    return columns(
        _("每周还有几处没有清零"),
        _("、").join(said),
        whole=_("累计发现"),
        part=_("没有清零"),
        values=[(f"{one.begins.month}/{one.begins.day}", one.known, one.open) for one in weeks[-8:]],
    )


def campaign_runs(community: Community, day: date) -> bool:
    """Whether something is being put right there that a plate may help with."""
    rows = Campaign.objects.filter(community=community, closed_at=None, starts_on__lte=day, ends_on__gte=day)
    return rows.exists()


def bikes_of(household: Household) -> QuerySet[EBike]:
    """The plates registered for a door."""
    return EBike.objects.filter(household=household, removed_at=None).select_related("registered_by")


def _due(who: Asking) -> QuerySet[Violation, Any] | None:
    at = who.at
    if Power.PETITION_HANDLE not in powers_anywhere(who.user, at):
        return None
    paths = paths_with(who.user, Power.PETITION_READ, at=at)
    rows = Violation.objects.filter(
        below(paths, "hazard__scope__path"), cleared_at=None, look_on__lte=timezone.localdate(at)
    )
    return rows.order_by().values("campaign_id")[:SHOWN]


def _due_tile(rows: Sequence[Mapping[str, Any]]) -> Tile | None:
    if not rows:
        return None
    return Tile(
        _("整治复查"),
        reverse("grids:campaigns"),
        text=_("看有没有再犯"),
        count=len(rows),
        icon="search-check",
        code="campaign",
    )


TILE_LOOKS: Final = AskingTile(_due, _due_tile)
"""On a worker's day: what is to be looked at again in campaigns."""
