"""Named filters of grids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from grids.models import Grid  # noqa: F401


class GridQuerySet(models.QuerySet["Grid"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def locked(self) -> Self:
        return self.select_for_update(of=("self",))
