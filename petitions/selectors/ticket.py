"""What one of the people who asked reads of their matter: where it stands, with whom, until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.duties import Duty
from community.workflow import Limit, Profile, Stage
from core.display import moment
from core.models import User
from core.prepared import MOMENT, PreparedModel
from petitions import workflow
from petitions.models import (
    Assistance,
    Evaluation,
    Petition,
    PetitionEvent,
    PetitionPhoto,
    PetitionReporter,
    Question,
)
from petitions.selectors.round import Step, steps_of
from petitions.workflow import UNANSWERED, Audience, Event

TITLED_BY_STAGE: Final = frozenset(
    {
        Event.TRIAGED,
        Event.DELIBERATED,
        Event.RESOLVED,
        Event.FED_BACK,
        Event.PUBLISHED,
        Event.RETURN_VISITED,
        Event.EVALUATED,
        Event.ARCHIVED,
    }
)
NOT_SAID: Final = frozenset({Event.PASSED, Event.SPAM_MARKED, Event.SPAM_UNDONE, Event.CODE_SENT})
FOR_ALL: Final = frozenset(
    {
        Event.FED_BACK,
        Event.PROGRESSED,
        Event.INSPECTED,
        Event.PAUSED,
        Event.RESUMED,
        Event.RETURNED,
        Event.HANDED_ON,
        Event.ESCALATED,
        Event.DELIBERATED,
        Event.MERGED,
        Event.UNMERGED,
    }
)
"""Lines whose note a neighbour who joined may read too: words of staff, meant for everybody who asked."""

DUE: Final[dict[str, Promise | str]] = {
    Limit.ACCEPT: gettext_lazy("应于 %s 前受理"),
    Limit.HANDLE_BLUE: gettext_lazy("应于 %s 前办结"),
    Limit.HANDLE_YELLOW: gettext_lazy("应于 %s 前办结"),
    Limit.HANDLE_RED: gettext_lazy("应于 %s 前办结"),
    Limit.FEED_BACK: gettext_lazy("应于 %s 前答复您"),
    Limit.PUBLISH: gettext_lazy("应于 %s 前公开结果"),
    Limit.RETURN_VISIT: gettext_lazy("应于 %s 前回访"),
    Limit.EVALUATE: gettext_lazy("%s 前可以评价"),
}

_EVENTS: Final = PreparedModel(
    lambda petition, own: PetitionEvent.objects.filter(
        petition__in=(petition, own), audience__in=(Audience.PUBLIC, Audience.REPORTER)
    ),
    petition=-1,
    own=-2,
)
_PHOTOS: Final = PreparedModel(
    lambda petition, own: PetitionPhoto.objects.filter(petition__in=(petition, own)).select_related("image"),
    petition=-1,
    own=-2,
)
_OPEN_QUESTION: Final = PreparedModel(
    lambda petition: Question.objects.filter(petition=petition, answered_at=None, lapsed_at=None).order_by(
        "pk"
    )[:1],
    petition=-1,
)
_WAITING: Final = PreparedModel(
    lambda reporter, turn, at: Evaluation.objects.filter(
        reporter=reporter, round=turn, answered_at=None, closed_at=None, closes_at__gt=at
    ).order_by("pk")[:1],
    reporter=-1,
    turn=32_101,
    at=MOMENT,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the history as its reader may see it."""

    at: str
    title: str
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Ticket:
    """One matter for one of the people who asked."""

    petition: Petition
    reporter: PetitionReporter
    steps: Sequence[Step]
    events: Sequence[Line]
    photos: Sequence[PetitionPhoto]
    question: Question | None
    evaluation: Evaluation | None
    holder: str
    clock: str
    is_overdue: bool
    assistance: Assistance | None

    @property
    def is_closed(self) -> bool:
        return self.petition.stage in workflow.CLOSED

    @property
    def own(self) -> Petition:
        """The matter that this person asked; another than `petition` where it was merged."""
        return self.reporter.own or self.petition

    @property
    def is_merged(self) -> bool:
        return self.reporter.own is not None

    @property
    def shows_answer(self) -> bool:
        """The answer is for everybody behind the matter; one of a private matter for those of its time."""
        answered, since = self.petition.fed_back_at, self.reporter.merged_at
        is_theirs = since is None or not self.petition.is_private or (answered and answered >= since)
        return bool(self.petition.outcome and answered and is_theirs)

    @property
    def can_add(self) -> bool:
        return self.petition.stage in UNANSWERED

    @property
    def can_correct(self) -> bool:
        return self.reporter.is_first and self.petition.stage == Stage.RECEIVED

    @property
    def can_withdraw(self) -> bool:
        alone = self.petition.shown_reporters == 1 and not self.is_merged
        return alone and self.petition.stage in workflow.SIDE_FROM[Stage.WITHDRAWN]


def ticket_of(reporter: PetitionReporter, at: datetime) -> Ticket:
    """The matter as this reporter may see it; four statements."""
    petition = reporter.petition
    own = reporter.own or petition
    every = _EVENTS.all(petition=petition.pk, own=own.pk)
    events = [event for event in every if event.petition_id == petition.pk]
    return Ticket(
        petition=petition,
        reporter=reporter,
        steps=steps_of(petition, events),
        events=[
            _line(event, reporter, petition.profile)
            for event in sorted(every, key=lambda event: (event.at, event.pk), reverse=True)
            if event.event not in NOT_SAID and _is_theirs(event, reporter)
        ],
        photos=photos_for(reporter),
        question=_question(reporter),
        evaluation=_evaluation(reporter, at),
        holder=holder_words(petition),
        clock=clock_words(petition, at),
        is_overdue=petition.is_overdue(at) and petition.clock != Limit.EVALUATE,
        assistance=getattr(petition, "assistance", None) if reporter.is_first else None,
    )


def _is_theirs(event: PetitionEvent, reporter: PetitionReporter) -> bool:
    """Of a matter that theirs was merged into, what has happened since."""
    since = reporter.merged_at
    return since is None or event.petition_id != reporter.petition_id or event.at >= since


def photos_for(reporter: PetitionReporter) -> list[PetitionPhoto]:
    """The reporter's own photos and public ones; the first reporter also sees those of the staff."""
    own = reporter.own or reporter.petition
    together = _PHOTOS.all(petition=reporter.petition_id, own=own.pk)
    return [photo for photo in together if may_see_photo(reporter, photo)]


def may_see_photo(reporter: PetitionReporter, photo: PetitionPhoto) -> bool:
    own = photo.reporter_id == reporter.pk
    return own or photo.is_public or (reporter.is_first and photo.reporter_id is None)


def _line(event: PetitionEvent, reporter: PetitionReporter, profile: Profile) -> Line:
    title = profile.label(event.stage) if event.event in TITLED_BY_STAGE else event.get_event_display()
    own = event.reporter_id == reporter.pk
    staff_word = event.reporter_id is None and (reporter.is_first or event.event in FOR_ALL)
    return Line(
        at=moment(event.at), title=str(title), who=event.who, text=event.note if own or staff_word else ""
    )


def _question(reporter: PetitionReporter) -> Question | None:
    """The open question, which is put to the first reporter alone."""
    if not reporter.is_first:
        return None
    question = _OPEN_QUESTION.first(petition=reporter.petition_id)
    if question is not None:
        question.petition = reporter.petition
    return question


def _evaluation(reporter: PetitionReporter, at: datetime) -> Evaluation | None:
    """The judgement that waits for this reporter now."""
    found = _WAITING.first(reporter=reporter.pk, turn=reporter.petition.round, at=at)
    if found is not None:
        found.reporter = reporter
    return found


def holder_words(petition: Petition) -> str:
    """Who has it now: the post, never the person."""
    if petition.stage in workflow.CLOSED or not petition.tier:
        return ""
    duty = Duty(petition.tier)
    if duty in {Duty.GRID_WORKER, Duty.GRID_LEADER} and petition.grid is not None:
        return f"{petition.grid.name} {duty.label}"
    if duty == Duty.SUPERVISOR:
        return str(duty.label)
    return f"{petition.community.name} {duty.label}"


def clock_words(petition: Petition, at: datetime) -> str:
    """The clock that runs now, in words; empty when none does."""
    if petition.is_paused:
        return _("暂停计时：%(reason)s。最晚 %(until)s 恢复。") % {
            "reason": petition.pause_reason,
            "until": moment(petition.pause_ends_at),
        }
    if petition.due_at is None or not petition.clock or petition.stage in workflow.CLOSED:
        return ""
    words = str(DUE[petition.clock]) % moment(petition.due_at)
    if petition.clock == Limit.EVALUATE and petition.due_at <= at:
        return ""
    if petition.is_overdue(at):
        return _("%s，已超时，已提醒上一级。") % words
    if petition.due_is_provisional:
        return _("%s（明年节假日还没有公布，公布后会重新推算）。") % words
    return _("%s。") % words


def reported_by(user: User) -> QuerySet[PetitionReporter]:
    """What this account asked or joined, and what was asked under its verified phone."""
    mine = Q(user=user)
    if user.phone and user.phone_verified:
        mine |= Q(phone=user.phone)
    return PetitionReporter.objects.filter(mine).select_related(
        "petition__community__profile", "petition__place__parent", "petition__merged_into__community__profile"
    )
