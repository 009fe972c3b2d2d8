"""Drawings and what was said about them, for everybody and for the desk."""

from __future__ import annotations

from typing import Final

from django.db.models import QuerySet

from core.paging import Page, keyset
from petitions.models import CommentState, Drawing, DrawingComment, Project

PAGE_SIZE: Final = 20


def comments_shown(drawing: Drawing, cursor: str | None) -> Page[DrawingComment]:
    """What people said, in edited words, with the answers; the newest first, one statement."""
    rows = drawing.comments.filter(state=CommentState.SHOWN)
    return keyset(rows, order=["-pk"], cursor=cursor, size=PAGE_SIZE)


def comments_unanswered(project: Project) -> QuerySet[DrawingComment]:
    """What has to be answered before the works begin (P-34)."""
    return DrawingComment.objects.filter(drawing__project=project, answered_at=None)
