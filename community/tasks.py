"""Periodic jobs of this app."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from community import actions


@shared_task(name="community.tasks.tidy")
def tidy() -> None:
    """Drop what was begun and never finished: accounts without a code, rolls without a yes."""
    now = timezone.now()
    actions.resident_accounts_sweep(at=now)
    actions.roll_imports_sweep(at=now)


@shared_task(name="community.tasks.review_guide")
def review_guide() -> int:
    """Items of the guide that nobody has confirmed for long."""
    return actions.service_items_sweep(at=timezone.now())
