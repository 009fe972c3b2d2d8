"""What holds a project up; who is in confidence about talks with a household."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from community.duties import Duty
from community.permissions import held_posts
from core.errors import NotFoundError
from core.models import User
from petitions.models import PersuasionTask, Project, ProjectBlock, ProjectPhase


def open_blocks(project: Project, phase: ProjectPhase | None = None) -> list[ProjectBlock]:
    """What holds up this phase, or the project as a whole."""
    return list(project.blocks.filter(cleared_at=None, phase=phase))


def in_confidence(task: PersuasionTask, user: User, *, at: datetime) -> str | None:
    """The post in which somebody may know of the talks; None when they may not.

    The community's secretary; and, while in post there, whoever talks, opened the block or answers for the
    phase. Reads `block__project__community__place` and `block__phase`.
    """
    block = task.block
    home = block.project.community.place.path
    posts = [post for post in held_posts(user, at=at) if post.duty != Duty.ADMINISTRATOR]
    over = [post for post in posts if home.startswith(post.place_path)]
    secretary = next((post for post in over if post.duty == Duty.SECRETARY), None)
    if secretary is not None:
        return secretary.trace
    known = {task.talker_id, block.opened_by_id, block.phase.responsible_id if block.phase else None}
    there = [post for post in posts if post in over or post.place_path.startswith(home)]
    return there[-1].trace if there and user.pk in known else None


def task_for(user: User, pk: int, *, at: datetime) -> PersuasionTask:
    """A task that this person may know of.

    Raises:
        NotFoundError: there is none, or it is in confidence from them.
    """
    rows = PersuasionTask.objects.select_related(
        "block__project__community__place",
        "block__project__community__profile",
        "block__phase",
        "talker",
    )
    found = rows.filter(pk=pk).first()
    if found is None or in_confidence(found, user, at=at) is None:
        raise NotFoundError(_("没有找到这个沟通任务。"))
    return found
