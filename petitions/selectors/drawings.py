"""Drawings and what was said about them, for everybody and for the desk."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Count, Q, QuerySet

from core.paging import Page, keyset
from petitions.models import CommentState, Drawing, DrawingComment, Project

PAGE_SIZE: Final = 20
WAITING_SHOWN: Final = 40


def drawings_of(project: Project) -> list[Any]:
    """Every drawing with how many of its comments are shown, the latest version of each first."""
    shown = Count("comments", filter=Q(comments__state=CommentState.SHOWN))
    found: list[Any] = list(project.drawings.annotate(shown=shown).order_by("title", "-version"))
    for drawing in found:
        drawing.project = project
    return found


def comments_shown(drawing: Drawing, cursor: str | None) -> Page[DrawingComment]:
    """What people said, in edited words, with the answers; the newest first, one statement."""
    rows = drawing.comments.filter(state=CommentState.SHOWN)
    return keyset(rows, order=["-pk"], cursor=cursor, size=PAGE_SIZE)


def comments_unanswered(project: Project) -> QuerySet[DrawingComment]:
    """What has to be answered before the works begin (P-34)."""
    return DrawingComment.objects.filter(drawing__project=project, answered_at=None)


def comments_waiting(project: Project) -> list[Any]:
    """The oldest comments without an answer."""
    rows = comments_unanswered(project).select_related("drawing").order_by("pk")
    return list(rows[:WAITING_SHOWN])
