"""Something holds a project up, until it is cleared: by an agreement, another project, or by hand (P-36)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from core import outbox
from core.errors import ConflictError, InvalidInputError, NotFoundError, RepeatedError
from core.language import gettext as _
from core.models import User
from petitions import project_notices, timetable
from petitions.actions.base import text_of
from petitions.actions.projects.base import Site, open_site
from petitions.models import BlockKind, Project, ProjectBlock, ProjectPhase
from petitions.models.block import OUTCOME_MAX, WORDS_MAX

HEARD: Final = ("heard_at", "sweep_at")
TWICE: Final = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What it is, in public words, and what does not go on because of it."""

    kind: BlockKind
    words: str
    phase: ProjectPhase | None = None
    by_project: Project | None = None


@transaction.atomic
def block_open(*, project_id: int, actor: User, obstacle: Obstacle, at: datetime) -> ProjectBlock:
    """Note what holds it up; the public page says so, and names nobody.

    Raises:
        InvalidInputError: a phase of another project, or another project that is over or from elsewhere.
        RepeatedError: it is noted.
    """
    if obstacle.by_project is not None:
        obstacle = replace(obstacle, by_project=_locked_too(project_id, obstacle.by_project))
    site = open_site(project_id, actor=actor, at=at)
    words = text_of(obstacle.words, limit=WORDS_MAX, name=_("公开的说明"))
    if site.project.blocks.filter(words=words, cleared_at=None).exists():
        raise RepeatedError(_("这一项已经记为受阻。"))
    _check(site, obstacle)
    made = ProjectBlock(
        project=site.project,
        phase=obstacle.phase,
        kind=obstacle.kind,
        words=words,
        by_project=obstacle.by_project,
        opened_at=at,
        opened_by=actor,
    )
    heard(made, at=at)
    made.save(force_insert=True)
    site.finish("blocked")
    return made


@transaction.atomic
def block_say(*, block_id: int, actor: User, latest: str, at: datetime) -> ProjectBlock:
    """How it stands now, in public words; nobody is asked about it for some days.

    Raises:
        ConflictError: it is cleared.
    """
    block, site = locked_block(block_id, actor, at)
    if not block.is_open:
        raise ConflictError(_("这一项受阻已经解除。"))
    said = text_of(latest, limit=WORDS_MAX, name=_("最新进展"))
    if said == block.latest and at - block.heard_at < TWICE:
        raise RepeatedError(_("刚才已经写过，没有重复记录。"))
    block.latest = said
    talks = block.persuasions.filter(ended_at=None).first()
    heard(block, talks.next_try_on if talks else None, at=at)
    block.save(update_fields=["latest", *HEARD])
    site.finish("block_said")
    return block


@transaction.atomic
def block_clear(*, block_id: int, actor: User, outcome: str, at: datetime) -> ProjectBlock:
    """It goes on; how that came about is public.

    Raises:
        ConflictError: talks about it are going on; they end it themselves.
        RepeatedError: it is cleared.
    """
    block, site = locked_block(block_id, actor, at)
    if not block.is_open:
        raise RepeatedError(_("这一项受阻已经解除。"))
    if block.persuasions.filter(ended_at=None).exists():
        raise ConflictError(_("还在沟通，请先了结沟通任务。"))
    cleared(site, block, outcome)
    site.finish("unblocked")
    return block


def heard(block: ProjectBlock, next_try_on: date | None = None, *, at: datetime) -> None:
    """Somebody has just spoken of it, in the caller's transaction; saved there as `HEARD`."""
    block.heard_at = at
    block.sweep_at = timetable.next_block_sweep(block, next_try_on, at)


def cleared(site: Site, block: ProjectBlock, outcome: str) -> None:
    """In the caller's transaction, on a block of the locked project."""
    block.cleared_at = site.at
    block.outcome = text_of(outcome, limit=OUTCOME_MAX, name=_("怎么解决的"))
    block.sweep_at = None
    block.save(update_fields=["cleared_at", "outcome", "sweep_at"])
    site.tell(project_notices.unblocked(block, at=site.at))


def blocks_clear_by(project: Project, *, at: datetime) -> None:
    """What waited for this project goes on, now that it is over; in the caller's transaction."""
    waiting = ProjectBlock.objects.filter(by_project=project, cleared_at=None).order_by("pk")
    rows = waiting.select_for_update(of=("self",)).select_related("project__community", "phase")
    for block in rows:
        block.cleared_at = at
        block.outcome = _("“%s”已经结束") % project.title
        block.sweep_at = None
        block.save(update_fields=["cleared_at", "outcome", "sweep_at"])
        outbox.send(project_notices.unblocked(block, at=at))


def locked_block(block_id: int, actor: User, at: datetime) -> tuple[ProjectBlock, Site]:
    """The block as it stands once its project is locked; itself too: the end of another project clears it.

    Raises:
        NotFoundError: there is none.
    """
    rows = ProjectBlock.objects.select_related("phase")
    block = rows.filter(pk=block_id).first()
    if block is None:
        raise NotFoundError(_("没有找到这一项，请刷新页面。"))
    site = open_site(block.project_id, actor=actor, at=at)
    block = rows.select_for_update(of=("self",)).get(pk=block_id)
    block.project = site.project
    return block, site


def _locked_too(project_id: int, other: Project) -> Project:
    """The project that comes first, as it stands: locked with the other one in the order of their keys."""
    both = Project.objects.locked().filter(pk__in={project_id, other.pk})
    return next((one for one in both if one.pk == other.pk), other)


def _check(site: Site, obstacle: Obstacle) -> None:
    phase, other = obstacle.phase, obstacle.by_project
    if phase is not None and (phase.project_id != site.project.pk or phase.is_done):
        raise InvalidInputError(_("请选择这个工程还没有完成的阶段。"))
    if (obstacle.kind == BlockKind.PROJECT) != (other is not None):
        raise InvalidInputError(_("等另一个工程的，请选择是哪一个。"))
    if other is None:
        return
    if other.pk == site.project.pk or other.is_over or other.community_id != site.project.community_id:
        raise InvalidInputError(_("请选择本社区另一个还没有结束的工程。"))
