"""The history of a petition: appended, never edited."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from community.duties import Duty
from community.workflow import Stage
from core.models import Labelled
from petitions.models.petition import Petition
from petitions.models.reporter import PetitionReporter
from petitions.models.session import DeliberationSession
from petitions.workflow import Audience, Event


class PetitionEvent(Labelled):
    """One line of the history: what, when, by whom in which post, and who may read it.

    The database refuses to delete a line, and to change anything of it but blanking `note` (erasure of
    personal text). `session` is the sitting at which it happened (P-08). `reporter` is the person whose
    words the note repeats: only they and the staff read it.
    """

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    event = models.CharField(max_length=16, choices=Event.choices)
    stage = models.CharField(max_length=12, choices=Stage.choices)
    round = models.PositiveSmallIntegerField(default=1)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reporter = models.ForeignKey(
        PetitionReporter, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    session = models.ForeignKey(
        DeliberationSession,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    duty = models.CharField(max_length=24, choices=Duty.choices, blank=True)
    post_place = models.CharField(max_length=80, blank=True)
    audience = models.CharField(max_length=10, choices=Audience.choices, default=Audience.STAFF)
    note = models.CharField(max_length=1000, blank=True)

    class Meta:
        verbose_name = _("办理记录")
        verbose_name_plural = _("办理记录")
        ordering = ("id",)
        indexes = [models.Index(fields=["petition", "id"], name="event_petition")]

    def __str__(self) -> str:
        return str(self.get_event_display())

    @property
    def who(self) -> str:
        """The post that acted, as strangers may read it; no personal name."""
        return f"{self.post_place} {self.get_duty_display()}".strip() if self.duty else ""
