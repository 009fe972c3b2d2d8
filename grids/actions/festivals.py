"""节日必访: before each festival the households that are to be visited, each once (G-12)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from community import permissions
from community.duties import Power
from community.models import Community, Resident
from community.permissions import Scope
from core.audit import record
from core.errors import InvalidInputError
from core.language import gettext as _
from core.models import User
from grids.festivals import next_festival
from grids.models import CareSubject, FestivalVisit, FestivalVisitRule, ResidentTag, SchemeColour
from grids.querysets import visited_households


@transaction.atomic
def festival_rule_set(
    *,
    community: Community,
    festival: str,
    days_before: int,
    is_active: bool = True,
    colours: Collection[SchemeColour] = (),
    actor: User | None,
    at: datetime,
) -> FestivalVisitRule:
    """Say how many days before a festival its visits are listed, and for whom: those who bear one of the
    colours, without colours those with a standing visit.

    Raises:
        NotAllowedError: `actor` does not keep the community's places.
        InvalidInputError: more than two months before, a colour of another community.
    """
    path = community.place.path
    trace = permissions.authorise(actor, Power.PLACE_MANAGE, Scope(path), at=at)
    if not 0 <= days_before <= 60:
        raise InvalidInputError(_("最多提前 60 天。"))
    check_colours(community, colours)
    rule, _is_new = FestivalVisitRule.objects.update_or_create(
        community=community,
        festival=festival,
        defaults={"days_before": days_before, "is_active": is_active},
    )
    rule.colours.set(colours)
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
    new = [pk for pk in listed_households(rule.community, rule.colours.all()) if pk not in known]
    FestivalVisit.objects.bulk_create(
        (FestivalVisit(rule=rule, household_id=pk, festival_on=coming) for pk in new), ignore_conflicts=True
    )
    return len(new)


def listed_households(community: Community, colours: Iterable[SchemeColour] = ()) -> Iterable[int]:
    """Who is remembered: doors where somebody lives who bears one of the colours, or without colours those
    with a standing visit; nobody who wishes no visits."""
    rows = visited_households().filter(place__path__startswith=community.place.path)
    asked = [one.pk for one in colours]
    if asked:
        marked = ResidentTag.objects.in_force().filter(colour__in=asked)
        cared = CareSubject.objects.active().filter(colour__in=asked)
        people = Resident.objects.present().filter(
            Q(pk__in=marked.values("resident")) | Q(pk__in=cared.values("resident"))
        )
        rows = rows.filter(pk__in=people.values("household"))
    else:
        rows = rows.exclude(standing_visit=None)
    return rows.order_by("pk").values_list("pk", flat=True)


def check_colours(community: Community, colours: Collection[SchemeColour]) -> None:
    """
    Raises:
        InvalidInputError: a colour of another community, or one that silences.
    """
    if any(one.scheme.community_id != community.pk or one.is_silencing for one in colours):
        raise InvalidInputError(_("请选择本社区的色标，已故和搬离的不走访。"))
