"""What the week begins with, told to everybody once: rounds on which disputes are looked for (P-44), and the
visits of the mediation teams (P-18).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from community.duties import Duty
from community.models import Community, Post
from community.permissions import Scope
from community.workflow import Channel
from core import outbox, reminders
from grids.models import Grid
from petitions import week_notices
from petitions.models import MediationTeam, MediationVisit
from petitions.selectors.holders import holders_of
from petitions.selectors.visits import cases_without_visit, visits_within

BATCH: Final = 5
"""Communities in one transaction: a county has twelve thousand grid workers."""
LOOKING: Final = [Channel.PATROL.value, Channel.VISIT.value]
"""By these channels comes what nobody has reported; a community without them is asked for no rounds."""


def rounds_remind(*, at: datetime, batch: int = BATCH) -> int:
    """Ask whoever looks after a grid, and every mediator, to look for disputes once a week; how many."""
    rows = Community.objects.active().filter(profile__channels__overlap=LOOKING).order_by("pk")
    asked, last = 0, 0
    while communities := list(rows.filter(pk__gt=last).select_related("place")[:batch]):
        asked, last = asked + _remind(communities, at), communities[-1].pk
    return asked


@transaction.atomic
def visits_remind(*, at: datetime) -> int:
    """Tell each mediator the visits ahead, and how many of the team's mediations have none yet."""
    ahead: dict[int, list[MediationVisit]] = defaultdict(list)
    for visit in visits_within(at, at).select_related("petition").order_by("starts_at", "pk"):
        ahead[visit.first_id].append(visit)
        ahead[visit.second_id].append(visit)
    missing: dict[int, int] = defaultdict(int)
    waiting = dict(cases_without_visit(at).order_by().values_list("team").annotate(number=Count("pk")))
    for team_id, user_id in _members(Q(mediationteam__in=waiting), at):
        missing[user_id] += waiting[team_id]
    week = _week(at)
    claimed = reminders.claim("petition.visits_ahead", week, sorted({*ahead, *missing}), at)
    said = [
        week_notices.visits_ahead(pk, ahead.get(pk, []), missing.get(pk, 0), week, at=at)
        for pk in sorted(claimed)
    ]
    outbox.send([message for messages in said for message in messages])
    return len(claimed)


@transaction.atomic
def _remind(communities: Sequence[Community], at: datetime) -> int:
    """Whoever looks after each grid: its worker, else the next tier; and the members of the teams."""
    grids = list(Grid.objects.active().filter(community__in=communities).select_related("place"))
    paths = {community.pk: community.place.path for community in communities}
    scopes = [Scope(paths[grid.community_id], grid.place.path) for grid in grids]
    holders = holders_of(scopes, at)
    areas: dict[int, list[str]] = defaultdict(list)
    for grid, scope in zip(grids, scopes, strict=True):
        user_id = holders.from_tier(scope, Duty.GRID_WORKER).user_id
        if user_id is not None:
            areas[user_id].append(grid.name)
    for _team_id, user_id in _members(Q(mediationteam__community__in=communities), at):
        areas.setdefault(user_id, [])
    week = _week(at)
    claimed = reminders.claim("petition.round", week, sorted(areas), at)
    said = [week_notices.round_due(pk, areas[pk], week, at=at) for pk in sorted(claimed)]
    outbox.send([message for messages in said for message in messages])
    return len(claimed)


def _members(of: Q, at: datetime) -> list[tuple[int, int]]:
    """Team and account of everybody in post who belongs to one of these teams that are still in use."""
    in_post = Post.objects.held_on(timezone.localdate(at)).filter(user=OuterRef("user"))
    rows = MediationTeam.members.through.objects.filter(of, Exists(in_post), mediationteam__is_active=True)
    return list(rows.filter(user__is_active=True).values_list("mediationteam", "user"))


def _week(at: datetime) -> str:
    return f"{timezone.localdate(at):%G-%V}"
