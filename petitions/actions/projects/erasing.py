"""What people said about drawings leaves in time, or when its writer asks; what was shown stays."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from community.models import Community
from core import audit
from core.registries import DataSubject
from petitions.actions.erasing import first_anonymised
from petitions.models import DrawingComment, PersuasionNote, PersuasionTask, Project
from petitions.selectors.own_projects import comments_of

BATCH: Final = 100
NOBODY: Final = {"text": "", "name": "", "phone": "", "user": None}


def projects_anonymise(at: datetime) -> int:
    """Blank what people wrote and said, in projects that ended longer ago than matters are kept there."""
    return first_anonymised(_anonymise, at)


def person_erase_from_projects(subject: DataSubject, _at: datetime) -> list[str]:
    """Take one person out of their comments; the edited words that were shown name nobody and stay."""
    mine = list(comments_of(subject).order_by("pk").select_for_update().values_list("pk", flat=True))
    DrawingComment.objects.filter(pk__in=mine).update(**NOBODY)
    return []


@transaction.atomic
def _anonymise(community: Community, before: datetime, at: datetime) -> int:
    old = Project.objects.filter(
        community=community, state__in=["done", "stopped"], closed_at__lt=before, anonymised_at=None
    )
    rows = list(old.order_by("closed_at").select_for_update(of=("self",), skip_locked=True)[:BATCH])
    DrawingComment.objects.filter(drawing__project__in=rows).update(**NOBODY)
    tasks = PersuasionTask.objects.filter(block__project__in=rows)
    PersuasionNote.objects.filter(task__in=tasks).update(text="")
    tasks.update(whom="")
    tasks.exclude(talker_name="").update(talker_name="—")
    Project.objects.filter(pk__in=[project.pk for project in rows]).update(anonymised_at=at)
    for project in rows:
        audit.record(
            event="project.anonymised",
            actor=None,
            subject=project,
            at=at,
            scope_path=community.place.path,
            fields=["comments", "persuasion_notes"],
        )
    return len(rows)
