"""What is still to be done before the works of a project may begin."""

from __future__ import annotations

from django.utils.translation import gettext as _

from petitions.models import Project
from petitions.selectors.blocks import open_blocks
from petitions.selectors.drawings import comments_unanswered


def missing_before_start(project: Project) -> list[str]:
    """In words, nothing when they may begin."""
    missing = []
    if project.is_draft:
        missing.append(_("工程还没有公布"))
    if project.needs_budget and project.budget_published_at is None:
        missing.append(_("预算还没有公布"))
    if project.needs_price and project.price_published_at is None:
        missing.append(_("收费标准还没有公布"))
    open_comments = comments_unanswered(project).count()
    if open_comments:
        missing.append(_("还有 %d 条图纸意见没有答复") % open_comments)
    missing += [_("还受阻：%s") % block.words for block in open_blocks(project)]
    return missing
