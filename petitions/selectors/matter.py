"""One matter with everything that belongs to it, for the people who handle it: two statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from typing import Any, Final, TypeVar

from django.db.models import JSONField, Model, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from community.workflow import Profile
from core.errors import NotFoundError
from core.models import User
from petitions.models import (
    Assistance,
    Deliberation,
    Evaluation,
    Exchange,
    Explanation,
    Origin,
    Petition,
    PetitionEvent,
    PetitionPhoto,
    PetitionReporter,
    PhotoKind,
    Question,
    ReturnVisit,
    WallPost,
)
from petitions.models.assistance import EXCHANGES_WANTED, Point
from petitions.workflow import Event, Facts

M = TypeVar("M", bound=Model)

PARTS: Final[Mapping[str, tuple[type[Model], tuple[str, ...]]]] = {
    "reporters": (
        PetitionReporter,
        (
            "id",
            "petition_id",
            "is_first",
            "user_id",
            "name",
            "phone",
            "on_behalf_of",
            "words",
            "joined_at",
            "code_version",
        ),
    ),
    "photos": (PetitionPhoto, ("id", "kind", "is_public", "image_id", "added_at")),
    "questions": (Question, ("id", "text", "asked_at", "answer", "answered_at", "lapsed_at")),
    "evaluations": (
        Evaluation,
        (
            *("id", "reporter_id", "round", "closes_at", "is_satisfied", "comment"),
            *("answered_at", "closed_at", "recorded_by_id"),
        ),
    ),
    "return_visits": (ReturnVisit, ("id", "round", "visited_at", "way", "holds", "words")),
    "wall_posts": (
        WallPost,
        ("id", "title", "question", "answer", "published_at", "taken_down_at", "taken_down_reason"),
    ),
    "deliberations": (
        Deliberation,
        ("id", "held_on", "venue", "participants", "headcount", "decision", "supervisor_id"),
    ),
    "assistances": (
        Assistance,
        (
            *("id", "item_id", "is_application", "mode", "authorised_by", "authorisation", "slot"),
            *("authorisation_photo_id", "address", "few_reason", "completed_at", "result"),
        ),
    ),
    "explanations": (Explanation, ("id", "point", "explained_by_id", "explained_at")),
    "exchanges": (Exchange, ("id", "way", "note", "noted_by_id", "noted_at")),
}
"""What is read along with the matter, in the same statement, as JSON."""
PARTIES: Final = """
    SELECT coalesce(jsonb_agg(body.name ORDER BY part.id), '[]')
    FROM petitions_petitionparty part JOIN community_organisation body ON body.id = part.organisation_id
    WHERE part.petition_id = petitions_petition.id
"""
BEHIND: Final = """
    SELECT own.id FROM petitions_petition own
    WHERE own.id = petitions_petition.id OR own.merged_into_id = petitions_petition.id
"""
"""A matter and those merged into it: whose reporters are told, answered and asked."""
MERGED: Final = """
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'id', one.id, 'number', one.number, 'text', one.text, 'is_private', one.is_private,
        'filed_at', one.filed_at, 'place_path', one.place_path, 'grid_path', one.grid_path
    ) ORDER BY one.id), '[]')
    FROM petitions_petition one WHERE one.merged_into_id = petitions_petition.id
"""


@dataclass
class Matter:
    """A petition and what belongs to it. The history is read when it is asked for."""

    petition: Petition

    @property
    def profile(self) -> Profile:
        return self._profile

    @cached_property
    def _profile(self) -> Profile:
        return self.petition.profile

    @cached_property
    def events(self) -> list[PetitionEvent]:
        """The whole history, oldest first; one statement."""
        return list(PetitionEvent.objects.filter(petition=self.petition).select_related("actor"))

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
        runs_in = self.petition.merged_into
        return "" if runs_in is None else self.profile.label(runs_in.stage)

    @cached_property
    def merged(self) -> list[Petition]:
        """The matters that run with this one, in their own words."""
        return [_instance(Petition, row) for row in self._parts["merged"]]

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

    @property
    def parties(self) -> Sequence[str]:
        """The names of the bodies that act together."""
        return self._parts["parties"]  # type: ignore[no-any-return]

    @property
    def open_question(self) -> Question | None:
        return next((q for q in self.questions if q.answered_at is None and q.lapsed_at is None), None)

    @property
    def shown_post(self) -> WallPost | None:
        """What stands on the echo wall now."""
        return next((post for post in self.wall_posts if post.taken_down_at is None), None)

    @property
    def first_reporter(self) -> PetitionReporter:
        return next(reporter for reporter in self.reporters if reporter.is_first)

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
    def facts(self) -> Facts:
        """What the gates need to know; the same as `facts_of`, from what has been read."""
        petition, asked = self.petition, self.round_evaluations
        return Facts(
            route=petition.route,
            topic=petition.topic,
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
        """Read with the petition, or in a statement of their own once somebody asks."""
        parts: Mapping[str, Any] | None = getattr(self.petition, "parts", None)
        return parts or Petition.objects.filter(pk=self.petition.pk).values_list(_parts(), flat=True)[0]


def matters_visible_to(user: User, *, at: datetime) -> QuerySet[Petition]:
    """Petitions that this person may read, each with everything but its history."""
    return (
        Petition.objects.visible_to(user, at=at)
        .with_context()
        .select_related("resolved_by", "entered_by", "intake", "merged_into")
        .annotate(parts=_parts())
    )


def matter_of(user: User, *, number: str, at: datetime, whole: bool = True) -> Matter:
    """The matter with this number; not `whole` where little of it is needed, the rest is read when asked for.

    Raises:
        NotFoundError: there is none, or no current post of `user` covers it.
    """
    lean = Petition.objects.visible_to(user, at=at).select_related("community__profile")
    found = list((matters_visible_to(user, at=at) if whole else lean).filter(number=number))
    if not found:
        raise NotFoundError(_("没有找到这件诉求。"))
    return Matter(found[0])


def _parts() -> RawSQL:
    return RawSQL(_parts_sql(), (), output_field=JSONField())  # noqa: S611  names of our own


@cache
def _parts_sql() -> str:
    """All parts of a matter as one JSON object, in SQL that is written once.

    As subqueries of the ORM they would be compiled anew for every page, which took half of its time.
    """
    rows = [f"'{name}', ({_rows_sql(model, fields)})" for name, (model, fields) in PARTS.items()]
    return f"jsonb_build_object('parties', ({PARTIES}), 'merged', ({MERGED}), {', '.join(rows)})"


def _rows_sql(model: type[Model], fields: Sequence[str]) -> str:
    pairs = ", ".join(f"'{name}', part.{model._meta.get_field(name).column}" for name in fields)  # type: ignore[union-attr]
    whose = f"IN ({BEHIND})" if model is PetitionReporter else "= petitions_petition.id"
    return (
        f"SELECT coalesce(jsonb_agg(jsonb_build_object({pairs}) ORDER BY part.id), '[]') "  # noqa: S608
        f"FROM {model._meta.db_table} part WHERE part.petition_id {whose}"
    )


def _instance(model: type[M], row: Mapping[str, Any]) -> M:
    """A row of JSON as the model that it was."""
    fields = {name: model._meta.get_field(name) for name in row}
    return model(**{name: fields[name].to_python(value) for name, value in row.items()})  # type: ignore[union-attr]
