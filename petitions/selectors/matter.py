"""One matter with everything that belongs to it, for the people who handle it: two statements."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from community.workflow import Profile
from core.errors import NotFoundError
from core.models import User
from core.prepared import PreparedModel
from petitions.models import (
    Evaluation,
    Origin,
    Petition,
    PetitionReporter,
    PhotoKind,
    Question,
    WallPost,
)
from petitions.models.assistance import EXCHANGES_WANTED, Point
from petitions.querysets import is_visible
from petitions.selectors import claims
from petitions.selectors.matter_records import MatterRecords
from petitions.selectors.mediation import MediationView, mediation_of, trusted_post
from petitions.workflow import Event, Facts


class Matter(MatterRecords):
    """A petition with what belongs to it, and what follows from that for those who handle it."""

    @property
    def profile(self) -> Profile:
        return self._profile

    @cached_property
    def _profile(self) -> Profile:
        return self.petition.profile

    @property
    def running_stage(self) -> str:
        """Where the matter stands into which this one was merged."""
        return "" if self.runs_in is None else self.profile.label(self.runs_in.stage)

    def claim_stands(self, at: datetime) -> bool:
        """The same as `claims.claim_stands`, from what has been read."""
        petition, day = self.petition, timezone.localdate(at).isoformat()
        return petition.claimed_at is not None and any(
            post["duty"] in claims.HANDLERS
            and post["starts_on"] <= day <= (post["ends_on"] or day)
            and petition.scope.is_under(post["path"])
            for post in self._beside["holder_posts"]
        )

    @property
    def supervisor(self) -> str:
        """Who looks after it, if somebody does."""
        return self.name_of(self.petition.supervisor_id)

    @property
    def entered_by(self) -> str:
        """Who wrote it down for somebody else."""
        return self.name_of(self.petition.entered_by_id)

    @property
    def open_question(self) -> Question | None:
        return next((q for q in self.questions if q.answered_at is None and q.lapsed_at is None), None)

    @property
    def shown_post(self) -> WallPost | None:
        """What stands on the echo wall now."""
        return next((post for post in self.wall_posts if post.taken_down_at is None), None)

    @property
    def first_reporter(self) -> PetitionReporter:
        """Who asked first.

        Raises:
            NotFoundError: nobody did: it came from an old register.
        """
        found = next((reporter for reporter in self.reporters if reporter.is_first), None)
        if found is None:
            raise NotFoundError(_("没有找到这件诉求。"))
        return found

    @property
    def round_evaluations(self) -> list[Evaluation]:
        return [one for one in self.evaluations if one.round == self.petition.round]

    @property
    def nobody_asked(self) -> bool:
        """Whether the answer came in this round, and there was nobody to ask about it."""
        said = (event for event in self.events if event.event == Event.NOBODY_ASKED)
        return any(event.round == self.petition.round for event in said)

    def unasked(self, at: datetime) -> list[Evaluation]:
        """Judgements of people whom only staff can ask, while the window is open."""
        return [
            one
            for one in self.round_evaluations
            if not one.is_settled
            and one.closes_at > at
            and one.reporter is not None
            and not one.reporter.is_reachable
        ]

    @cached_property
    def mediation(self) -> MediationView | None:
        """The mediation, where there is one; read when it is asked for."""
        return mediation_of(self.petition)

    def in_confidence(self, user: User, at: datetime) -> bool:
        """Whether this person may read the notes of the mediation."""
        view = self.mediation
        return view is not None and trusted_post(self.petition, user, view.members, at=at) is not None

    @cached_property
    def facts(self) -> Facts:
        """What the gates need to know; the same as `facts_of`, from what has been read."""
        petition, asked = self.petition, self.round_evaluations
        return Facts(
            route=petition.route,
            topic=petition.topic,
            mediation=petition.mediation,
            is_unverified=petition.is_unverified,
            lacks_prevention=petition.lacks_prevention,
            criteria_complete=None not in {petition.scale, petition.difficulty, petition.social_impact},
            approved=petition.is_approved,
            has_responsible=petition.assignee_id is not None,
            has_deadline=petition.due_at is not None,
            inspected=any(event.event == Event.INSPECTED for event in self.events),
            has_minutes=bool(self.deliberations),
            has_unsupervised_decision=any(one.supervisor_id is None for one in self.deliberations),
            parties=len(self.parties),
            has_after_photo=any(photo.kind == PhotoKind.AFTER for photo in self.photos),
            return_visited=any(visit.round == petition.round for visit in self.return_visits),
            evaluation_settled=(bool(asked) or petition.origin == Origin.PROACTIVE)
            and all(one.is_settled for one in asked),
            **self._facts_of_help(),
        )

    def _facts_of_help(self) -> dict[str, bool]:
        """What an application still lacks; nothing where there is none."""
        row = self.assistance
        if row is None or not row.is_application:
            return {}
        return {
            "is_unexplained": len(self.explanations) < len(Point),
            "has_few_exchanges": not row.few_reason and len(self.exchanges) < EXCHANGES_WANTED,
            "is_incomplete": row.completed_at is None,
        }


LEAN: Final = {
    "pk": PreparedModel(
        lambda pk: Petition.objects.select_related("community__profile").filter(pk=pk), pk=-1
    ),
    "number": PreparedModel(
        lambda number: Petition.objects.select_related("community__profile").filter(number=number), number="?"
    ),
}
WHOLE: Final = {
    "pk": PreparedModel(lambda pk: Petition.objects.with_context().filter(pk=pk), pk=-1),
    "number": PreparedModel(lambda number: Petition.objects.with_context().filter(number=number), number="?"),
}
"""One matter by its key or its number, and with the names around it."""


def matter_of(user: User, *, at: datetime, whole: bool = True, **which: Any) -> Matter:
    """The matter with this `number` or `pk`; not `whole` where the names around it are not shown.

    Raises:
        NotFoundError: there is none, or no current post of `user` covers it.
    """
    [(name, value)] = which.items()
    found = (WHOLE if whole else LEAN)[name].first(**{name: value})
    if found is None or not is_visible(found, user, at=at):
        raise NotFoundError(_("没有找到这件诉求。"))
    return Matter(found, is_whole=whole)
