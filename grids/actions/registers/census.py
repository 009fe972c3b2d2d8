"""一年两排: a round opens with everybody known, hears of each, and closes with what was missed (G-26)."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from community import permissions
from community.duties import Duty, Power
from community.models import Community, Post
from community.permissions import Scope
from core import outbox, reminders
from core.audit import record
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.language import gettext as _
from core.models import User
from grids import register_notices as notices
from grids.actions.registers.care import held_subject
from grids.models import CareSubject, CensusEntry, CensusRound, CensusState
from grids.selectors.registers.told import answering_for

BEFORE_END: Final = timedelta(days=3)
TOLD: Final = (Duty.CHILD_OFFICER, Duty.SECRETARY)
DOOR: Final = "subject__resident__household__place"


@transaction.atomic
def census_plan(
    *,
    community: Community,
    year: int,
    half: int,
    opens_on: date,
    closes_on: date,
    actor: User | None,
    at: datetime,
) -> CensusRound:
    """Set the window of a round; it opens by itself.

    Raises:
        NotAllowedError: `actor` does not run the community's grids.
        InvalidInputError: it closes before it opens, or is over.
    """
    path = community.place.path
    trace = permissions.authorise(actor, Power.GRID_RUN, Scope(path), at=at)
    if closes_on < opens_on or closes_on < timezone.localdate(at):
        raise InvalidInputError(_("截止日不能早于开始日，也不能早于今天。"))
    made = CensusRound.objects.create(
        community=community, year=year, half=half, opens_on=opens_on, closes_on=closes_on
    )
    record(event="census.planned", actor=actor, subject=made, at=at, scope_path=path, post=trace)
    return made


@transaction.atomic
def census_confirm(*, entry_id: int, note: str = "", actor: User, at: datetime) -> CensusEntry:
    """Somebody was looked up and still belongs here.

    Raises:
        NotFoundError: no such entry.
        NotAllowedError: `actor` holds no post over that grid.
        ConflictError: the round is over, or it was settled before.
    """
    known = CensusEntry.objects.filter(pk=entry_id).values_list("round", "subject").first()
    if known is None:
        raise NotFoundError(_("没有找到这条摸排记录。"))
    census = CensusRound.objects.select_for_update(no_key=True).get(pk=known[0])
    subject, place, trace = held_subject(known[1], actor, at)
    entry = CensusEntry.objects.get(pk=entry_id)
    if census.opened_at is None or census.closed_at is not None or entry.state != CensusState.PENDING:
        raise ConflictError(_("这一轮已经截止，或者已经排查过了。"))
    if subject.resident.is_silent:
        raise ConflictError(_("这个人已故或已搬离。"))
    entry.state, entry.by, entry.at, entry.note = CensusState.CONFIRMED, actor, at, note.strip()[:200]
    entry.save(update_fields=["state", "by", "at", "note"])
    record(event="census.confirmed", actor=actor, subject=entry, at=at, scope_path=place.path, post=trace)
    return entry


def census_sweep(*, at: datetime) -> int:
    """Rounds that open, that are half over or nearly over, and that close; how many steps were taken."""
    today = timezone.localdate(at)
    rounds = CensusRound.objects.filter(closed_at=None, opens_on__lte=today).order_by("pk")
    return sum(_step(pk, today, at) for pk in rounds.values_list("pk", flat=True))


@transaction.atomic
def _step(round_id: int, today: date, at: datetime) -> int:
    rows = CensusRound.objects.select_related("community__place").select_for_update(of=("self",), no_key=True)
    census = rows.get(pk=round_id)
    if census.closed_at is not None:
        return 0
    if census.opened_at is None:
        _open(census, at)
        return 1
    if census.closes_on < today:
        _close(census, today, at)
        return 1
    middle = census.opens_on + (census.closes_on - census.opens_on) / 2
    for stage, day in (("late", census.closes_on - BEFORE_END), ("middle", middle)):
        if today >= day and reminders.claim("census.left", stage, [census.pk], at):
            _remind(census, at)
            return 1
    return 0


def _open(census: CensusRound, at: datetime) -> None:
    """List everybody known; several rounds of a year never list anybody twice in one."""
    community = census.community
    known = CareSubject.objects.active().filter(scheme__community=community, scheme__for_children=True)
    CensusEntry.objects.bulk_create(
        (CensusEntry(round=census, subject=one) for one in known.order_by("pk")), ignore_conflicts=True
    )
    census.opened_at = at
    census.save(update_fields=["opened_at"])
    _remind(census, at, opened=True)


def _remind(census: CensusRound, at: datetime, *, opened: bool = False) -> None:
    """Tell each worker of theirs that are left, and whoever answers for children of all."""
    left = [one.subject for one in _left(census).select_related("subject__scheme", DOOR)]
    answering = answering_for([one.resident.household for one in left], at=at)
    counts = Counter((answering.worker(one.resident.household), False) for one in left)
    counts.update((pk, True) for one in left for pk in answering.officers(one))
    say = notices.census_opened if opened else notices.census_left
    outbox.send(
        [
            say(pk, count, census, at=at, of_children=kids)
            for (pk, kids), count in counts.items()
            if pk is not None
        ]
    )


def _close(census: CensusRound, today: date, at: datetime) -> None:
    """Count, pass on what nobody checked; who is silent by now is in no figure."""
    pending = census.entries.filter(state=CensusState.PENDING)
    left = list(_left(census).values_list("pk", flat=True))
    pending.exclude(pk__in=left).delete()
    pending.filter(pk__in=left).update(escalated_at=at)
    census.closed_at, census.listed = at, census.entries.count()
    census.checked = census.listed - len(left)
    census.save(update_fields=["closed_at", "listed", "checked"])
    ids = [int(part) for part in census.community.place.path.split("/") if part]
    posts = Post.objects.held_on(today).filter(place_id__in=ids, duty__in=TOLD, user__is_active=True)
    people = sorted(set(posts.values_list("user_id", flat=True)))
    outbox.send([notices.census_closed(pk, census, at=at) for pk in people])
    record(event="census.closed", actor=None, subject=census, at=at, scope_path=census.community.place.path)


def _left(census: CensusRound) -> QuerySet[CensusEntry]:
    return census.entries.filter(state=CensusState.PENDING, subject__in=CareSubject.objects.active())
