"""What is still to be done before the works of a project may begin."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from petitions.models import Project, ProjectBlock
from petitions.selectors.blocks import open_blocks
from petitions.selectors.drawings import comments_unanswered


def missing_before_start(project: Project) -> list[str]:
    """In words, nothing when they may begin."""
    return missing_words(project, comments_unanswered(project).count(), open_blocks(project))


def missing_words(project: Project, unanswered: int, blocks: Sequence[ProjectBlock]) -> list[str]:
    """The same from what has been read: comments without an answer, and what holds up the whole project."""
    missing = []
    if project.is_draft:
        missing.append(_("工程还没有公布"))
    if project.needs_budget and project.budget_published_at is None:
        missing.append(_("预算还没有公布"))
    if project.needs_price and project.price_published_at is None:
        missing.append(_("收费标准还没有公布"))
    if unanswered:
        missing.append(_("还有 %d 条图纸意见没有答复") % unanswered)
    missing += [_("还受阻：%s") % block.words for block in blocks]
    return missing
