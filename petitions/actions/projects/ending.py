"""The works begin, and end: done with a photo of before and after, or stopped for a reason that is read."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from core.errors import ConflictError, InvalidInputError, RepeatedError
from core.language import gettext as _
from core.models import StoredImage, User
from petitions import project_notices
from petitions.actions.base import text_of
from petitions.actions.projects.base import STATE, Site, open_site, site_of
from petitions.actions.projects.blocks import blocks_clear_by
from petitions.actions.projects.planning import take_photo
from petitions.models import PersuasionTask, Project, ProjectState
from petitions.models.project import REASON_MAX, RESULT_MAX
from petitions.selectors.blocks import open_blocks
from petitions.selectors.project_people import people_of_project
from petitions.selectors.project_start import missing_before_start


@transaction.atomic
def project_start(*, project_id: int, actor: User, at: datetime) -> Project:
    """The works begin, once everything is published that had to be.

    Raises:
        ConflictError: something is missing; the message says what.
        RepeatedError: they have begun.
    """
    site = open_site(project_id, actor=actor, at=at)
    project = site.project
    if project.is_running:
        raise RepeatedError(_("已经开工。"))
    missing = missing_before_start(project)
    if missing:
        raise ConflictError(_("还不能开工：%s。") % "，".join(missing))
    site.enter(ProjectState.RUNNING)
    project.started_at = at
    site.tell(project_notices.started(project, people_of_project(project), at=at))
    return site.finish("started", [*STATE, "started_at"])


@transaction.atomic
def project_finish(
    *,
    project_id: int,
    actor: User,
    result: str,
    at: datetime,
    after: StoredImage,
    before: StoredImage | None = None,
) -> Project:
    """All is done; the people of the linked matters are told, and everybody sees before and after.

    Raises:
        RepeatedError: somebody has finished it.
        ConflictError: works that have not begun, phases or parts that are open.
        InvalidInputError: no photo of before.
    """
    site = site_of(project_id, actor=actor, at=at)
    project = site.project
    _require_finished(site)
    if before is not None:
        take_photo(site, "before", before)
    if project.before is None:
        raise InvalidInputError(_("请上传施工前的照片。"))
    take_photo(site, "after", after)
    project.result = text_of(result, limit=RESULT_MAX, name=_("做成了什么"))
    site.enter(ProjectState.DONE)
    project.closed_at = at
    site.tell(project_notices.finished(project, people_of_project(project), at=at))
    blocks_clear_by(project, at=at)
    return site.finish("finished", [*STATE, "closed_at", "result", "before", "after"])


@transaction.atomic
def project_stop(*, project_id: int, actor: User, reason: str, at: datetime) -> Project:
    """It will not be done, or not to its end; a public reason says why."""
    site = site_of(project_id, actor=actor, at=at)
    project = site.project
    if project.is_over:
        raise RepeatedError(_("这个工程已经结束。"))
    project.stopped_reason = text_of(reason, limit=REASON_MAX, name=_("终止原因"))
    site.enter(ProjectState.STOPPED)
    project.closed_at = at
    project.phases.update(sweep_at=None)
    project.blocks.update(sweep_at=None)
    PersuasionTask.objects.filter(block__project=project).update(sweep_at=None)
    blocks_clear_by(project, at=at)
    if project.published_at is not None:
        site.tell(project_notices.stopped(project, people_of_project(project), at=at))
    return site.finish("stopped", [*STATE, "closed_at", "stopped_reason"])


def _require_finished(site: Site) -> None:
    project = site.project
    if project.is_over:
        raise RepeatedError(_("这个工程已经结束。"))
    if not project.is_running:
        raise ConflictError(_("还没有开工，不能完工。"))
    left = [phase.name for phase in project.phases.filter(done_at=None)]
    left += [part.name for part in project.parts.all() if not part.is_done]
    left += [block.words for block in open_blocks(project)]
    if left:
        raise ConflictError(_("还没有做完：%s。") % "、".join(left))
