"""The rows that belong to one matter: two statements, and none before something is asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

from grids.models import Hazard
from petitions.models import (
    Assistance,
    Deliberation,
    Evaluation,
    Exchange,
    Explanation,
    NeglectSignal,
    Petition,
    PetitionEvent,
    PetitionPhoto,
    PetitionReporter,
    PreventionMeasure,
    Question,
    Resolution,
    ReturnVisit,
    ServiceBorn,
    SupervisionCheck,
    WallPost,
)
from petitions.selectors.chain import Topic
from petitions.selectors.matter_parts import parts_sql

M = TypeVar("M", bound=Model)


@dataclass
class MatterRecords:
    """A petition and its rows.

    What stands beside it on a page is read with it if `is_whole`, otherwise when it is asked for.
    """

    petition: Petition
    is_whole: bool = True

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

    @cached_property
    def runs_in(self) -> Petition | None:
        """The matter into which this one was merged: its number and stage."""
        if self.petition.merged_into_id is None:
            return None
        return _instance(Petition, self._beside["runs_in"])

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

    def name_of(self, user_id: int | None) -> str:
        """The name of somebody who stands in the history."""
        return "" if user_id is None else str(self._beside["people"][str(user_id)])

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


def _instance(model: type[M], row: Mapping[str, Any]) -> M:
    """A row of JSON as the model that it was."""
    fields = {name: model._meta.get_field(name) for name in row}
    return model(**{name: fields[name].to_python(value) for name, value in row.items()})  # type: ignore[union-attr]
