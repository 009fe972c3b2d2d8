"""A petition on its way round the loop, for tests: made by the same actions as everything else."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from community.workflow import Route
from core.models import StoredImage, User
from petitions.actions import evaluating, filing, handling, publishing, settling, triage
from petitions.models import Petition, PetitionPhoto, PhotoKind
from tests.cast import NOW, Town

HOUR = timedelta(hours=1)


def report(town: Town, **fields: object) -> filing.Report:
    given = {
        "text": "三单元楼道灯坏了两周，晚上老人上下楼看不清。",
        "place": town.buildings[0],
        "topic": "lamp",
    }
    return filing.Report(**{**given, **fields})


def person(**fields: object) -> filing.Person:
    return filing.Person(**{"name": "林阿姨", "phone": "13912345678", "has_consented": True, **fields})


def file(
    town: Town, *, at: datetime = NOW, actor: User | None = None, who=None, key=None, **fields
) -> Petition:
    filed = filing.petition_file(
        community=town.community,
        report=report(town, **fields),
        person=who or person(),
        key=key or uuid4(),
        actor=actor,
        at=at,
    )
    return filed.petition


def decision(**fields: object) -> triage.Decision:
    given = {"route": Route.SELF_HELP, "scale": 1, "difficulty": 1, "social_impact": 1, "topic": "lamp"}
    return triage.Decision(**{**given, **fields})


def photo_image() -> StoredImage:
    return StoredImage.objects.create(
        file="images/x.jpg",
        thumbnail="thumbs/x.jpg",
        width=10,
        height=10,
        size_bytes=10,
        sha256="0" * 64,
        created_at=timezone.now(),
    )


class Loop:
    """Takes one petition from stage to stage by the people who may."""

    def __init__(self, petition: Petition, *, desk: User, worker: User, at: datetime = NOW) -> None:
        self.petition, self.desk, self.worker, self.at = petition, desk, worker, at

    def _next(self) -> datetime:
        self.at += HOUR / 6
        return self.at

    @property
    def pk(self) -> int:
        return self.petition.pk

    def refresh(self) -> Petition:
        self.petition = Petition.objects.select_related("community__profile").get(pk=self.pk)
        return self.petition

    def triage(self, **fields: object) -> Loop:
        triage.petition_triage(
            petition_id=self.pk, actor=self.desk, decision=decision(**fields), at=self._next()
        )
        return self

    def claim(self) -> Loop:
        handling.petition_claim(petition_id=self.pk, actor=self.worker, at=self._next())
        return self

    def resolve(self, *, photo: bool = True) -> Loop:
        settling.petition_resolve(
            petition_id=self.pk,
            actor=self.worker,
            outcome="已更换灯泡和声控开关。",
            photos=[photo_image()] if photo else [],
            at=self._next(),
        )
        return self

    def feed_back(self) -> Loop:
        settling.petition_feed_back(
            petition_id=self.pk, actor=self.desk, answer="楼道灯已修好，请放心。", at=self._next()
        )
        return self

    def publish(self) -> Loop:
        after = PetitionPhoto.objects.filter(petition_id=self.pk, kind=PhotoKind.AFTER).first()
        publishing.petition_publish(
            petition_id=self.pk,
            actor=self.desk,
            at=self._next(),
            text=publishing.PublicText(
                title="楼道灯修好了", question="楼道灯不亮", answer="已换新灯。", after=after
            ),
        )
        return self

    def judge(self, *, satisfied: bool = True, comment: str = "") -> Loop:
        petition = self.refresh()
        for evaluation in petition.evaluations.filter(round=petition.round, answered_at=None, closed_at=None)[
            :1
        ]:
            evaluating.petition_judge(
                evaluation_id=evaluation.pk, is_satisfied=satisfied, comment=comment, at=self._next()
            )
        return self


@pytest.fixture
def petition(diecui: Town) -> Petition:
    """A matter that has just been filed in 叠翠."""
    return file(diecui)


@pytest.fixture
def loop(petition: Petition, secretary: User, grid_worker: User) -> Loop:
    """The same matter with the people who take it round."""
    return Loop(petition, desk=secretary, worker=grid_worker)
