"""民情日记: written, made a matter of once, or left with a reason; reviewed every week (G-32)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from community import permissions
from community.duties import Duty, Power
from community.models import Community, Place
from community.permissions import Scope
from core import outbox, reminders
from core.audit import record
from core.errors import ConflictError, InvalidInputError, NotFoundError, RepeatedError
from core.language import gettext as _
from core.models import User
from grids import diary_notices
from grids.actions.hazards.filing import scope_of
from grids.models import OpinionDiaryEntry, Settled
from grids.selectors.rungs import rungs_over

WITHIN: Final = timedelta(days=31)
KEPT: Final = timedelta(days=3 * 365)
ROWS: Final = 5000
ERASED: Final = "—"
MOST: Final = 1000


@dataclass(frozen=True, slots=True)
class Heard:
    """What was said, where, by how many, when."""

    text: str
    place: Place
    people_count: int = 1
    spot: str = ""
    heard_at: datetime | None = None


@transaction.atomic
def diary_write(*, heard: Heard, key: UUID, actor: User, at: datetime) -> OpinionDiaryEntry:
    """Write an entry; the same key again gives the same one.

    Raises:
        NotAllowedError: not this person's place.
        InvalidInputError: no words, a number or a time that cannot be.
        ConflictError: the key of somebody else's.
    """
    scope, community = scope_of(heard.place, actor, at=at)
    trace = permissions.authorise(actor, Power.PETITION_ENTER, Scope(scope.path), at=at)
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=actor.pk)  # two taps, one by one
    known = OpinionDiaryEntry.objects.filter(key=key).first()
    if known is not None and known.author_id != actor.pk:
        raise ConflictError(_("这个编号的记录是别人的。"))
    if known is not None:
        return known
    heard_at = heard.heard_at or at
    if not heard.text.strip():
        raise InvalidInputError(_("请写明听到了什么。"))
    if not 1 <= heard.people_count <= MOST:
        raise InvalidInputError(_("人数要在 1 到 1000 之间。"))
    if heard_at > at or heard_at < at - WITHIN:
        raise InvalidInputError(_("时间须在最近 31 天内，不能晚于现在。"))
    entry = OpinionDiaryEntry.objects.create(
        key=key,
        community=community,
        scope=scope,
        place=heard.place,
        spot=heard.spot.strip()[:100],
        text=heard.text.strip()[:500],
        people_count=heard.people_count,
        author=actor,
        heard_at=heard_at,
        written_at=at,
    )
    record(event="diary.written", actor=actor, subject=entry, at=at, scope_path=scope.path, post=trace)
    return entry


@transaction.atomic
def diary_note(*, entry_id: int, reason: str, actor: User, at: datetime) -> OpinionDiaryEntry:
    """Looked at, and not made a matter of, with a reason.

    Raises:
        NotFoundError: there is none.
        NotAllowedError: `actor` does not run that grid.
        ConflictError: settled already.
        InvalidInputError: no reason.
    """
    entry = diary_locked(entry_id)
    trace = permissions.authorise(actor, Power.GRID_RUN, Scope(entry.scope.path), at=at)
    if not reason.strip():
        raise InvalidInputError(_("请写明为什么不转。"))
    _settle(entry, Settled.NOTED, actor, at, reason.strip()[:200])
    record(event="diary.noted", actor=actor, subject=entry, at=at, scope_path=entry.scope.path, post=trace)
    return entry


def diary_locked(entry_id: int) -> OpinionDiaryEntry:
    """One entry, locked, for whoever settles it.

    Raises:
        NotFoundError: there is none.
    """
    rows = OpinionDiaryEntry.objects.locked().select_related("scope", "place", "community__profile")
    entry = rows.filter(pk=entry_id).first()
    if entry is None:
        raise NotFoundError(_("没有找到这篇日记。"))
    return entry


def diary_promoted(entry: OpinionDiaryEntry, *, actor: User, at: datetime) -> None:
    """A matter was made of a locked entry; in the transaction of whoever made it."""
    _settle(entry, Settled.PETITION, actor, at, "")


@transaction.atomic
def diary_review(*, at: datetime) -> int:
    """Once a week, tell each secretary how many entries nobody has looked at; how many communities."""
    year, week, _weekday = timezone.localdate(at).isocalendar()
    waiting: dict[int, int] = defaultdict(int)
    rows = OpinionDiaryEntry.objects.waiting().filter(community__is_active=True)
    for pk in rows.values_list("community", flat=True):
        waiting[pk] += 1
    new = reminders.claim("diary.review", f"{year}-{week}", sorted(waiting), at)
    found = list(Community.objects.filter(pk__in=new).select_related("place").order_by("pk"))
    rungs = rungs_over([one.place for one in found], at=at)
    messages = []
    for community in found:
        reader = rungs.first(community.place, (Duty.SECRETARY, Duty.SUPERVISOR))
        messages += diary_notices.to_review(community, waiting[community.pk], reader, f"{year}-{week}", at=at)
    outbox.send(messages)
    return len(found)


@transaction.atomic
def diary_expire(at: datetime) -> int:
    """Erase the words of entries of long ago; that something was heard, and where, stays. How many."""
    old = OpinionDiaryEntry.objects.filter(written_at__lt=at - KEPT).exclude(text=ERASED).order_by("pk")
    ids = [row.pk for row in old.select_for_update(skip_locked=True).only("pk")[:ROWS]]
    return OpinionDiaryEntry.objects.filter(pk__in=ids).update(text=ERASED)


def _settle(entry: OpinionDiaryEntry, result: Settled, actor: User, at: datetime, reason: str) -> None:
    if entry.settled_at is not None:
        raise RepeatedError(_("这篇日记已经处理过了。"))
    entry.settled_as, entry.settled_at, entry.settled_by, entry.reason = result, at, actor, reason
    entry.save(update_fields=["settled_as", "settled_at", "settled_by", "reason"])
