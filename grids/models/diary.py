"""民情日记: what people wish for while chatting on a bench, written down (G-32)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community.models import Community, Place
from grids.querysets import DiaryQuerySet


class Settled(models.TextChoices):
    """What became of an entry."""

    PETITION = "petition", _("已转诉求")
    NOTED = "noted", _("已看过，不转")


class OpinionDiaryEntry(models.Model):
    """One entry. `scope` is its grid's place, else its community's; no petition is known here.

    Who made a matter of it says so through `diary_promoted`, and keeps the link on its own side.
    """

    key = models.UUIDField(unique=True, editable=False)
    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="diary_entries", verbose_name=_("社区")
    )
    scope = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", verbose_name=_("网格"))
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", verbose_name=_("地点"))
    spot = models.CharField(_("具体位置"), max_length=100, blank=True)
    text = models.CharField(_("听到了什么"), max_length=500)
    people_count = models.PositiveSmallIntegerField(_("几个人这样说"), default=1)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="diary_entries",
        verbose_name=_("记录人"),
    )
    heard_at = models.DateTimeField(_("听到的时间"))
    written_at = models.DateTimeField(_("记录时间"))
    settled_as = models.CharField(_("结果"), max_length=8, choices=Settled.choices, blank=True)
    settled_at = models.DateTimeField(_("处理时间"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("处理人"),
    )
    reason = models.CharField(_("为什么不转"), max_length=200, blank=True)

    objects = DiaryQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("民情日记")
        verbose_name_plural = _("民情日记")
        indexes = [
            models.Index(fields=["scope", "-id"], name="diary_scope"),
            models.Index(fields=["scope", "id"], name="diary_waiting", condition=Q(settled_at=None)),
            models.Index(fields=["community", "written_at"], name="diary_written"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(people_count__gte=1, people_count__lte=1000), name="diary_people_plausible"
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None, settled_as="", reason="")
                | Q(
                    settled_at__isnull=False, settled_by__isnull=False, settled_as=Settled.PETITION, reason=""
                )
                | Q(
                    settled_at__isnull=False,
                    settled_by__isnull=False,
                    settled_as=Settled.NOTED,
                    reason__gt="",
                ),
                name="diary_settled_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.text
