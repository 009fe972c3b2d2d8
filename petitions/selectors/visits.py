"""The week's visits of the mediation teams: when, where, by whom, and what has no visit yet (P-18)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.display import day
from core.models import User
from core.registries import Tile
from core.workdays import ZONE
from petitions.models import MediationCase, MediationVisit
from petitions.models.petition import Petition
from petitions.querysets import is_visible
from petitions.selectors import links
from petitions.selectors.mediation import is_evening
from petitions.selectors.places import public_place
from petitions.workflow import Mediation

DAYS: Final = 7
SHOWN: Final = 100
WHERE: Final = (
    *("petition__community", "petition__place__parent__parent"),
    *("first", "second", "petition__mediation_case__team"),
)


@dataclass(frozen=True, slots=True)
class Going:
    """One visit of the plan, with its address for whoever may open the matter."""

    starts_at: datetime
    number: str
    url: str
    team: str
    where: str
    people: Sequence[User]
    is_mine: bool

    @property
    def is_evening(self) -> bool:
        return is_evening(self.starts_at)


@dataclass(frozen=True, slots=True)
class WeekPlan:
    """From today on for a week: visits by day, and mediations that nobody goes to yet."""

    days: Mapping[date, Sequence[Going]]
    unplanned: Sequence[MediationCase]

    @property
    def dated(self) -> list[tuple[str, Sequence[Going]]]:
        return [(day(on), visits) for on, visits in self.days.items()]


def week_plan(user: User, *, at: datetime) -> WeekPlan:
    """What this person goes to, or may see; two statements."""
    today = timezone.localdate(at)
    begins = datetime.combine(today, time(), ZONE)
    reach = Petition.objects.visible_to(user, at=at)
    mine = Q(first=user) | Q(second=user)
    rows = visits_within(begins, at).filter(mine | Q(petition__in=reach))
    days: dict[date, list[Going]] = {}
    for visit in rows.select_related(*WHERE).order_by("starts_at", "pk")[:SHOWN]:
        days.setdefault(timezone.localdate(visit.starts_at), []).append(_going(visit, user, at))
    waiting = cases_without_visit(at).filter(petition__in=reach).order_by("started_at", "pk")
    return WeekPlan(days, list(waiting.select_related("petition", "team")[:SHOWN]))


def visits_within(begins: datetime, at: datetime) -> QuerySet[MediationVisit]:
    """Visits of mediations that go on, from `begins` to a week after `at`."""
    rows = MediationVisit.objects.filter(starts_at__range=(begins, at + timedelta(days=DAYS)))
    return rows.filter(petition__mediation=Mediation.OPEN, petition__spam_marked_at=None)


def cases_without_visit(at: datetime) -> QuerySet[MediationCase]:
    """Mediations that go on while no visit lies ahead."""
    ahead = MediationVisit.objects.filter(petition=OuterRef("petition"), starts_at__gt=at)
    cases = MediationCase.objects.filter(~Exists(ahead), outcome="")
    return cases.filter(petition__mediation=Mediation.OPEN, petition__spam_marked_at=None)


def tile_visits(_request: HttpRequest) -> Tile:
    """Where the plan is; asks nothing."""
    return Tile(
        title=_("一周上门计划"),
        text=_("谁去、什么时候去，哪些还没有约"),
        url=reverse("petitions:visits"),
        icon="calendar-days",
    )


def _going(visit: MediationVisit, user: User, at: datetime) -> Going:
    petition = visit.petition
    return Going(
        starts_at=visit.starts_at,
        number=petition.number,
        url=links.work_path(petition) if is_visible(petition, user, at=at) else "",
        team=petition.mediation_case.team.name,
        where=public_place(petition.place),
        people=(visit.first, visit.second),
        is_mine=user.pk in {visit.first_id, visit.second_id},
    )
