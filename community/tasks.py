"""Periodic jobs of this app."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from community import actions
from community.admin.exporting import list_export_run
from community.imports.running import sheet_import_run


@shared_task(name="community.tasks.run_sheet_imports")
def run_sheet_imports() -> int:
    """Sheets that staff uploaded, one after the other: checked, or written after a yes."""
    done = 0
    while (job := actions.sheet_import_take(at=timezone.now())) is not None:
        done += sheet_import_run(job)
    return done


@shared_task(name="community.tasks.run_list_exports")
def run_list_exports() -> int:
    """Lists that staff asked for in Excel, one after the other."""
    made = 0
    while (job := actions.list_export_take(at=timezone.now())) is not None:
        made += list_export_run(job)
    return made


@shared_task(name="community.tasks.review_guide")
def review_guide() -> int:
    """Items of the guide that nobody has confirmed for long."""
    return actions.service_items_sweep(at=timezone.now())


@shared_task(name="community.tasks.ask_keepers")
def ask_keepers() -> int:
    """Figures a year old, estates that nobody speaks for, boxes and benches that nobody looked at."""
    at = timezone.now()
    return actions.facts_sweep(at=at) + actions.estates_sweep(at=at) + actions.talk_points_sweep(at=at)
