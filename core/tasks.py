"""Periodic jobs of the ground floor; each calls an action."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from core import actions, delivery
from core.sheets import personal_export_run


@shared_task(name="core.tasks.deliver_due")
def deliver_due() -> None:
    """Every minute, and when woken: deliver what is due."""
    delivery.deliver_due()


@shared_task(name="core.tasks.tidy")
def tidy() -> None:
    """Every night: throw away what nobody needs any more."""
    at = timezone.now()
    actions.expired_delete(at=at)
    actions.image_orphans_delete(at=at)


@shared_task(name="core.tasks.seal_audit")
def seal_audit() -> int:
    """Every minute: the new lines of the trail become links of the chain."""
    return actions.audit_seal(at=timezone.now())


@shared_task(name="core.tasks.retain")
def retain() -> int:
    """Every night: end what has been kept as long as was said."""
    return actions.retention_sweep(at=timezone.now())


@shared_task(name="core.tasks.run_personal_exports")
def run_personal_exports() -> int:
    """Every minute, and when woken: archives that people asked for about themselves."""
    made = 0
    while (job := actions.personal_export_take(at=timezone.now())) is not None:
        made += personal_export_run(job)
    return made
