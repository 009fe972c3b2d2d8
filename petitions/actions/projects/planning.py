"""A project is set up, told in other words, published, and given parts to count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import File
from django.db import transaction

from community.duties import Power
from community.models import Community, Organisation, Place
from community.permissions import Scope, require_power
from community.workflow import Topic
from core.errors import ConflictError, InvalidInputError, NotFoundError, RepeatedError
from core.language import gettext as _
from core.models import StoredImage, User
from petitions import timetable
from petitions.actions.base import text_of
from petitions.actions.photos import photo_keep
from petitions.actions.projects.base import (
    STATE,
    Site,
    open_site,
    require_partners,
    require_places,
)
from petitions.models import Mechanism, Project, ProjectPart, ProjectState
from petitions.models.project import NAME_MAX, PART_MAX, SUMMARY_MAX, TITLE_MAX

WORDS = ("title", "summary", "topic", "mechanisms", "needs_budget", "needs_price")


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be done, where, with whom, and what must be published before it begins."""

    title: str
    summary: str
    topic: str = Topic.OTHER
    mechanisms: Sequence[str] = ()
    places: Sequence[Place] = ()
    partners: Sequence[Organisation] = ()
    needs_budget: bool = True
    needs_price: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """Something to count. `themes`: one for each, where each has its own (P-23)."""

    name: str
    unit: str
    total: int
    themes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Count:
    """How far one part is."""

    done: int
    total: int
    themes: Sequence[str] = ()


@transaction.atomic
def project_create(*, community: Community, actor: User, draft: Draft, at: datetime) -> Project:
    """Set up a project; nobody but the desk sees it before it is published (P-09, P-34).

    Raises:
        NotAllowedError: `actor` runs no projects here.
        InvalidInputError: a place or body from elsewhere.
        RepeatedError: one of this name is there.
    """
    held = require_power(actor, Power.PROJECT_RUN, Scope(community.place.path), at=at)
    project = Project(community=community, state_at=at, created_at=at, created_by=actor)
    site = Site(project, actor, held, at)
    _describe(project, draft)
    _refuse_same(project)
    project.save(force_insert=True)
    _spread(project, draft)
    return site.finish("created")


@transaction.atomic
def project_edit(*, project_id: int, actor: User, draft: Draft, at: datetime) -> Project:
    """Other words, places or partners; what must be published before the start is fixed by the start.

    Raises:
        ConflictError: it is over, or the works have begun and the conditions would change.
    """
    site = open_site(project_id, actor=actor, at=at)
    project = site.project
    needed = (project.needs_budget, project.needs_price)
    if project.started_at is not None and needed != (draft.needs_budget, draft.needs_price):
        raise ConflictError(_("已经开工，开工前须公布什么不能再改。"))
    _describe(project, draft)
    _refuse_same(project)
    _spread(project, draft)
    return site.finish("edited", WORDS)


@transaction.atomic
def project_publish(*, project_id: int, actor: User, at: datetime) -> Project:
    """Let everybody see it, with its phases; from now on these are reminded of.

    Raises:
        InvalidInputError: no phase is planned.
        RepeatedError: published already.
    """
    site = open_site(project_id, actor=actor, at=at)
    project = site.project
    if not project.is_draft:
        raise RepeatedError(_("这个工程已经公布。"))
    phases = list(project.phases.all())
    if not phases:
        raise InvalidInputError(_("请先排好至少一个阶段，再公布。"))
    for phase in phases:
        phase.sweep_at = timetable.next_phase_sweep(phase, at)
        phase.save(update_fields=["sweep_at"])
    site.enter(ProjectState.PLANNED)
    project.published_at = at
    return site.finish("published", [*STATE, "published_at"])


@transaction.atomic
def part_add(*, project_id: int, actor: User, part: Part, at: datetime) -> ProjectPart:
    """Something to count: 电梯 4 部, 巷道 9 条, each with its theme if it has one.

    Raises:
        InvalidInputError: none, or more themes than there are.
        RepeatedError: it is counted already.
    """
    site = open_site(project_id, actor=actor, at=at)
    name = text_of(part.name, limit=NAME_MAX, name=_("做什么"))
    if site.project.parts.filter(name=name).exists():
        raise RepeatedError(_("“%s”已经在进度里。") % name)
    themes = [text_of(one, limit=NAME_MAX, name=_("主题")) for one in part.themes if one.strip()]
    made = ProjectPart(
        project=site.project,
        name=name,
        unit=text_of(part.unit, limit=4, name=_("单位")),
        total=part.total,
        themes=themes,
        updated_at=at,
    )
    _check_part(made)
    made.save(force_insert=True)
    site.finish("part_added")
    return made


@transaction.atomic
def part_count(*, part_id: int, actor: User, seen: int, count: Count, at: datetime) -> ProjectPart:
    """So many are done now, of so many.

    `seen` is how many `actor` saw done: of two who count at once the second is refused.

    Raises:
        NotFoundError: no such part.
        InvalidInputError: more than there are.
        ConflictError: somebody counted meanwhile, the works have not begun, or are over.
    """
    part = ProjectPart.objects.filter(pk=part_id).first()
    if part is None:
        raise NotFoundError(_("没有找到这一项，请刷新页面。"))
    site = open_site(part.project_id, actor=actor, at=at)
    if count.done and not site.project.is_running:
        raise ConflictError(_("还没有开工，不能记完成。"))
    part.refresh_from_db()
    if part.done != seen:
        raise ConflictError(_("刚才有人记为 %(done)d/%(total)d，请刷新页面，核对后再记。") % _numbers(part))
    part.done, part.total, part.updated_at = count.done, count.total, at
    part.themes = [text_of(one, limit=NAME_MAX, name=_("主题")) for one in count.themes if one.strip()]
    _check_part(part)
    part.save(update_fields=["done", "total", "themes", "updated_at"])
    site.finish("part_counted")
    return part


def project_photo_keep(*, file: File[bytes], actor: User, at: datetime) -> StoredImage:
    """A cleaned photo that a project will take in its own transaction; left alone, it is thrown away.

    Raises:
        UploadRefusedError: not a photo that can be cleaned.
    """
    return photo_keep(file=file, by=actor, address="", at=at)


@transaction.atomic
def project_before(*, project_id: int, actor: User, photo: StoredImage, at: datetime) -> Project:
    """How it looked before the works; another one takes the place of the first."""
    site = open_site(project_id, actor=actor, at=at)
    take_photo(site, "before", photo)
    return site.finish("photo_put", ["before"])


def take_photo(site: Site, name: str, photo: StoredImage) -> None:
    """Put a photo in its place; the one that was there leaves the disk by the next sweep."""
    old: StoredImage | None = getattr(site.project, name)
    setattr(site.project, name, photo)
    if old is not None and old.pk != photo.pk:
        StoredImage.objects.filter(pk=old.pk).update(discarded_at=site.at, created_by=None)


def _describe(project: Project, draft: Draft) -> None:
    project.title = text_of(draft.title, limit=TITLE_MAX, name=_("名称"))
    project.summary = text_of(draft.summary, limit=SUMMARY_MAX, name=_("做什么，为什么"))
    project.topic = Topic(draft.topic)
    project.mechanisms = [one.value for one in Mechanism if one in draft.mechanisms]
    project.needs_budget, project.needs_price = draft.needs_budget, draft.needs_price
    require_places(draft.places, project.community)
    require_partners(draft.partners, project.community)


def _spread(project: Project, draft: Draft) -> None:
    project.places.set(draft.places)
    project.partners.set(draft.partners)


def _refuse_same(project: Project) -> None:
    same = Project.objects.filter(community=project.community_id, title=project.title)
    if same.exclude(pk=project.pk).exists():
        raise RepeatedError(_("已经有一个叫“%s”的工程。") % project.title)


def _numbers(part: ProjectPart) -> dict[str, int]:
    return {"done": part.done, "total": part.total}


def _check_part(part: ProjectPart) -> None:
    if not 1 <= part.total <= PART_MAX:
        raise InvalidInputError(_("一共须在 1 到 %d 之间。") % PART_MAX)
    if not 0 <= part.done <= part.total:
        raise InvalidInputError(
            _("完成的不能多于一共：一共 %(total)d%(unit)s。") % {"total": part.total, "unit": part.unit}
        )
    if len(part.themes) > part.total:
        raise InvalidInputError(_("主题不能多于一共的数目。"))
