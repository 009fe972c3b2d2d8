"""节日必访: before each festival the households that are to be visited, each once (G-12)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from community import permissions
from community.duties import Power
from community.models import Community
from community.permissions import Scope
from core.audit import record
from core.errors import InvalidInputError
from core.language import gettext as _
from core.models import User
from grids.festivals import next_festival
from grids.models import FestivalVisit, FestivalVisitRule
from grids.querysets import visited_households


@transaction.atomic
def festival_rule_set(
    *,
    community: Community,
    festival: str,
    days_before: int,
    is_active: bool = True,
    actor: User | None,
    at: datetime,
) -> FestivalVisitRule:
    """Say how many days before a festival its visits are listed.

    Raises:
        NotAllowedError: `actor` does not keep the community's places.
        InvalidInputError: more than two months before.
    """
    path = community.place.path
    trace = permissions.authorise(actor, Power.PLACE_MANAGE, Scope(path), at=at)
    if not 0 <= days_before <= 60:
        raise InvalidInputError(_("最多提前 60 天。"))
    rule, _is_new = FestivalVisitRule.objects.update_or_create(
        community=community,
        festival=festival,
        defaults={"days_before": days_before, "is_active": is_active},
    )
    record(event="festival_rule.set", actor=actor, subject=rule, at=at, scope_path=path, post=trace)
    return rule


def festival_visits_plan(*, at: datetime) -> int:
    """List the households to visit before each festival that has come near; again, it adds nobody twice."""
    day = timezone.localdate(at)
    rules = FestivalVisitRule.objects.filter(is_active=True, community__is_active=True)
    return sum(_plan(pk, day) for pk in rules.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _plan(rule_id: int, day: date) -> int:
    rows = FestivalVisitRule.objects.select_related("community__place").select_for_update(of=("self",))
    rule = rows.get(pk=rule_id)
    coming = next_festival(rule.festival, day)
    if coming is None or coming - timedelta(days=rule.days_before) > day:
        return 0
    known = set(rule.visits.filter(festival_on=coming).values_list("household", flat=True))
    new = [pk for pk in listed_households(rule.community) if pk not in known]
    FestivalVisit.objects.bulk_create(
        (FestivalVisit(rule=rule, household_id=pk, festival_on=coming) for pk in new), ignore_conflicts=True
    )
    return len(new)


def listed_households(community: Community) -> Iterable[int]:
    """Who is remembered at festivals: everybody with a standing visit who wishes to be visited."""
    rows = visited_households().filter(place__path__startswith=community.place.path)
    return rows.exclude(standing_visit=None).order_by("pk").values_list("pk", flat=True)
