"""Periodic jobs of grids; each calls an action and may run twice, late, or not at all."""

from __future__ import annotations

from celery import shared_task
from django.utils.timezone import now

from grids.actions.sweeping import grids_check


@shared_task
def check_grids() -> int:
    """Vacancies, households in nobody's hands, and the week's shortages."""
    return grids_check(at=now())
