"""What all actions share: one locked petition, who acts on it, and what is written at the end."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final

from community.clocks import clock_of
from community.duties import LADDER, Duty, Power
from community.permissions import HeldPost, require_power
from community.workflow import Duration, Limit, Profile, Stage
from core import audit, outbox
from core.errors import ConflictError, IllegalMoveError, InvalidInputError, RepeatedError
from core.language import gettext as _
from core.models import StoredImage, User
from core.outbox import Message
from core.rows import Rows, row_update
from core.workdays import WorkingClock
from petitions import deadlines, workflow
from petitions.actions.locking import changed_columns, lock
from petitions.models import DeliberationSession, Petition, PetitionEvent, PetitionPhoto, PetitionReporter
from petitions.selectors.facts import facts_in_hand, facts_of
from petitions.selectors.following import people_behind
from petitions.selectors.handlers import handlers_of
from petitions.selectors.holders import Holders, holders_of
from petitions.selectors.said import has_said
from petitions.workflow import HANDLING_LIMIT, Audience, Event

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_STEP = timedelta(milliseconds=1)
RESPONSIBLE: Final[Mapping[Limit, tuple[Duty, ...]]] = {
    Limit.PUBLISH: (Duty.CLERK, Duty.DISPATCHER, Duty.SECRETARY, Duty.SUPERVISOR),
    Limit.RETURN_VISIT: (Duty.GRID_LEADER, Duty.CLERK, Duty.SECRETARY, Duty.SUPERVISOR),
}
"""Whose name stands beside the clocks after the answer; the tier of handling stays for a reopening."""
REPEAT = timedelta(minutes=2)


def plain(value: str) -> str:
    """Typed text without control characters and trimmed; a line break is one character."""
    return _CONTROL.sub("", value.replace("\r\n", "\n")).strip()


def text_of(value: str, *, limit: int, name: str, required: bool = True) -> str:
    """The text as it may be kept: without control characters, trimmed, no longer than `limit` characters.

    Raises:
        InvalidInputError: empty though required, or too long.
    """
    text = plain(value)
    if required and not text:
        raise InvalidInputError(_("请填写%s。") % name)
    if len(text) > limit:
        raise InvalidInputError(
            _("%(name)s最多 %(limit)d 个字，现在有 %(length)d 个字。")
            % {"name": name, "limit": limit, "length": len(text)}
        )
    return text


@dataclass(slots=False)
class Work:
    """One locked petition, the person who acts on it in a post, and what the action adds.

    Everything that is noted here is written by `finish`, in the caller's transaction.
    """

    petition: Petition
    actor: User | None
    held: HeldPost | None
    at: datetime
    reporter: PetitionReporter | None = None
    session: DeliberationSession | None = None
    lines: list[PetitionEvent] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)

    @cached_property
    def profile(self) -> Profile:
        return self.petition.profile

    @cached_property
    def clock(self) -> WorkingClock:
        return clock_of(self.petition.community)

    @cached_property
    def holders(self) -> Holders:
        return holders_of([self.petition.scope], self.at)

    @cached_property
    def reporters(self) -> list[PetitionReporter]:
        """Everybody to be told and asked: also the people of matters merged into this one, each once."""
        return people_behind(self.petition)

    def note(self, event: Event, text: str = "", *, audience: Audience = Audience.STAFF) -> PetitionEvent:
        """Add a line to the history at the present stage, each a moment after the one before."""
        line = PetitionEvent(
            petition=self.petition,
            at=self.at + len(self.lines) * _STEP,
            event=event,
            stage=self.petition.stage,
            round=self.petition.round,
            actor=self.actor,
            reporter=self.reporter if event in workflow.BY_REPORTERS else None,
            session=self.session,
            duty=self.held.duty if self.held else "",
            post_place=self.held.place_name if self.held else "",
            audience=audience,
            note=text,
        )
        self.lines.append(line)
        if event in workflow.WORTH_A_LOOK:
            self.petition.neglect_at = self.at
        return line

    def move(
        self,
        target: Stage,
        event: Event,
        text: str = "",
        *,
        audience: Audience = Audience.PUBLIC,
        facts: dict[str, Any] | None = None,
        duration: Duration | None = None,
    ) -> None:
        """Take the petition to `target`, through the stages that pass by themselves, if the gates allow it.

        `facts` are what this very action adds to the facts on record.

        Raises:
            IllegalMoveError: the loop does not lead there.
            GateClosedError: a gate of the profile is not passed.
        """
        stages = workflow.passage(self.profile, Stage(self.petition.stage), target)
        self._check_gates(stages, facts or {})
        for stage in stages[:-1]:
            self.petition.stage = stage
            self.note(Event.PASSED, audience=audience)
        self.petition.stage = target
        self.note(event, text, audience=audience)
        self.run_clock(duration)

    def jump(self, stages: Sequence[Stage], events: dict[Stage, Event], text: str) -> None:
        """Write every passed stage of a matter settled on the spot, in order; the text stands at the last."""
        self._check_gates(tuple(stages), {})
        for stage in stages:
            self.petition.stage = stage
            last = stage == stages[-1]
            self.note(events.get(stage, Event.PASSED), text if last else "", audience=Audience.PUBLIC)
        self.run_clock()

    def refuse_repeat(self, event: Event, text: str) -> None:
        """Raise RepeatedError if this person has just written the same; call it after the lock.

        Steps that leave the stage as it is have nothing else that stops a second tap.
        """
        since = self.at - REPEAT
        if self.actor is not None and has_said(self.petition, event, text, self.actor, since=since):
            raise RepeatedError(_("刚才已经提交过，没有重复记录。"))

    def run_clock(self, duration: Duration | None = None) -> None:
        """Start the clock of the present stage, unless the same one is already running."""
        petition = self.petition
        found = deadlines.limit_for(self.profile, Stage(petition.stage), petition.severity)
        if found is None:
            deadlines.clock_stop(petition)
            return
        limit, usual = found
        if petition.service_minutes is not None and limit in HANDLING_LIMIT.values():
            usual = Duration(petition.service_minutes)
            if duration is None and petition.clock in HANDLING_LIMIT.values():
                return
        if duration is None and petition.clock == limit:
            return
        deadlines.clock_start(petition, limit, duration or usual, at=self.at, clock=self.clock)
        if limit in RESPONSIBLE:
            self.petition.assignee_id = self.other_than_handlers(RESPONSIBLE[limit])

    def other_than_handlers(self, duties: Sequence[Duty]) -> int | None:
        """The first holder of these duties who did not handle the matter; any holder if all did."""
        found = [self.holders.at(self.petition.scope, duty) for duty in duties]
        people = [user_id for user_id in found if user_id is not None]
        handlers = self.handlers
        return next((user_id for user_id in people if user_id not in handlers), next(iter(people), None))

    @cached_property
    def handlers(self) -> frozenset[int]:
        """Who handled the matter in this round; none of them visits or judges for somebody."""
        return handlers_of(self.petition)

    def attach(self, photos: Sequence[StoredImage], kind: str) -> None:
        """Add cleaned photos to the matter; one that another form has taken meanwhile is left to it."""
        PetitionPhoto.objects.bulk_create(
            (
                PetitionPhoto(
                    petition=self.petition, image=image, kind=kind, reporter=self.reporter, added_at=self.at
                )
                for image in photos
            ),
            ignore_conflicts=True,
        )

    def tell(self, messages: Sequence[Message]) -> None:
        self.messages.extend(messages)

    def hold(self, start: Duty) -> int | None:
        """Give the matter to the first holder from this tier upwards; a vacant post passes it on."""
        holder = self.holders.from_tier(self.petition.scope, start)
        self.petition.tier, self.petition.assignee_id = holder.duty, holder.user_id
        return holder.user_id

    def climb(self) -> int | None:
        """Give the matter to the next tier up that somebody holds; the highest keeps it."""
        tier = Duty(self.petition.tier) if self.petition.tier in LADDER else LADDER[0]
        following = LADDER[min(LADDER.index(tier) + 1, len(LADDER) - 1)]
        return self.hold(following)

    def finish(self, fields: Sequence[str] = ()) -> Petition:
        """Save the petition, its new lines, the audit entry and the messages, in that order."""
        self.petition.changed_at = self.at
        row_update(self.petition, changed_columns(self.petition))
        self.record(fields)
        return self.petition

    def record(self, fields: Sequence[str] = ()) -> None:
        """Write the new lines, the audit entry and the messages of a petition that is already saved."""
        entries = [
            audit.entry(
                event=f"petition.{line.event}",
                actor=self.actor,
                trace=audit.Trace(
                    self.petition,
                    self.petition.grid_path or self.petition.place_path,
                    self.held.trace if self.held else "",
                ),
                at=self.at,
                fields=fields,
            )
            for line in self.lines[-1:]
        ]
        outbox.send(self.messages, beside=[Rows(self.lines), Rows(entries)])

    def _check_gates(self, stages: tuple[Stage, ...], extra: dict[str, Any]) -> None:
        """The records are read only where what is in hand does not open every gate already."""
        in_hand = replace(facts_in_hand(self.petition), **extra)
        workflow.check_standing(stages, in_hand)
        if workflow.closed_gate(self.profile, stages, in_hand) is not None:
            workflow.check_gates(self.profile, stages, replace(facts_of(self.petition), **extra))


def work_on(petition_id: int, *, actor: User, power: Power, at: datetime) -> Work:
    """Lock a petition for somebody in post.

    Raises:
        NotFoundError: there is none.
        NotAllowedError: no current post of `actor` allows `power` over it.
        IllegalMoveError: it is archived or otherwise closed, so read-only.
    """
    petition = lock(petition_id)
    held = require_power(actor, power, petition.scope, at=at)
    refuse_closed(petition)
    return Work(petition, actor, held, at)


def work_by_itself(petition_id: int, *, at: datetime, reporter: PetitionReporter | None = None) -> Work:
    """Lock a petition for the system itself, or for a reporter who acts without a post."""
    return Work(lock(petition_id), None, None, at, reporter)


def refuse_closed(petition: Petition) -> None:
    """Raise IllegalMoveError for an archived, returned, withdrawn or merged matter: it is read-only."""
    if petition.stage in workflow.CLOSED:
        raise IllegalMoveError(
            _("这件诉求已%s，只能查看，不能再改。") % petition.profile.label(petition.stage),
            extra={"stage": petition.stage},
        )


def require_handling(work: Work) -> None:
    """Raise ConflictError unless the matter is between 理事 and 办结."""
    if work.petition.stage not in workflow.HANDLING:
        raise ConflictError(
            _("现在处于“%s”，不能做这一步。") % work.profile.label(work.petition.stage),
            extra={"stage": work.petition.stage},
        )
