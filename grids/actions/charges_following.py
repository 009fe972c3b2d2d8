"""包户 where buildings change grids: doors go on to whoever works where they lie now (G-03, G-17)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.db.models import Q
from django.utils import timezone

from community.duties import IN_THE_FIELD, Duty
from community.models import Household, Place, Post
from community.querysets import below
from core import outbox, reminders
from core.audit import Trace, record_each
from core.batches import rows_update
from core.models import User
from grids import moving_notices, notices
from grids.models import Grid, HouseholdCharge
from grids.selectors.buildings import grids_of
from grids.selectors.holders import KEPT_BY, first_held_at, held_above_places

ONE_DAY = timedelta(days=1)


@dataclass(slots=True)
class _Door:
    """A door that was ever in somebody's hands: its charges, and the grid that holds it now."""

    household: Household
    grid: Grid | None
    charges: list[HouseholdCharge]
    ended: list[HouseholdCharge] = field(default_factory=list)
    """Whose worker has no post over that grid, or none at all any more."""
    given: list[HouseholdCharge] = field(default_factory=list)

    def settle(self, day: date, own: Sequence[Post], workers: Sequence[Post]) -> None:
        """Say which charges end, and who has the door from a day on: somebody who had it and works in the new
        grid too, else its workers, one after the other."""
        going_on = [one for one in self.charges if one.ends_on is None or one.ends_on >= day]
        stay = [one for one in going_on if _is_held(one.post, day) and self._is_over(one.post)]
        self.ended = [one for one in going_on if one not in stay]
        if (not self.ended and going_on) or self.grid is None:
            return
        theirs = {one.post.user_id for one in self.ended if one.starts_on <= day and _is_held(one.post, day)}
        kept = [post for post in own if post.user_id in theirs and self._is_over(post)]
        ends = min((one.starts_on for one in stay), default=None)
        self.given = list(self._given(kept[:1] or workers, day, ends))

    def _is_over(self, post: Post) -> bool:
        return self.grid is not None and self.grid.place.path.startswith(post.place.path)

    def _given(self, posts: Sequence[Post], day: date, ends: date | None) -> Iterator[HouseholdCharge]:
        begins = [max(day, post.starts_on) for post in posts]
        for post, (first, following) in zip(posts, pairwise([*begins, ends]), strict=True):
            assert first is not None
            until = min((one for one in (following, ends) if one is not None), default=None)
            last = until - ONE_DAY if until is not None else None
            if last is None or first <= last:
                yield HouseholdCharge(household=self.household, post=post, starts_on=first, ends_on=last)

    def lost_by(self, day: date) -> Post | None:
        """The post that had the door on a day and has it no more."""
        posts = (one.post for one in self.ended if one.starts_on <= day and _is_held(one.post, day))
        return next(posts, None)

    def taken_by(self, day: date) -> Post | None:
        """The post that has the door from a day on."""
        return next((one.post for one in self.given if one.starts_on == day), None)

    def is_told_of(self, day: date) -> bool:
        """Whether it was in somebody's hands until now, and is in nobody's."""
        going_on = (one for one in self.charges if one.ends_on is None or one.ends_on >= day)
        there = any(one not in self.ended and one.starts_on <= day for one in going_on)
        return self.lost_by(day) is not None and self.taken_by(day) is None and not there

    @property
    def last_day(self) -> date | None:
        """On which somebody had it before; None where no day was left of it."""
        kept = (one for one in self.charges if one.ends_on is None or one.ends_on >= one.starts_on)
        days = (min(filter(None, (one.ends_on, one.post.ends_on)), default=None) for one in kept)
        return max(filter(None, days), default=None)


def charges_follow_ground(places: Sequence[Place], *, actor: User | None, post: str, at: datetime) -> None:
    """Doors below these places that are, or were, in the hands of somebody without a post over the grid that
    holds them now go on to that grid's worker from today, in the transaction that changed the ground.

    Without a worker they are in nobody's hands, which whoever keeps the area is told at once. What was, stays
    in history. A door that was never in anybody's hands is not given to anybody.
    """
    day = timezone.localdate(at)
    doors = _doors([place.path for place in places])
    own, workers = _posts(doors, day)
    for door in doors:
        door.settle(day, own, workers.get(door.grid.pk, []) if door.grid else [])
    changed = [door for door in doors if door.ended or door.given]
    if not changed:
        return
    _write(changed, day)
    _keep(changed, day, actor, post, at)
    _tell(changed, day, at)


def _doors(paths: Sequence[str]) -> list[_Door]:
    rows = HouseholdCharge.objects.filter(below(paths, "household__place__path"), household__is_active=True)
    charges: dict[int, list[HouseholdCharge]] = defaultdict(list)
    for one in rows.select_related("household__place", "post__place", "post__user").order_by("starts_on"):
        charges[one.household_id].append(one)
    homes = [found[0].household for found in charges.values()]
    grids = grids_of({home.place_id: home.place for home in homes}.values())
    return [_Door(home, grids.get(home.place_id), charges[home.pk]) for home in homes]


def _posts(doors: Sequence[_Door], day: date) -> tuple[list[Post], Mapping[int, list[Post]]]:
    """Posts in the field, now, of whoever has these doors, and those of the workers of their grids, now and
    to come; one statement."""
    users = {one.post.user_id for door in doors for one in door.charges}
    grids = {door.grid.pk for door in doors if door.grid}
    rows = Post.objects.primary().filter(Q(ends_on=None) | Q(ends_on__gte=day), user__is_active=True)
    rows = rows.filter(Q(user__in=users) | Q(place__in=grids), duty__in=IN_THE_FIELD)
    posts = list(rows.select_related("place", "user").order_by("starts_on", "pk"))
    workers: dict[int, list[Post]] = defaultdict(list)
    for post in posts:
        if post.duty == Duty.GRID_WORKER and post.place_id in grids:
            workers[post.place_id].append(post)
    return [post for post in posts if post.user_id in users and post.starts_on <= day], workers


def _is_held(post: Post, day: date) -> bool:
    return post.ends_on is None or post.ends_on >= day


def _write(doors: Sequence[_Door], day: date) -> None:
    """Three statements; a charge that would have begun today or later never was in force and goes."""
    ended = [one for door in doors for one in door.ended]
    for one in ended:
        one.ends_on = min(day - ONE_DAY, one.post.ends_on or day)
    gone = [one.pk for one in ended if one.ends_on is not None and one.ends_on < one.starts_on]
    HouseholdCharge.objects.filter(pk__in=gone).delete()
    rows_update([one for one in ended if one.pk not in gone], ("ends_on",))
    HouseholdCharge.objects.bulk_create(one for door in doors for one in door.given)


def _keep(doors: Sequence[_Door], day: date, actor: User | None, trace: str, at: datetime) -> None:
    """A line of the trail for each post that has lost doors, and for each that has taken some."""
    lost = {post for door in doors if (post := door.lost_by(day))}
    taken = {one.post for door in doors for one in door.given}
    for event, posts in (("household.uncharged", lost), ("household.charged", taken)):
        traces = [Trace(post, post.place.path, trace) for post in sorted(posts, key=lambda post: post.pk)]
        record_each(event=event, actor=actor, traces=traces, at=at, fields=["households"])


def _tell(doors: Sequence[_Door], day: date, at: datetime) -> None:
    """Whoever has taken doors or lost them, and who keeps the area of those that are in nobody's hands."""
    moves = [(door.lost_by(day), door.taken_by(day)) for door in doors]
    handed = [(old, new) for old, new in moves if old is None or new is None or old.user_id != new.user_id]
    lost = Counter(old.user_id for old, _new in handed if old)
    taken = Counter((new.user_id, new.place_id) for _old, new in handed if new)
    names = {door.grid.pk: door.grid.name for door in doors if door.grid}
    messages = [moving_notices.doors_lost(pk, count, at=at) for pk, count in lost.items()]
    messages += [
        moving_notices.doors_taken(pk, count, names[grid_id], at=at) for (pk, grid_id), count in taken.items()
    ]
    outbox.send(messages + _alone([door for door in doors if door.is_told_of(day)], day, at))


def _alone(doors: Sequence[_Door], day: date, at: datetime) -> list[outbox.Message]:
    """Doors in nobody's hands are told of here, so that the morning is silent about them."""
    stages = {door.household.pk: str(door.last_day or "first") for door in doors}
    reminders.claim_each("household.uncharged", stages, at)
    grids = {door.grid.pk: door.grid for door in doors if door.grid}
    spots = [door.grid.place if door.grid else door.household.place for door in doors]
    held = held_above_places(spots, KEPT_BY, day)
    by_person: Counter[tuple[int, int | None]] = Counter()
    for door, spot in zip(doors, spots, strict=True):
        user_id = first_held_at(held, spot, KEPT_BY)
        if user_id is not None:
            by_person[user_id, door.grid.pk if door.grid else None] += 1
    return [
        notices.left_alone(pk, count, grids[grid_id] if grid_id else None, day=day, at=at)
        for (pk, grid_id), count in by_person.items()
    ]
