"""Which reminders were sent already."""

from __future__ import annotations

from django.db import models


class ReminderClaim(models.Model):
    """One reminder of one kind and stage about one subject; its row is the right to send it."""

    kind = models.CharField(max_length=40)
    stage = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    claimed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject_id", "stage"], name="reminder_claimed_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.stage} {self.subject_id}"
