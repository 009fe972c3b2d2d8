"""Where the ground of grids has just changed."""

from __future__ import annotations

from django.db import models

from community.models import Place


class GroundChange(models.Model):
    """A place that may lie in another grid since `at`: what somebody was entering there at that moment is
    looked for once more, a few minutes later (`grids.actions.ground.ground_settle`), and then the row goes.
    """

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.place} {self.at:%F %T}"
