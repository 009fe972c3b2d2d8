"""帮办申请 of the demo: a certificate under way, one granted that a wheelchair follows on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from community.duties import Duty
from community.models import Community, Post, Resident
from core.models import User
from core.workdays import ZONE
from grids.actions.applications import (
    application_follow_on,
    application_open,
    application_step_done,
    application_step_tell,
    applications_sweep,
)
from grids.models import AssistedApplication, Grid, StepTold
from grids.paths import ApplicationKind
from grids.selectors.doors import doors_of

DAY: Final = timedelta(days=1)
WALKS: Final = (
    (60, ApplicationKind.DISABILITY, "肢体二级，左腿不便，自己出不了门。", 5),
    (20, ApplicationKind.SUBSISTENCE, "两位老人，药费每月 1800 元。", 2),
    (3, ApplicationKind.OLD_AGE, "今年满 80 岁。", 0),
)


def applications_play(community: Community, *, at: datetime) -> None:
    """Three residents of the first grid that has a worker."""
    for grid in Grid.objects.active().filter(community=community).order_by("pk"):
        post = Post.objects.filter(place=grid.pk, duty=Duty.GRID_WORKER, ends_on=None).select_related("user")
        people = list(Resident.objects.present().filter(household__in=doors_of([grid.pk])).order_by("pk")[:3])
        worker = post.first()
        if worker is not None and len(people) == len(WALKS):
            for person, walk in zip(people, WALKS, strict=True):
                _play(person, worker.user, walk, at)
            break
    applications_sweep(at=at)


def _play(person: Resident, worker: User, story: tuple[int, ApplicationKind, str, int], at: datetime) -> None:
    ago, kind, facts, steps = story
    then = (at - ago * DAY).astimezone(ZONE).replace(hour=10, minute=30)
    application = application_open(
        resident_id=person.pk,
        kind=kind,
        facts=facts,
        key=uuid5(NAMESPACE_URL, f"application-{person.pk}"),
        actor=worker,
        at=then,
    )
    for number in range(steps):
        _walk(application, worker, then + (number + 1) * 4 * DAY)
    if steps == application.steps.count():
        application_follow_on(application_id=application.pk, actor=worker, at=then + 30 * DAY)


def _walk(application: AssistedApplication, worker: User, at: datetime) -> None:
    step = application_step_done(application_id=application.pk, note="", actor=worker, at=at)
    if step.told_at is None:
        application_step_tell(
            application_id=application.pk, how=StepTold.IN_PERSON, actor=worker, at=at + timedelta(hours=2)
        )
