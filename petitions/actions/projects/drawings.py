"""Drawings put up, comments taken from anybody, looked at, shown and answered (P-34)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from core import ratelimits
from core.errors import ConflictError, InvalidInputError, NotFoundError, RepeatedError
from core.language import gettext as _
from core.models import StoredImage, User
from core.phones import phone_of
from petitions import project_notices
from petitions.actions.base import text_of
from petitions.actions.projects.base import Site, lock_project, open_site, site_of
from petitions.models import CommentState, Drawing, DrawingComment
from petitions.models.drawing import ANSWER_MAX, COMMENT_MAX, NOTE_MAX
from petitions.models.project import NAME_MAX
from petitions.selectors.holders import INTAKE, holders_of

PER_ADDRESS: Final = 20


@dataclass(frozen=True, slots=True)
class Comment:
    """What a resident says about a drawing. `address` serves limits only."""

    text: str
    name: str = ""
    phone: str = ""
    user: User | None = None
    address: str = ""


@transaction.atomic
def drawing_put(
    *,
    project_id: int,
    actor: User,
    title: str,
    note: str,
    photo: StoredImage,
    until: date,
    at: datetime,
) -> Drawing:
    """Put a drawing up for comment until a day; under the same title it is the next version.

    Raises:
        ConflictError: nobody can see the project yet, or the works have begun.
        InvalidInputError: the day is past.
        RepeatedError: the latest version is this very picture.
    """
    site = open_site(project_id, actor=actor, at=at)
    if not site.project.is_planned:
        raise ConflictError(_("公布以后、开工以前才能放图纸征求意见。"))
    if until < timezone.localdate(at):
        raise InvalidInputError(_("意见截止不能早于今天。"))
    name = text_of(title, limit=NAME_MAX, name=_("图纸"))
    latest = site.project.drawings.filter(title=name, is_latest=True).select_related("image")
    before = latest.first()
    if before is not None and before.image.sha256 == photo.sha256:
        raise RepeatedError(_("现在公开的就是这张图。"))
    if before is not None:
        before.is_latest = False
        before.save(update_fields=["is_latest"])
    made = Drawing.objects.create(
        project=site.project,
        title=name,
        version=before.version + 1 if before else 1,
        note=text_of(note, limit=NOTE_MAX, name=_("说明"), required=False),
        image=photo,
        comments_until=until,
        put_at=at,
        put_by=actor,
    )
    site.finish("drawing_put")
    return made


def comment_write(*, drawing_id: int, comment: Comment, key: UUID, at: datetime) -> DrawingComment:
    """A comment on a drawing; nobody sees it before staff have looked at it. One form, one comment.

    Raises:
        NotFoundError: no such drawing is public.
        ConflictError: its time is over, or the works have begun.
        TooManyRequestsError: too many from one address.
    """
    again = DrawingComment.objects.filter(key=key).first()
    if again is not None:
        return again
    if comment.address:
        ratelimits.hit("drawing.comment", comment.address, limit=PER_ADDRESS, seconds=3600)
    with transaction.atomic():
        return _write(drawing_id, comment, key, at)


@transaction.atomic
def comment_decide(
    *, comment_id: int, actor: User, is_shown: bool, public_text: str, answer: str, at: datetime
) -> DrawingComment:
    """Show a comment in edited words, or not; and answer it, which its writer hears of.

    Raises:
        NotFoundError: there is none.
        ConflictError: it was answered.
    """
    comment = DrawingComment.objects.select_related("drawing").filter(pk=comment_id).first()
    if comment is None:
        raise NotFoundError(_("没有找到这条意见，请刷新页面。"))
    site = site_of(comment.drawing.project_id, actor=actor, at=at)
    comment.refresh_from_db()
    if comment.answered_at is not None:
        raise ConflictError(_("这条意见已经答复。"))
    comment.state = CommentState.SHOWN if is_shown else CommentState.HIDDEN
    comment.public_text = text_of(public_text, limit=COMMENT_MAX, name=_("公开的文字"), required=is_shown)
    comment.answer = text_of(answer, limit=ANSWER_MAX, name=_("答复"), required=False)
    if comment.answer:
        comment.answered_at, comment.answered_by = at, actor
        site.tell(project_notices.comment_answered(site.project, comment, at=at))
    comment.save(update_fields=["state", "public_text", "answer", "answered_at", "answered_by"])
    site.finish("comment_answered" if comment.answer else "comment_decided")
    return comment


def _write(drawing_id: int, comment: Comment, key: UUID, at: datetime) -> DrawingComment:
    """With the project locked: works that begin at the same moment come before it or after it."""
    project_id = Drawing.objects.filter(pk=drawing_id).values_list("project_id", flat=True).first()
    project = lock_project(project_id or 0)
    drawing = project.drawings.get(pk=drawing_id)
    drawing.project = project
    if not drawing.takes_comments(timezone.localdate(at)):
        raise ConflictError(_("这张图纸的意见已经截止。"))
    made, is_new = DrawingComment.objects.get_or_create(
        key=key,
        defaults={
            "drawing": drawing,
            "text": text_of(comment.text, limit=COMMENT_MAX, name=_("意见")),
            "user": comment.user,
            "name": text_of(comment.name, limit=40, name=_("称呼"), required=False),
            "phone": phone_of(comment.phone) if comment.phone else "",
            "written_at": at,
        },
    )
    if is_new:
        site = Site(project, comment.user, None, at)
        clerk = holders_of([project.scope], at).first(project.scope, INTAKE).user_id
        site.tell(project_notices.comment_came(project, made, clerk, at=at))
        site.finish("comment_written")
    return made
