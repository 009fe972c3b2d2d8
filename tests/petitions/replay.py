"""Whole histories of communities as records, made in bulk: what the sources count must come out again.

Source: figures.md F1 and F2.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from community.meetings import SessionKind
from community.workflow import Category, Severity, Stage, Topic
from core.models import User
from petitions.models import (
    AgendaItem,
    AgendaSource,
    AgendaState,
    DeliberationSession,
    Evaluation,
    MediationCase,
    MediationOutcome,
    MediationTeam,
    Participant,
    Petition,
    PetitionReporter,
    SessionState,
)
from petitions.workflow import Mediation
from tests.cast import Town

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
HOUR = timedelta(hours=1)
SIGNED_IN = 6
"""People at the table of each session, in the replays."""


class Replay:
    """Records of one community, made in bulk and in one order."""

    def __init__(self, town: Town, by: User) -> None:
        self.town, self.by = town, by
        self.serial = 0

    def sessions(
        self, kind: SessionKind, days: Sequence[datetime], *, numbered: bool = False
    ) -> list[DeliberationSession]:
        """One session on each day, written down, with people at the table."""
        made = DeliberationSession.objects.bulk_create(
            DeliberationSession(
                community=self.town.community,
                kind=kind,
                name=str(kind.label),
                session_no=number if numbered else None,
                venue="党群服务中心",
                starts_at=at,
                ends_at=at + 2 * HOUR,
                code=uuid4().hex,
                state=SessionState.HELD,
                announced_at=at - 3 * DAY,
                minutes="议了几件事。",
                minutes_at=at + DAY,
                minutes_by=self.by,
                headcount=SIGNED_IN,
                created_at=at - WEEK,
            )
            for number, at in enumerate(days, 1)
        )
        Participant.objects.bulk_create(
            Participant(
                session=session,
                name=f"居民{seat}",
                signed_in_at=session.starts_at,
                way="clerk",
                recorded_by=self.by,
            )
            for session in made
            for seat in range(SIGNED_IN)
        )
        return made

    def matters(self, number: int, days: Sequence[datetime], **fields: object) -> list[Petition]:
        """Matters that were answered and archived, each with the person who asked, spread over the days."""
        made = [self._matter(days[index * len(days) // number], **fields) for index in range(number)]
        Petition.objects.bulk_create(made)
        self._people(made)
        return made

    def merged(self, into: Sequence[Petition]) -> list[Petition]:
        """One more report for each of these matters, merged into it."""
        made = [
            self._matter(
                target.filed_at + HOUR,
                stage=Stage.MERGED,
                merged_into=target,
                fed_back_at=None,
                topic=target.topic,
            )
            for target in into
        ]
        Petition.objects.bulk_create(made)
        self._people(made)
        for target in into:
            target.reporters_count += 1
        Petition.objects.bulk_update(into, ["reporters_count"])
        return made

    def discuss(self, matters: Sequence[Petition], sessions: Sequence[DeliberationSession]) -> None:
        """Each matter is on the agenda of a session of its own."""
        AgendaItem.objects.bulk_create(
            AgendaItem(
                session=session,
                petition=matter,
                source=AgendaSource.MATTER,
                state=AgendaState.CHOSEN,
                title="在办的事",
                proposed_at=session.starts_at,
            )
            for matter, session in zip(matters, sessions, strict=False)
        )

    def mediate(self, matters: Sequence[Petition]) -> None:
        """Each ended with an agreement."""
        team = MediationTeam.objects.create(community=self.town.community, name="小微矛盾调解队")
        MediationCase.objects.bulk_create(
            MediationCase(
                petition=matter,
                team=team,
                started_at=matter.filed_at + DAY,
                started_by=self.by,
                outcome=MediationOutcome.AGREED,
                terms="各退一步。",
                ended_at=matter.filed_at + 2 * DAY,
                ended_by=self.by,
            )
            for matter in matters
        )

    def judge(self, matters: Sequence[Petition], number: int, *, dissatisfied: int) -> None:
        """So many judgements, by those who asked and then by those who sat at the table."""
        asked = iter(self._judges(matters))
        made = [next(asked) for _ in range(number)]
        for evaluation in made[:dissatisfied]:
            evaluation.is_satisfied = False
        for evaluation in made:
            if evaluation.is_satisfied:
                evaluation.petition.satisfied_count += 1
            else:
                evaluation.petition.dissatisfied_count += 1
        Evaluation.objects.bulk_create(made)
        Petition.objects.bulk_update(matters, ["satisfied_count", "dissatisfied_count"])

    def _judges(self, matters: Sequence[Petition]) -> Iterator[Evaluation]:
        known = {matter.pk: matter for matter in matters}
        for reporter in PetitionReporter.objects.select_related("petition").order_by("pk"):
            target = known.get(reporter.petition.merged_into_id or reporter.petition_id)
            if target is not None:
                yield self._evaluation(target, reporter=reporter)
        for participant in Participant.objects.order_by("pk"):
            yield self._evaluation(matters[participant.pk % len(matters)], participant=participant)

    def _evaluation(self, petition: Petition, **by: object) -> Evaluation:
        at = petition.fed_back_at
        assert at is not None
        return Evaluation(
            petition=petition,
            round=1,
            invited_at=at,
            closes_at=at + 14 * DAY,
            is_satisfied=True,
            answered_at=at + DAY,
            **by,
        )

    def _matter(self, at: datetime, **fields: object) -> Petition:
        self.serial += 1
        place = self.town.buildings[self.serial % len(self.town.buildings)]
        given: dict[str, object] = {
            "stage": Stage.ARCHIVED,
            "topic": Topic.OTHER,
            "severity": Severity.BLUE,
            "reporters_count": 1,
            "fed_back_at": at + 3 * DAY,
            **fields,
        }
        is_mediated = given.get("mediation") == Mediation.DONE
        return Petition(
            number=f"{at:%Y%m%d}-{self.town.community.pk}-{self.serial}",
            filing_key=uuid4(),
            community=self.town.community,
            place=place,
            place_path=place.path,
            channel="session",
            text="演示里的一件事。",
            is_private=is_mediated,
            private_reporters=1 if is_mediated else 0,
            filed_at=at,
            triaged_at=at + HOUR,
            claimed_at=at + 2 * HOUR,
            resolved_at=at + 2 * DAY,
            promise_at=at + 9 * DAY,
            closed_at=at + 20 * DAY,
            changed_at=at + 20 * DAY,
            **given,
        )

    def _people(self, matters: Sequence[Petition]) -> None:
        PetitionReporter.objects.bulk_create(
            PetitionReporter(
                petition=matter, joining_key=uuid4(), is_first=True, name="居民", joined_at=matter.filed_at
            )
            for matter in matters
        )


def night_talks(town: Town, by: User, *, until: datetime) -> None:
    """F1: 269 numbered talks, one a week, and 196 matters that came of some: 70, 79 and 47."""
    replay = Replay(town, by)
    evenings = [until - WEEK * number for number in range(269, 0, -1)]
    talks = replay.sessions(SessionKind.NIGHT_TALK, evenings, numbered=True)
    shares = ((Category.FAMILY_NEIGHBOUR, 70), (Category.ESTATE_INTERNAL, 79), (Category.EXTERNAL, 47))
    solved = [
        matter
        for category, number in shares
        for matter in replay.matters(number, evenings[:-4], canonical_category=category)
    ]
    replay.discuss(sorted(solved, key=lambda matter: matter.filed_at), talks)


def small_talks(town: Town, by: User, *, until: datetime) -> None:
    """F2: 36 open days; 58 opinions in 52 matters, 19 disputes and 21 hazards among them; 199 of 200."""
    replay = Replay(town, by)
    days = [until - 30 * DAY * number for number in range(36, 0, -1)]
    talks = replay.sessions(SessionKind.OPEN_DAY, days)
    disputes = replay.matters(
        19, days[:-2], canonical_category=Category.FAMILY_NEIGHBOUR, mediation=Mediation.DONE
    )
    replay.mediate(disputes)
    hazards = [
        matter
        for topic in (Topic.E_BIKE_CHARGING, Topic.CLUTTER, Topic.FALLING_TILES)
        for matter in replay.matters(7, days[:-2], topic=topic, canonical_category=Category.ESTATE_INTERNAL)
    ]
    others = replay.matters(12, days[:-2], canonical_category=Category.EXTERNAL)
    replay.merged(hazards[:6])
    matters = [*disputes, *hazards, *others]
    replay.discuss(matters[:36], talks)
    replay.judge(matters, 200, dissatisfied=1)
