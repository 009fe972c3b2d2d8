"""One matter with everything that belongs to it, for the people who handle it: two statements."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final, TypeVar

from django.db import connection
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from community.workflow import Profile
from core.errors import NotFoundError
from core.models import User
from core.prepared import PreparedModel
from grids.models import Hazard
from petitions.models import (
    Assistance,
    Deliberation,
    Evaluation,
    Exchange,
    Explanation,
    NeglectSignal,
    Origin,
    Petition,
    PetitionEvent,
    PetitionPhoto,
    PetitionReporter,
    PhotoKind,
    PreventionMeasure,
    Question,
    Resolution,
    ReturnVisit,
    ServiceBorn,
    SupervisionCheck,
    WallPost,
)
from petitions.models.assistance import EXCHANGES_WANTED, Point
from petitions.querysets import is_visible
from petitions.selectors import claims
from petitions.selectors.chain import Topic
from petitions.selectors.matter_parts import parts_sql
from petitions.selectors.mediation import MediationView, mediation_of, trusted_post
from petitions.workflow import Event, Facts

M = TypeVar("M", bound=Model)


@dataclass
class Matter:
    """A petition and what belongs to it, which is read when any of it is asked for.

    What stands beside it on a page is read with it if `is_whole`, otherwise when it is asked for.
    """

    petition: Petition
    is_whole: bool = True

    @property
    def profile(self) -> Profile:
        return self._profile

    @cached_property
    def _profile(self) -> Profile:
        return self.petition.profile

    @cached_property
    def events(self) -> list[PetitionEvent]:
        """The whole history, oldest first."""
        return self._part("events", PetitionEvent)

    @cached_property
    def reporters(self) -> list[PetitionReporter]:
        """Everybody behind the matter: its own people first, then those of merged ones, who joined it."""
        found = self._part("reporters", PetitionReporter)
        for reporter in found:
            reporter.is_first = reporter.is_first and reporter.petition_id == self.petition.pk
        return sorted(found, key=lambda one: (one.petition_id != self.petition.pk, one.pk))

    @property
    def running_stage(self) -> str:
        """Where the matter stands into which this one was merged."""
        return "" if self.runs_in is None else self.profile.label(self.runs_in.stage)

    @cached_property
    def runs_in(self) -> Petition | None:
        """The matter into which this one was merged: its number and stage."""
        if self.petition.merged_into_id is None:
            return None
        return _instance(Petition, self._beside["runs_in"])

    def claim_stands(self, at: datetime) -> bool:
        """The same as `claims.claim_stands`, from what has been read."""
        petition, day = self.petition, timezone.localdate(at).isoformat()
        return petition.claimed_at is not None and any(
            post["duty"] in claims.HANDLERS
            and post["starts_on"] <= day <= (post["ends_on"] or day)
            and petition.scope.is_under(post["path"])
            for post in self._beside["holder_posts"]
        )

    @cached_property
    def merged(self) -> list[Petition]:
        """The matters that run with this one, in their own words."""
        return [_instance(Petition, row) for row in self._beside["merged"]]

    @cached_property
    def photos(self) -> list[PetitionPhoto]:
        return self._part("photos", PetitionPhoto)

    @cached_property
    def questions(self) -> list[Question]:
        return self._part("questions", Question)

    @cached_property
    def evaluations(self) -> list[Evaluation]:
        """Every judgement asked for, with its reporter; None is somebody who sat at a session."""
        people = {reporter.pk: reporter for reporter in self.reporters}
        found = self._part("evaluations", Evaluation)
        for evaluation in found:
            evaluation.reporter = people.get(evaluation.reporter_id or 0)
        return found

    @cached_property
    def return_visits(self) -> list[ReturnVisit]:
        return self._part("return_visits", ReturnVisit)

    @cached_property
    def supervision_checks(self) -> list[SupervisionCheck]:
        """What supervisors found, and when they urged."""
        return self._part("supervision_checks", SupervisionCheck)

    @cached_property
    def neglect_signals(self) -> list[NeglectSignal]:
        """Why the next tier was told."""
        return self._part("neglect_signals", NeglectSignal)

    @cached_property
    def prevention(self) -> PreventionMeasure | None:
        """What keeps it from coming back, once that is recorded."""
        return next(iter(self._part("prevention", PreventionMeasure)), None)

    @cached_property
    def chain(self) -> list[Topic]:
        """The earlier and later topics that belong together with this one; empty where it stands alone."""
        found = [Topic(**row) for row in self._beside["chain"]]
        return found if len(found) > 1 else []

    @cached_property
    def hazard(self) -> Hazard | None:
        """The hazard that it came from, or that it turned out to be: its number and state."""
        row = self._beside["hazard"]
        return None if row is None else _instance(Hazard, row)

    @cached_property
    def service(self) -> ServiceBorn | None:
        """The service that grew from it."""
        row = self._beside["service"]
        return None if row is None else _instance(ServiceBorn, row)

    @property
    def supervisor(self) -> str:
        """Who looks after it, if somebody does."""
        return self.name_of(self.petition.supervisor_id)

    @cached_property
    def wall_posts(self) -> list[WallPost]:
        return self._part("wall_posts", WallPost)

    @cached_property
    def deliberations(self) -> list[Deliberation]:
        return self._part("deliberations", Deliberation)

    @cached_property
    def assistance(self) -> Assistance | None:
        """Which item of the guide it is about, if any, and how it is handled."""
        return next(iter(self._part("assistances", Assistance)), None)

    @cached_property
    def explanations(self) -> list[Explanation]:
        return self._part("explanations", Explanation)

    @cached_property
    def exchanges(self) -> list[Exchange]:
        return self._part("exchanges", Exchange)

    @cached_property
    def resolutions(self) -> list[Resolution]:
        """What sessions decided about it, drafts among them."""
        return self._part("resolutions", Resolution)

    @property
    def parties(self) -> Sequence[str]:
        """The names of the bodies that act together."""
        return self._parts["parties"]  # type: ignore[no-any-return]

    @property
    def intake(self) -> str:
        """The name of the channel that it came in by, if one is on record."""
        return self._beside["intake"] or ""

    @property
    def entered_by(self) -> str:
        """Who wrote it down for somebody else."""
        return self.name_of(self.petition.entered_by_id)

    def name_of(self, user_id: int | None) -> str:
        """The name of somebody who stands in the history."""
        return "" if user_id is None else str(self._beside["people"][str(user_id)])

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

    def _part(self, name: str, model: type[M]) -> list[M]:
        return [_instance(model, row) for row in self._parts[name]]

    @cached_property
    def _parts(self) -> Mapping[str, Any]:
        return self._read(parts_sql() if self.is_whole else parts_sql(beside=False))

    @cached_property
    def _beside(self) -> Mapping[str, Any]:
        return self._parts if self.is_whole else self._read(parts_sql(beside=True))

    def _read(self, sql: str) -> Mapping[str, Any]:
        with connection.cursor() as cursor:
            cursor.execute(sql, [self.petition.pk])
            return json.loads(cursor.fetchone()[0])  # type: ignore[no-any-return]


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


def _instance(model: type[M], row: Mapping[str, Any]) -> M:
    """A row of JSON as the model that it was."""
    fields = {name: model._meta.get_field(name) for name in row}
    return model(**{name: fields[name].to_python(value) for name, value in row.items()})  # type: ignore[union-attr]
