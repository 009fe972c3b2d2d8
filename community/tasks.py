"""Periodic jobs of this app."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from community import actions


@shared_task(name="community.tasks.tidy")
def tidy() -> None:
    """Drop rolls that were begun and never confirmed."""
    actions.roll_imports_sweep(at=timezone.now())


@shared_task(name="community.tasks.review_guide")
def review_guide() -> int:
    """Items of the guide that nobody has confirmed for long."""
    return actions.service_items_sweep(at=timezone.now())
