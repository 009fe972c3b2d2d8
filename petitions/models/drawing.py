"""图纸 put up for comment, and what people say: looked at before it is shown, each answered (P-34)."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import Labelled, StoredImage
from petitions.models.project import NAME_MAX, Project

COMMENT_MAX: Final = 500
ANSWER_MAX: Final = 500
NOTE_MAX: Final = 300


class Drawing(models.Model):
    """A drawing as a picture. The same title again is its next version, which takes the comments."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="drawings")
    title = models.CharField(_("图纸"), max_length=NAME_MAX)
    version = models.PositiveSmallIntegerField(_("第几版"), default=1)
    is_latest = models.BooleanField(default=True, editable=False)
    note = models.CharField(_("说明"), max_length=NOTE_MAX, blank=True)
    image = models.OneToOneField(StoredImage, on_delete=models.PROTECT, related_name="project_drawing")
    comments_until = models.DateField(_("意见截止"))
    put_at = models.DateTimeField(_("公开时间"))
    put_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("图纸")
        verbose_name_plural = _("图纸")
        ordering = ("title", "-version")
        constraints = [
            models.UniqueConstraint(fields=["project", "title", "version"], name="drawing_version_once"),
            models.UniqueConstraint(
                fields=["project", "title"], condition=Q(is_latest=True), name="drawing_one_latest"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def takes_comments(self, today: date) -> bool:
        """Before the works, until its day, in its latest version. Reads `project`."""
        return self.is_latest and self.project.is_planned and today <= self.comments_until


class CommentState(models.TextChoices):
    """Nothing is shown before staff have looked at it."""

    WAITING = "waiting", _("待审核")
    SHOWN = "shown", _("公开")
    HIDDEN = "hidden", _("不公开")


class DrawingComment(Labelled):
    """What somebody said. `text`, name and phone are for staff; `public_text` and `answer` for everybody."""

    drawing = models.ForeignKey(Drawing, on_delete=models.CASCADE, related_name="comments")
    key = models.UUIDField(unique=True, editable=False)
    text = models.TextField(_("意见"), max_length=COMMENT_MAX, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    name = models.CharField(_("称呼"), max_length=40, blank=True)
    phone = models.CharField(_("手机号"), max_length=20, blank=True)
    written_at = models.DateTimeField(_("时间"))
    state = models.CharField(
        _("状态"), max_length=8, choices=CommentState.choices, default=CommentState.WAITING
    )
    public_text = models.CharField(_("公开的文字"), max_length=COMMENT_MAX, blank=True)
    answer = models.CharField(_("答复"), max_length=ANSWER_MAX, blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("图纸意见")
        verbose_name_plural = _("图纸意见")
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["drawing", "state", "-id"], name="drawing_comment_shown"),
            models.Index(fields=["phone"], name="drawing_comment_phone", condition=Q(phone__gt="")),
            models.Index(fields=["user"], name="drawing_comment_user", condition=Q(user__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="shown") | Q(public_text__gt=""), name="comment_shown_in_words"
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, answer="")
                | Q(answered_at__isnull=False, answered_by__isnull=False, answer__gt=""),
                name="comment_answered_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_shown(self) -> bool:
        return self.state == CommentState.SHOWN

    @property
    def is_reachable(self) -> bool:
        return bool(self.phone) or self.user_id is not None
