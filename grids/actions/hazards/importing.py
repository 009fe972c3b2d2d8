"""旧台账: hazards of an older ledger (decision 0034).

What was over comes in as it ended: nobody is told, asked or reminded. What is open joins the ledger of today
with a day and somebody who answers for it, like any other; whoever answers hears of all of them at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from community.duties import Power
from community.models import Community, Place
from community.models.place import PlaceKind
from community.permissions import Scope, require_power
from community.sheet_kinds import Outcome
from core import outbox
from core.errors import InvalidInputError
from core.language import gettext as _
from core.models import User
from grids import hazard_notices
from grids.actions.hazards.expiring import ERASED, kept_since
from grids.actions.hazards.filing import Answerable, day_fits, give
from grids.models import Hazard, HazardEvent, HazardEventKind, HazardState, HazardType
from grids.models.hazard import UNSAFE
from grids.selectors.buildings import grids_of
from grids.selectors.companies import reps_of

EARLIEST: Final = date(1980, 1, 1)
NOON: Final = time(12)
DAY: Final = timedelta(days=1)
AT_ONCE: Final = 250


@dataclass(frozen=True, slots=True)
class OldHazard:
    """What an older ledger says of one hazard. `answerable` is who has to put right what is open still;
    `responsible` is who the ledger names."""

    old_number: str
    place: Place
    type: HazardType
    text: str
    found_on: date
    state: HazardState
    spot: str = ""
    finder: str = ""
    responsible: str = ""
    rectify_by: date | None = None
    done: str = ""
    done_on: date | None = None
    rechecked_on: date | None = None
    answerable: Answerable | None = None

    @property
    def is_past(self) -> bool:
        return self.state not in UNSAFE

    @property
    def over_on(self) -> date:
        """When it was over: the recheck, else when it was put right; on the spot is the day it was found."""
        return self.rechecked_on or self.done_on or self.found_on


@transaction.atomic
def hazards_import(
    *, community: Community, hazards: Sequence[OldHazard], actor: User, at: datetime
) -> list[Outcome]:
    """Add those that are not there yet, in a few statements for all of them.

    Raises:
        NotAllowedError: `actor` may not bring in history there.
    """
    batch, outcomes = _judged(community, hazards, actor, at)
    batch.write()
    return outcomes


def hazards_judge(
    *, community: Community, hazards: Sequence[OldHazard], actor: User, at: datetime
) -> list[Outcome]:
    """What adding these would come to; nothing is written.

    Raises:
        NotAllowedError: `actor` may not bring in history there.
    """
    return _judged(community, hazards, actor, at)[1]


def _judged(
    community: Community, hazards: Sequence[OldHazard], actor: User, at: datetime
) -> tuple[_Batch, list[Outcome]]:
    require_power(actor, Power.HISTORY_IMPORT, Scope(community.place.path), at=at)
    numbers = [old.old_number for old in hazards]
    there = Hazard.objects.filter(community=community, old_number__in=numbers, old_number__gt="")
    batch = _Batch(community, actor, at, set(there.values_list("old_number", flat=True)))
    return batch, [batch.outcome(old) for old in hazards]


@dataclass
class _Batch:
    community: Community
    actor: User
    at: datetime
    known: set[str]
    new: list[OldHazard] = field(default_factory=list)

    @property
    def today(self) -> date:
        return timezone.localdate(self.at)

    def outcome(self, old: OldHazard) -> Outcome:
        """Whether it is new, what is worth knowing of it, or why it may not be."""
        if old.old_number in self.known:
            return Outcome()
        try:
            self.check(old)
        except InvalidInputError as refusal:
            return Outcome(problem=str(refusal.message))
        self.known.add(old.old_number)
        self.new.append(old)
        return Outcome(added=True, note=_expired_note() if self.is_expired(old) else "")

    def check(self, old: OldHazard) -> None:
        """Raise InvalidInputError, in a sentence, for what no ledger can mean."""
        if not old.place.path.startswith(self.community.place.path):
            raise InvalidInputError(_("这个地点不属于本社区，请重新选择。"))
        if not old.type.is_active or old.type.community_id not in (None, self.community.pk):
            raise InvalidInputError(_("这个社区没有这种隐患类型，请重新选择。"))
        if not old.text.strip():
            raise InvalidInputError(_("请写明是什么隐患。"))
        self.check_days(old)
        if old.is_past:
            _check_past(old)
        else:
            _check_open(old, self.today)

    def check_days(self, old: OldHazard) -> None:
        if old.found_on < EARLIEST:
            raise InvalidInputError(_("发现日期太早，请写四位数的年份，如 2021-03-05。"))
        if max(old.found_on, old.done_on or old.found_on, old.rechecked_on or old.found_on) > self.today:
            raise InvalidInputError(_("发现、整改和复查的日期都不能晚于今天。"))
        if old.over_on < old.found_on or (old.done_on or old.found_on) < old.found_on:
            raise InvalidInputError(_("整改和复查的日期不能早于发现日期。"))
        if old.rechecked_on is not None and old.done_on is not None and old.rechecked_on < old.done_on:
            raise InvalidInputError(_("复查日期不能早于整改日期。"))

    def is_expired(self, old: OldHazard) -> bool:
        return old.is_past and self.moment(old.over_on) < kept_since(self.community, self.at)

    def moment(self, day: date) -> datetime:
        """A ledger knows days alone: noon stands for the whole of it, and never for a time to come."""
        return min(timezone.make_aware(datetime.combine(day, NOON)), self.at)

    def write(self) -> None:
        grids = grids_of({old.place for old in self.new})
        rows = []
        for old in self.new:
            grid = grids.get(old.place.pk)
            is_grid = old.place.kind == PlaceKind.GRID
            scope = old.place if is_grid else grid.place if grid else self.community.place
            rows.append(self.hazard(old, scope))
        Hazard.objects.bulk_create(rows, batch_size=AT_ONCE)
        lines = [self.line(row, old) for row, old in zip(rows, self.new, strict=True)]
        HazardEvent.objects.bulk_create(lines, batch_size=AT_ONCE)
        self.tell([row for row in rows if not row.is_past])

    def hazard(self, old: OldHazard, scope: Place) -> Hazard:
        is_expired = self.is_expired(old)
        row = Hazard(
            community=self.community,
            scope=scope,
            place=old.place,
            spot="" if is_expired else old.spot,
            type=old.type,
            text=ERASED if is_expired else old.text,
            state=old.state,
            rectify_by=old.rectify_by,
            responsible_name=ERASED if is_expired and old.responsible else old.responsible,
            old_number=old.old_number,
            old_finder="" if is_expired else old.finder,
            is_past=old.is_past,
            found_at=self.moment(old.found_on),
            filed_at=self.at,
            done_at=self.moment(old.done_on) if old.done_on else None,
            closed_at=self.moment(old.over_on) if old.is_past else None,
            anonymised_at=self.at if is_expired else None,
            key=uuid4(),
        )
        if not old.is_past:
            assert old.answerable is not None
            give(row, old.answerable, self.at)
            row.sweep_on = self.today + DAY if old.state == HazardState.DONE else row.sweep_on
        return row

    def line(self, row: Hazard, old: OldHazard) -> HazardEvent:
        """The one line of its history: what was done before, in the ledger's words."""
        note = "" if row.anonymised_at else old.done[:300]
        return HazardEvent(hazard=row, kind=HazardEventKind.IMPORTED, at=self.at, by=self.actor, note=note)

    def tell(self, rows: Iterable[Hazard]) -> None:
        """Whoever answers for what is open hears once how much it is; not of what waits for a recheck."""
        given = [row for row in rows if row.state == HazardState.OPEN]
        reps = reps_of(given, self.today)
        mine = self.actor.pk
        people = Counter(pk for row in given if (pk := row.responsible_id) and pk != mine)
        companies = Counter(pk for row in given for pk in reps.get(row.pk, ()) if pk != mine)
        outbox.send(
            [
                *(hazard_notices.brought_in(pk, n, at=self.at) for pk, n in sorted(people.items())),
                *(
                    hazard_notices.brought_in(pk, n, at=self.at, is_company=True)
                    for pk, n in sorted(companies.items())
                ),
            ]
        )


def _check_past(old: OldHazard) -> None:
    if not old.done.strip():
        raise InvalidInputError(_("已经整改的，要写明整改情况。"))
    if old.state == HazardState.CLOSED and old.rechecked_on is None and old.done_on is None:
        raise InvalidInputError(_("已销号的，要写明整改日期或复查日期。"))


def _check_open(old: OldHazard, today: date) -> None:
    if old.answerable is None or old.answerable.is_nobody:
        raise InvalidInputError(_("没有销号的，要写明整改时限和责任人。"))
    if old.rechecked_on is not None:
        raise InvalidInputError(_("写了复查日期的，状态请填“已销号”。"))
    if old.state == HazardState.DONE and (old.done_on is None or not old.done.strip()):
        raise InvalidInputError(_("待复查的，要写明整改日期和整改情况。"))
    if old.state == HazardState.OPEN and old.done_on is not None:
        raise InvalidInputError(_("写了整改日期的，状态请填“待复查”或“已销号”。"))
    day_fits(old.answerable.rectify_by, today)


def _expired_note() -> str:
    return str(_("销号已超过保存期限：情况、姓名和整改情况不导入，只留编号、类型、地点和日期。"))
