"""The calendar: schedules, and the sessions that follow from them, each exactly once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from community.actions.cleaning import clean
from community.clocks import clock_of
from community.duties import Power
from community.home_cache import home_forget
from community.meetings import SCHEDULES, Frequency
from community.models import Community, Place
from community.models.place import PlaceKind
from community.permissions import Scope, authorise
from community.shipped import SHIPPED
from core import audit
from core.errors import InvalidInputError
from core.language import gettext as _
from core.models import User
from petitions import timetable
from petitions.actions.sessions.agenda import carry_to_new
from petitions.actions.sessions.base import next_number, session_from
from petitions.models import DeliberationSchedule, DeliberationSession

RULE: Final = ("frequency", "weekday", "nth", "month_day", "starts_at", "is_active", "moves_on_holiday")
"""A change of these makes the calendar look at the schedule again."""


def sessions_plan(*, at: datetime) -> int:
    """Put the next sessions of every schedule into the calendar; how many are new.

    Each schedule is looked at once a day, under its own lock: two sweeps at once make one session. A
    community that has had its brand for longer than there are timetables gets the brand's own first.
    """
    for community_id in _without_timetable():
        _ship_missing(community_id, at)
    today = timezone.localdate(at)
    stale = Q(planned_on=None) | Q(planned_on__lt=today)
    rows = DeliberationSchedule.objects.filter(stale, is_active=True, community__is_active=True)
    ids = list(rows.exclude(frequency=Frequency.ON_CALL).order_by("pk").values_list("pk", flat=True))
    return sum(_plan(schedule_id, today, at) for schedule_id in ids)


@transaction.atomic
def _plan(schedule_id: int, today: date, at: datetime) -> int:
    """The missing sessions of one schedule; the unique day is the last line of defence."""
    locked = DeliberationSchedule.objects.select_for_update(of=("self",), no_key=True)
    rows = locked.select_related("community__place", "estate")
    schedule = rows.get(pk=schedule_id)
    if schedule.planned_on is not None and schedule.planned_on >= today:
        return 0
    clock = clock_of(schedule.community)
    last = timetable.horizon(schedule, today)
    known = set(schedule.sessions.filter(occurrence_on__gte=today).values_list("occurrence_on", flat=True))
    made = 0
    for occurrence in timetable.occurrences(schedule, today, last, clock):
        starts_at = timetable.begins(occurrence.held_on, schedule.starts_at)
        if occurrence.named_on not in known and starts_at > at:
            _create(schedule, occurrence, at=at, clock=clock)
            made += 1
    schedule.planned_on = today
    schedule.save(update_fields=["planned_on"])
    return made


BRANDS: Final = {SHIPPED[slug].brand_name: slug for slug, wanted in SCHEDULES.items() if wanted}
"""Shipped brands that have a timetable, by the name that the community shows."""


def _without_timetable() -> list[int]:
    rows = Community.objects.filter(is_active=True, schedules=None, profile__brand_name__in=sorted(BRANDS))
    return list(rows.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _ship_missing(community_id: int, at: datetime) -> None:
    community = Community.objects.locked().select_related("place", "profile").get(pk=community_id)
    if not community.schedules.exists():
        schedules_ship(community, BRANDS[community.profile.brand_name], at)


def _create(
    schedule: DeliberationSchedule, occurrence: timetable.Occurrence, *, at: datetime, clock: Any
) -> None:
    estate = longest_unvisited(schedule) if schedule.rotates else None
    session = session_from(schedule, held_on=occurrence.held_on, at=at, clock=clock, estate=estate)
    session.occurrence_on = occurrence.named_on
    session.session_no = next_number(schedule)
    if occurrence.is_moved:
        session.moved_from, session.moved_reason = occurrence.named_on, _("法定节假日")
    session.save(force_insert=True)
    carry_to_new(session, at=at)
    audit.record(
        event="session.planned",
        actor=None,
        subject=session,
        at=at,
        scope_path=schedule.community.place.path,
    )
    home_forget(schedule.community_id)


def longest_unvisited(schedule: DeliberationSchedule) -> Place | None:
    """The estate that was visited longest ago; one never visited comes first (P-14)."""
    rows = Place.objects.active().under(schedule.community.place.path).filter(kind=PlaceKind.ESTATE)
    visits = DeliberationSession.objects.filter(schedule=schedule).exclude(state="cancelled")
    last = dict(visits.order_by().values_list("estate").annotate(Max("starts_at")))
    estates = list(rows.order_by("order", "pk"))
    never = datetime.min.replace(tzinfo=UTC)
    return min(estates, key=lambda estate: last.get(estate.pk) or never, default=None)


@transaction.atomic
def schedule_save(
    *, schedule: DeliberationSchedule, changes: dict[str, Any], actor: User | None, at: datetime
) -> DeliberationSchedule:
    """Make or change a schedule; what stands in the calendar already stays there.

    Raises:
        NotAllowedError: `actor` does not keep the community's brand.
        InvalidInputError: a field is wrong, or the estate lies in another community.
    """
    for name, value in changes.items():
        setattr(schedule, name, value)
    community = Community.objects.select_related("place").get(pk=schedule.community_id)
    trace = authorise(actor, Power.PROFILE_MANAGE, Scope(community.place.path), at=at)
    if schedule.estate is not None and not schedule.estate.path.startswith(community.place.path):
        raise InvalidInputError(_("这个小区不属于本社区。"))
    if set(changes) & set(RULE):
        schedule.planned_on = None
    clean(schedule, exclude=["community"])
    schedule.save()
    audit.record(
        event="schedule.saved",
        actor=actor,
        subject=schedule,
        at=at,
        scope_path=community.place.path,
        post=trace,
        fields=sorted(changes),
    )
    return schedule


@transaction.atomic
def schedules_ship(community: Community, shipped: str, at: datetime) -> None:
    """Give a community the timetable of a shipped brand; what another brand brought is taken out of use."""
    wanted = SCHEDULES.get(shipped, ())
    own = DeliberationSchedule.objects.filter(community=community)
    own.filter(code__gt="").exclude(code__in=[item.code for item in wanted]).update(is_active=False)
    known = set(own.values_list("code", flat=True))
    own.filter(code__in=[item.code for item in wanted]).update(is_active=True, planned_on=None)
    rows = [_shipped(community, item) for item in wanted if item.code not in known]
    DeliberationSchedule.objects.bulk_create(rows)
    audit.record(
        event="schedule.shipped", actor=None, subject=community, at=at, scope_path=community.place.path
    )


def _shipped(community: Community, item: Any) -> DeliberationSchedule:
    return DeliberationSchedule(
        community=community,
        code=item.code,
        kind=item.kind,
        name=item.name,
        frequency=item.frequency,
        weekday=item.weekday,
        nth=item.nth,
        month_day=item.month_day,
        starts_at=item.starts_at,
        minutes=item.minutes,
        venue=item.venue,
        rotates=item.rotates,
        is_numbered=item.is_numbered,
        seats=item.seats,
        quorum_bodies=[str(body) for body in item.quorum_bodies],
    )
