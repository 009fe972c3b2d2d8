"""Projects for tests, made by the same actions as everything else."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from core.models import StoredImage, User
from petitions.actions.projects import drawings, ending, money, phases, planning
from petitions.models import Drawing, DrawingComment, Project, ProjectPart, ProjectPhase
from tests.cast import NOW, Town
from tests.petitions.loop import photo_image

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def draft(**fields: object) -> planning.Draft:
    given = {"title": "四部电梯更换", "summary": "电梯用了十七年，经常停。", "topic": "lift", **fields}
    return planning.Draft(**given)


def create(town: Town, actor: User, *, at: datetime = NOW, **fields: object) -> Project:
    return planning.project_create(community=town.community, actor=actor, draft=draft(**fields), at=at)


def phase(
    project: Project, actor: User, *, at: datetime = NOW, days: int = 30, **fields: object
) -> ProjectPhase:
    """A phase from today on, for which `actor` answers unless `fields` say otherwise."""
    today = at.date()
    given = {
        "name": "施工",
        "begins_on": today,
        "due_on": today + timedelta(days=days),
        "responsible": actor,
        **fields,
    }
    return phases.phase_add(project_id=project.pk, actor=actor, plan=phases.Plan(**given), at=at)


def part(project: Project, actor: User, *, at: datetime = NOW, **fields: object) -> ProjectPart:
    given = {"name": "电梯", "unit": "部", "total": 4, **fields}
    return planning.part_add(project_id=project.pk, actor=actor, part=planning.Part(**given), at=at)


def count(
    one: ProjectPart, actor: User, done: int, *, at: datetime = NOW, seen: int | None = None
) -> ProjectPart:
    """So many of a part are done, for somebody who saw it as it stands."""
    told = planning.Count(done, one.total, one.themes)
    saw = ProjectPart.objects.get(pk=one.pk).done if seen is None else seen
    return planning.part_count(part_id=one.pk, actor=actor, seen=saw, count=told, at=at)


def published(town: Town, actor: User, *, at: datetime = NOW, **fields: object) -> Project:
    """A project with one phase that everybody may read."""
    project = create(town, actor, at=at, **fields)
    phase(project, actor, at=at)
    return planning.project_publish(project_id=project.pk, actor=actor, at=at)


def budget(project: Project, actor: User, *, at: datetime = NOW) -> Project:
    lines = [money.Money("维修资金", 32_000_000), money.Money("居民自筹", 4_800_000)]
    return money.budget_publish(project_id=project.pk, actor=actor, lines=lines, at=at)


def price(project: Project, actor: User, *, at: datetime = NOW, session=None, **fields: object):
    given = {
        "name": "电动车充电",
        "unit": "度",
        "base": Decimal("0.5"),
        "service": Decimal("0.2"),
        **fields,
    }
    return money.price_publish(
        project_id=project.pk, actor=actor, price=money.Price(**given), session=session, at=at
    )


def running(town: Town, actor: User, *, at: datetime = NOW, **fields: object) -> Project:
    project = published(town, actor, at=at, **fields)
    budget(project, actor, at=at)
    return ending.project_start(project_id=project.pk, actor=actor, at=at)


def finish(project: Project, actor: User, *, at: datetime = NOW + DAY, **fields: object) -> Project:
    """Every phase and part done, and both photos."""
    for one in project.phases.filter(done_at=None):
        phases.phase_finish(phase_id=one.pk, actor=actor, at=at)
    for one in project.parts.all():
        count(one, actor, one.total, at=at)
    given = {"result": "四部电梯全部换好。", "before": photo_image(), "after": photo_image(), **fields}
    return ending.project_finish(project_id=project.pk, actor=actor, at=at, **given)


def fresh(project: Project) -> Project:
    return Project.objects.select_related("community__place").get(pk=project.pk)


def put_up(project: Project, actor: User, *, at: datetime = NOW, **fields: object) -> Drawing:
    """A drawing for comment during two weeks, each another picture."""
    drawn = photo_image()
    StoredImage.objects.filter(pk=drawn.pk).update(sha256=drawn.pk.hex * 2)
    drawn.refresh_from_db()
    given = {
        "title": "排水管线图",
        "note": "",
        "photo": drawn,
        "until": (at + 14 * DAY).date(),
        **fields,
    }
    return drawings.drawing_put(project_id=project.pk, actor=actor, at=at, **given)


def comment(one: Drawing, *, at: datetime = NOW, key: UUID | None = None, **fields: object) -> DrawingComment:
    given = {"text": "三单元门口林阿姨说要加一个雨水口", "name": "林阿姨", "phone": "13912345678", **fields}
    return drawings.comment_write(
        drawing_id=one.pk, comment=drawings.Comment(**given), key=key or uuid4(), at=at
    )


def answer(one: DrawingComment, actor: User, *, at: datetime = NOW, **fields: object) -> DrawingComment:
    given = {"is_shown": True, "public_text": "建议加一个雨水口", "answer": "已加到第二版。", **fields}
    return drawings.comment_decide(comment_id=one.pk, actor=actor, at=at, **given)
