"""Every gate of every shipped brand, closed and open, through the actions that people take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from community.duties import Duty
from community.models import Organisation
from community.shipped import SHIPPED
from community.workflow import Gate, Route, Stage
from core.errors import ConflictError, DomainError, GateClosedError, IllegalMoveError
from core.models import User
from petitions.actions import assisting, deliberating, evaluating, handling, publishing, triage
from petitions.models import Petition
from petitions.models.assistance import Point
from tests.cast import NOW, Town, make_staff, make_town
from tests.community.test_guide import make_item
from tests.petitions.loop import Loop, file
from tests.petitions.test_assisting import ask
from tests.petitions.test_handling import minutes


@dataclass
class Brand(Loop):
    """One matter in a community of a brand, with the people who take it round."""

    town: Town
    desk: User
    worker: User
    supervisor: User
    petition: Petition
    at: object = field(default=NOW)

    def assign(self) -> Brand:
        handling.petition_assign(petition_id=self.pk, actor=self.desk, assignee=self.worker, at=self._next())
        return self

    def approve(self) -> Brand:
        triage.petition_approve(petition_id=self.pk, actor=self.desk, at=self._next())
        return self

    def start(self) -> Brand:
        handling.petition_start(petition_id=self.pk, actor=self.worker, at=self._next())
        return self

    def inspect(self) -> Brand:
        handling.petition_inspect(
            petition_id=self.pk, actor=self.worker, note="看过了", photos=[], at=self._next()
        )
        return self

    def deliberate(self, *, supervised: bool = True) -> Brand:
        who = self.supervisor if supervised else None
        deliberating.petition_deliberate(
            petition_id=self.pk, actor=self.desk, minutes=minutes(supervisor=who), at=self._next()
        )
        return self

    def parties(self, count: int) -> Brand:
        bodies = [
            Organisation.objects.get_or_create(
                community=self.town.community, kind="department", name=f"单位{n}"
            )[0]
            for n in range(count)
        ]
        deliberating.petition_set_parties(
            petition_id=self.pk, actor=self.desk, organisations=bodies, at=self._next()
        )
        return self

    def publish_without_photo(self) -> Brand:
        text = publishing.PublicText(title="灯", question="灯不亮", answer="换了灯")
        publishing.petition_publish(petition_id=self.pk, actor=self.desk, text=text, at=self._next())
        return self

    def visit(self) -> Brand:
        evaluating.petition_return_visit(
            petition_id=self.pk, actor=self.desk, way="phone", holds=True, words="问过了", at=self._next()
        )
        return self

    def archive(self) -> Brand:
        evaluating.petition_archive(petition_id=self.pk, actor=self.desk, at=self._next())
        return self

    def take(self) -> Brand:
        return self.claim().start()

    def explain(self) -> Brand:
        assisting.assistance_explain(
            petition_id=self.pk, actor=self.worker, points=Point.values, at=self._next()
        )
        return self

    def talk(self, times: int) -> Brand:
        for number in range(times):
            at = self._next()
            assisting.assistance_exchange(
                petition_id=self.pk, actor=self.worker, way="live", note=f"{number}{at}", at=at
            )
        return self

    def complete(self) -> Brand:
        assisting.assistance_complete(
            petition_id=self.pk, actor=self.worker, result="已批准", at=self._next()
        )
        return self

    def later(self):
        return self.at + timedelta(days=3)


@dataclass(frozen=True)
class Case:
    """What leads to the gate, what is refused there, what opens it, and where the matter then stands."""

    before: Callable[[Brand], object]
    refused: Callable[[Brand], object]
    opens: Callable[[Brand], object]
    reached: Stage
    error: type[DomainError] = GateClosedError


def nothing(_matter: Brand) -> None:
    """The way to the gate is free."""


DALI_TRIAGE = {"topic": "lift"}
ANSWERED = {
    "diecui": lambda m: m.triage().claim().resolve().feed_back().publish(),
    "fuxi": lambda m: m.triage().claim().resolve().feed_back().publish(),
    "xijiao": lambda m: m.deliberate().claim().resolve().feed_back(),
    "jiangshan": lambda m: m.assign().claim().start().resolve().feed_back(),
    "weilai": lambda m: m.deliberate().claim().resolve().feed_back(),
    "fuqian": lambda m: m.triage(due_at=m.later()).assign().claim().resolve().feed_back(),
}
CASES = {
    ("diecui", Gate.ROUTE_AT_TRIAGE): Case(
        nothing, lambda m: m.triage(route=""), lambda m: m.triage(), Stage.TRIAGED
    ),
    ("diecui", Gate.MINUTES_FOR_JOINT_MEETING): Case(
        lambda m: m.triage(route=Route.JOINT_MEETING),
        lambda m: m.claim(),
        lambda m: m.deliberate().claim(),
        Stage.IN_PROGRESS,
    ),
    ("diecui", Gate.PARTIES_FOR_JOINT_ACTION): Case(
        lambda m: m.triage(route=Route.JOINT_ACTION).parties(1),
        lambda m: m.claim(),
        lambda m: m.parties(2).claim(),
        Stage.IN_PROGRESS,
    ),
    ("diecui", Gate.TEXT_AND_PHOTO_TO_PUBLISH): Case(
        lambda m: m.triage().claim().resolve().feed_back(),
        lambda m: m.publish_without_photo(),
        lambda m: m.publish(),
        Stage.PUBLISHED,
    ),
    ("diecui", Gate.EVALUATION_BEFORE_ARCHIVE): Case(
        ANSWERED["diecui"], lambda m: m.archive(), lambda m: m.judge(), Stage.ARCHIVED, ConflictError
    ),
    ("fuxi", Gate.CRITERIA_AT_TRIAGE): Case(
        nothing, lambda m: m.triage(scale=None), lambda m: m.triage(), Stage.TRIAGED
    ),
    ("fuxi", Gate.SUPERVISOR_ON_DECISION): Case(
        lambda m: m.triage(),
        lambda m: m.deliberate(supervised=False).claim(),
        lambda m: m.deliberate().claim(),
        Stage.IN_PROGRESS,
    ),
    ("fuxi", Gate.EVALUATION_BEFORE_ARCHIVE): Case(
        ANSWERED["fuxi"], lambda m: m.archive(), lambda m: m.judge(), Stage.ARCHIVED, ConflictError
    ),
    ("xijiao", Gate.RETURN_VISIT_BEFORE_ARCHIVE): Case(
        lambda m: ANSWERED["xijiao"](m).judge(),
        lambda m: m.archive(),
        lambda m: m.visit(),
        Stage.ARCHIVED,
        IllegalMoveError,
    ),
    ("dali", Gate.APPROVAL_BEFORE_DISPATCH): Case(
        lambda m: m.triage(), lambda m: m.assign(), lambda m: m.approve().assign(), Stage.DISPATCHED
    ),
    ("dali", Gate.SITE_INSPECTION): Case(
        lambda m: m.triage(**DALI_TRIAGE).approve().assign().claim(),
        lambda m: m.start(),
        lambda m: m.inspect().start(),
        Stage.IN_PROGRESS,
    ),
    ("yongji", Gate.EXPLAINED_BEFORE_RESOLVE): Case(
        lambda m: m.take().talk(5).complete(),
        lambda m: m.resolve(),
        lambda m: m.explain().resolve(),
        Stage.RESOLVED,
    ),
    ("yongji", Gate.EXCHANGES_BEFORE_RESOLVE): Case(
        lambda m: m.take().explain().complete().talk(4),
        lambda m: m.resolve(),
        lambda m: m.talk(1).resolve(),
        Stage.RESOLVED,
    ),
    ("yongji", Gate.COMPLETED_BEFORE_RESOLVE): Case(
        lambda m: m.take().explain().talk(5),
        lambda m: m.resolve(),
        lambda m: m.complete().resolve(),
        Stage.RESOLVED,
    ),
    ("jiangshan", Gate.EVALUATION_BEFORE_ARCHIVE): Case(
        ANSWERED["jiangshan"], lambda m: m.archive(), lambda m: m.judge(), Stage.ARCHIVED, ConflictError
    ),
    ("weilai", Gate.RETURN_VISIT_BEFORE_ARCHIVE): Case(
        lambda m: ANSWERED["weilai"](m).judge(),
        lambda m: m.archive(),
        lambda m: m.visit(),
        Stage.ARCHIVED,
        IllegalMoveError,
    ),
    ("fuqian", Gate.DEADLINE_AND_RESPONSIBLE): Case(
        nothing, lambda m: m.triage(), lambda m: m.triage(due_at=m.later()), Stage.TRIAGED
    ),
    ("fuqian", Gate.RETURN_VISIT_BEFORE_ARCHIVE): Case(
        lambda m: ANSWERED["fuqian"](m).judge(),
        lambda m: m.archive(),
        lambda m: m.visit(),
        Stage.ARCHIVED,
        IllegalMoveError,
    ),
}
"""Where a gate stands at a stage of its own, the stage refuses first: that is an IllegalMoveError."""
IDS = [f"{slug}-{gate}" for slug, gate in CASES]


@pytest.fixture
def brand_of(subdistrict, supervisor):
    def make(slug: str) -> Brand:
        town = make_town(slug, f"{slug}社区", subdistrict)
        desk = make_staff(f"{slug}.desk", "何书记", Duty.SECRETARY, town.place)
        worker = make_staff(f"{slug}.worker", "吕网格", Duty.GRID_WORKER, town.grids[0].place)
        petition = ask(town, make_item(town.community)) if slug == "yongji" else file(town)
        return Brand(town, desk, worker, supervisor, petition)

    return make


def test_every_gate_of_every_shipped_brand_has_its_case():
    assert set(CASES) == {(slug, gate) for slug, brand in SHIPPED.items() for gate in brand.gates}


@pytest.mark.parametrize(("brand", "gate"), CASES, ids=IDS)
def test_closed_gate_lets_nobody_through(brand_of, brand, gate):
    case, matter = CASES[brand, gate], brand_of(brand)
    case.before(matter)
    stage = matter.refresh().stage

    with pytest.raises(case.error) as refused:
        case.refused(matter)

    if case.error is GateClosedError:
        assert refused.value.extra == {"gate": gate}
    assert matter.refresh().stage in {stage, Stage.DELIBERATING}
    assert matter.petition.stage != case.reached


@pytest.mark.parametrize(("brand", "gate"), CASES, ids=IDS)
def test_open_gate_lets_the_matter_through(brand_of, brand, gate):
    case, matter = CASES[brand, gate], brand_of(brand)
    case.before(matter)

    case.opens(matter)

    assert matter.refresh().stage == case.reached


def test_brand_without_gates_meets_none(brand_of):
    matter = brand_of("jiwang")

    matter.claim().resolve(photo=False).feed_back().judge()

    assert SHIPPED["jiwang"].gates == ()
    assert matter.refresh().stage == Stage.ARCHIVED
