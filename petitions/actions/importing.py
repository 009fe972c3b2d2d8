"""旧档: matters of an old register, taken in as they ended. Nobody is told, asked or reminded of them.

They bear numbers of their own (`H`, day of receipt, a count of their own): the portal's count is left alone.
What is older than the community keeps matters comes without its words, as if it had been kept until now.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Final
from uuid import uuid4

from django.db import connection, transaction
from django.utils import timezone

from community.duties import Power
from community.models import CategorySetting, Community, Place
from community.models.place import PlaceKind
from community.permissions import HeldPost, Scope, has_power, require_power
from community.sheet_kinds import Outcome
from community.workflow import Stage
from core.errors import InvalidInputError
from core.language import gettext as _
from core.language import kept
from core.models import User
from grids.selectors import grids_of
from petitions.actions.base import text_of
from petitions.actions.erasing import months_before
from petitions.actions.walls import walls_changed
from petitions.models import Origin, Petition, PetitionEvent, WallPost
from petitions.models.imported import HANDLER_MAX, OLD_NUMBER_MAX
from petitions.models.petition import TEXT_MAX, TITLE_MAX
from petitions.selectors.personal import personal_data_in
from petitions.selectors.places import public_place
from petitions.workflow import Audience, Event

EARLIEST: Final = date(1980, 1, 1)
OUTCOME_MAX: Final = 1000
REPORTERS_MAX: Final = 10_000
NOON: Final = time(12)
AT_ONCE: Final = 250


@dataclass(frozen=True, slots=True)
class Past:
    """What an old register says of one matter. `is_public` was said by a person, with `public_title`."""

    old_number: str
    place: Place
    channel: str
    topic: str
    text: str
    outcome: str
    received_on: date
    finished_on: date
    promised_on: date | None = None
    category: CategorySetting | None = None
    reporters: int = 1
    handler: str = ""
    severity: str = ""
    scale: int | None = None
    is_satisfied: bool | None = None
    is_public: bool = False
    public_title: str = ""


@transaction.atomic
def past_matters_add(
    *, community: Community, matters: Sequence[Past], actor: User, at: datetime
) -> list[Outcome]:
    """Add the matters that are not there yet, archived and read-only, in a few statements for all of them.

    Raises:
        NotAllowedError: `actor` may not bring in history there.
    """
    batch, outcomes = _judged(community, matters, actor, at)
    batch.write()
    return outcomes


def past_matters_judge(
    *, community: Community, matters: Sequence[Past], actor: User, at: datetime
) -> list[Outcome]:
    """What adding these matters would come to; nothing is written.

    Raises:
        NotAllowedError: `actor` may not bring in history there.
    """
    return _judged(community, matters, actor, at)[1]


def _judged(
    community: Community, matters: Sequence[Past], actor: User, at: datetime
) -> tuple[_Batch, list[Outcome]]:
    scope = Scope(community.place.path)
    held = require_power(actor, Power.HISTORY_IMPORT, scope, at=at)
    may_publish = has_power(actor, Power.PETITION_PUBLISH, scope, at=at)
    batch = _Batch(community, actor, held, at, may_publish, _known(community, matters))
    return batch, [batch.outcome(past) for past in matters]


def _known(community: Community, matters: Sequence[Past]) -> set[str]:
    numbers = [past.old_number for past in matters]
    there = Petition.objects.filter(community=community, old_number__in=numbers, old_number__gt="")
    return set(there.values_list("old_number", flat=True))


@dataclass
class _Batch:
    community: Community
    actor: User
    held: HeldPost
    at: datetime
    may_publish: bool
    known: set[str]
    new: list[tuple[Past, bool]] = field(default_factory=list)

    def outcome(self, past: Past) -> Outcome:
        """Whether it is new, what is worth knowing of it, or why it may not be."""
        if past.old_number in self.known:
            return Outcome()
        try:
            self.check(past)
        except InvalidInputError as refusal:
            return Outcome(problem=str(refusal.message))
        is_expired = self.moment(past.finished_on) < months_before(
            self.at, self.community.keep_matters_months
        )
        self.known.add(past.old_number)
        self.new.append((past, is_expired))
        return Outcome(added=True, note=_expired_note() if is_expired else _personal_note(past))

    def check(self, past: Past) -> None:
        """Raise InvalidInputError, in a sentence, for what no register can mean."""
        _check_words(past)
        self.check_days(past)
        if not past.place.path.startswith(self.community.place.path):
            raise InvalidInputError(_("这个地点不属于本社区，请重新选择。"))
        if not 1 <= past.reporters <= REPORTERS_MAX:
            raise InvalidInputError(_("反映人数请填 1 到 %d。") % REPORTERS_MAX)
        if past.is_public:
            self.check_public(past)

    def check_days(self, past: Past) -> None:
        today = timezone.localdate(self.at)
        if past.received_on < EARLIEST:
            raise InvalidInputError(_("收到日期太早，请写四位数的年份，如 2021-03-05。"))
        if past.received_on > today:
            raise InvalidInputError(_("收到日期不能晚于今天。"))
        if past.finished_on > today:
            raise InvalidInputError(_("办结日期不能晚于今天；没有办结的事请直接登记。"))
        if past.finished_on < past.received_on:
            raise InvalidInputError(_("办结日期不能早于收到日期。"))
        if past.promised_on is not None and past.promised_on < past.received_on:
            raise InvalidInputError(_("应办结日期不能早于收到日期。"))

    def check_public(self, past: Past) -> None:
        if not self.may_publish:
            raise InvalidInputError(_("您的任职不允许公开，请把“公开”改为“否”。"))
        found = _personal_kinds((past.public_title, past.outcome))
        if found:
            raise InvalidInputError(
                _("要公开的标题或办理结果里可能有%s，请改写，或把“公开”改为“否”。") % found
            )

    def moment(self, day: date) -> datetime:
        """A register knows days alone: noon stands for the whole of it, and never for a time to come."""
        return min(timezone.make_aware(datetime.combine(day, NOON)), self.at)

    def write(self) -> None:
        grids = grids_of({past.place for past, _is_expired in self.new})
        numbers = _numbers([past.received_on for past, _is_expired in self.new])
        rows = [
            self.petition(past, number, is_expired)
            for (past, is_expired), number in zip(self.new, numbers, strict=True)
        ]
        for row in rows:
            grid = grids.get(row.place_id)
            row.grid, row.grid_path = grid, grid.place.path if grid else ""
        Petition.objects.bulk_create(rows, batch_size=AT_ONCE)
        PetitionEvent.objects.bulk_create([self.line(row) for row in rows], batch_size=AT_ONCE)
        shown = [
            self.post(row, past)
            for row, (past, _is_expired) in zip(rows, self.new, strict=True)
            if past.is_public
        ]
        WallPost.objects.bulk_create(shown, batch_size=AT_ONCE)
        if shown:
            walls_changed(self.community.pk)

    def petition(self, past: Past, number: str, is_expired: bool) -> Petition:
        over_at = self.moment(past.finished_on)
        place = _building_of(past.place) if is_expired else past.place
        return Petition(
            number=number,
            filing_key=uuid4(),
            community=self.community,
            place=place,
            place_path=place.path,
            channel=past.channel,
            origin=Origin.IMPORTED,
            old_number=past.old_number,
            old_handler="" if is_expired else past.handler,
            old_satisfied=past.is_satisfied,
            entered_by=self.actor,
            text="" if is_expired else past.text,
            outcome="" if is_expired else past.outcome,
            is_private=not past.is_public,
            topic=past.topic,
            category=past.category,
            canonical_category=past.category.canonical if past.category else "",
            public_title=past.public_title,
            stage=Stage.ARCHIVED,
            severity=past.severity,
            scale=past.scale,
            promise_at=_end_of(past.promised_on) if past.promised_on else None,
            reporters_count=past.reporters,
            private_reporters=0 if past.is_public else past.reporters,
            filed_at=self.moment(past.received_on),
            resolved_at=over_at,
            fed_back_at=over_at,
            published_at=over_at if past.is_public else None,
            closed_at=over_at,
            changed_at=self.at,
            anonymised_at=self.at if is_expired else None,
        )

    def line(self, row: Petition) -> PetitionEvent:
        """The one line of its history: what went before is not the portal's to tell."""
        return PetitionEvent(
            petition=row,
            at=self.at,
            event=Event.IMPORTED,
            stage=row.stage,
            actor=self.actor,
            duty=self.held.duty,
            post_place=self.held.place_name,
            audience=Audience.STAFF,
        )

    def post(self, row: Petition, past: Past) -> WallPost:
        """On the wall it stands at the day it was over, so that this week's answers stay on top."""
        return WallPost(
            petition=row,
            community=self.community,
            title=past.public_title,
            question=past.public_title,
            answer=past.outcome,
            place_name=public_place(past.place),
            topic=past.topic,
            published_at=row.closed_at or self.at,
            published_by=self.actor,
        )


def _check_words(past: Past) -> None:
    for words, limit, name in (
        (past.old_number, OLD_NUMBER_MAX, _("旧编号")),
        (past.text, TEXT_MAX, _("原话")),
        (past.outcome, OUTCOME_MAX, _("办理结果")),
    ):
        text_of(words, limit=limit, name=name)
    text_of(past.handler, limit=HANDLER_MAX, name=_("经办"), required=False)
    text_of(past.public_title, limit=TITLE_MAX, name=_("公开标题"), required=past.is_public)


def _personal_kinds(texts: Collection[str]) -> str:
    """What looks personal in these texts, by its kind."""
    found = {kept(finding.kind.label) for text in texts for finding in personal_data_in(text)}
    return "、".join(sorted(found))


def _personal_note(past: Past) -> str:
    found = _personal_kinds((past.text, past.outcome, past.public_title))
    return str(_("文字里可能有%s：只有工作人员看得到，和办理无关的请先删去。") % found) if found else ""


def _expired_note() -> str:
    return str(_("办结已超过保存期限：原话、经办和办理结果不导入，只留编号、日期、地点和类别。"))


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.max))


def _building_of(place: Place) -> Place:
    """What is kept for ever names no finer place."""
    return place.parent if place.kind == PlaceKind.ENTRANCE and place.parent else place


def _numbers(days: Sequence[date]) -> list[str]:
    """A number for each of these days of receipt, from a count that no other number comes from."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('petitions_old_number') FROM generate_series(1, %s)", [len(days)])
        counts = [count for (count,) in cursor.fetchall()]
    return [f"H{day:%Y%m%d}-{count:04d}" for day, count in zip(days, counts, strict=True)]
