"""巡查随记: what was done and heard on the way, one short note at a time (G-05)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from grids.models.patrol import Patrol


class NoteKind(models.TextChoices):
    """What a note is about: the daily duties of whoever walks a grid."""

    GREETING = "greeting", _("问候")
    ANSWER = "answer", _("答疑解惑")
    OPINION = "opinion", _("收集社情民意")
    MEDIATION = "mediation", _("调解矛盾")
    HELP = "help", _("顺手帮忙")
    OTHER = "other", _("其他")


class PatrolNote(models.Model):
    """One note of one patrol, by the time at which it was written on the way.

    `key` is made by the phone or the page, so that what is sent twice is one note. A greeting needs no words.
    """

    key = models.UUIDField(unique=True, editable=False)
    patrol = models.ForeignKey(Patrol, on_delete=models.CASCADE, related_name="notes", verbose_name=_("巡查"))
    kind = models.CharField(_("做了什么"), max_length=10, choices=NoteKind.choices)
    text = models.CharField(_("内容"), max_length=200, blank=True)
    happened_at = models.DateTimeField(_("时间"))
    received_at = models.DateTimeField(_("收到时间"))

    class Meta:
        ordering = ("happened_at", "pk")
        verbose_name = _("巡查随记")
        verbose_name_plural = _("巡查随记")
        indexes = [models.Index(fields=["happened_at"], name="patrol_note_words", condition=~Q(text=""))]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=NoteKind.values), name="patrol_note_of_a_kind")
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())
