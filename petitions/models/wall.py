"""晒事: what neighbours read on the echo wall."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community.models import Community
from community.workflow import Topic
from core.models import Labelled
from petitions.models.petition import TITLE_MAX, Petition
from petitions.models.photo import PetitionPhoto


class WallPost(Labelled):
    """Question and answer in an edited, public text, with chosen photos; taken down with a reason (P-07)."""

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="wall_posts")
    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("标题"), max_length=TITLE_MAX)
    question = models.TextField(_("问"), max_length=500)
    answer = models.TextField(_("答"), max_length=1000)
    place_name = models.CharField(_("地点"), max_length=120)
    topic = models.CharField(_("事项"), max_length=20, choices=Topic.choices)
    before = models.ForeignKey(
        PetitionPhoto, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    after = models.ForeignKey(
        PetitionPhoto, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField(_("晒事时间"))
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    taken_down_at = models.DateTimeField(_("撤下时间"), null=True, blank=True)
    taken_down_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    taken_down_reason = models.CharField(_("撤下理由"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("回音壁内容")
        verbose_name_plural = _("回音壁内容")
        indexes = [
            models.Index(
                fields=["community", "-published_at", "-id"],
                name="wall_community_shown",
                condition=Q(taken_down_at__isnull=True),
            ),
            models.Index(
                fields=["community", "topic", "-published_at", "-id"],
                name="wall_topic_shown",
                condition=Q(taken_down_at__isnull=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["petition"],
                condition=Q(taken_down_at__isnull=True),
                name="wall_one_shown_per_petition",
            ),
            models.CheckConstraint(
                condition=Q(taken_down_at__isnull=True) | Q(taken_down_reason__gt=""),
                name="wall_taken_down_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.title
