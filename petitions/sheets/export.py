"""One asked-for list, written by the worker: progress is noted, and a job that was overtaken stops."""

from __future__ import annotations

from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import Final

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils import timezone

from petitions.actions.desk import export_beat, export_finish
from petitions.models import ExportJob, Petition
from petitions.selectors.desk import desk_rows
from petitions.sheets.matters import matters_write

BATCH: Final = 500


def export_run(job: ExportJob) -> bool:
    """Write the file of a job that this worker has taken; whether it came to its end."""
    run = _Run(job)
    with TemporaryFile() as target:
        rows = matters_write(target, run.petitions(), job.beat_at or job.created_at)
        if run.is_overtaken:
            return False
        name = default_storage.save(f"exports/{job.pk}-{job.tries}.xlsx", File(target))
    export_finish(job_id=job.pk, tries=job.tries, file=name, rows=rows, at=timezone.now())
    return True


class _Run:
    """The rows of one job in batches, with a sign of life after each."""

    def __init__(self, job: ExportJob) -> None:
        self.job, self.is_overtaken = job, False

    def petitions(self) -> Iterator[Petition]:
        """What the owner may see at this moment, oldest first."""
        owner, at = self.job.owner, timezone.now()
        rows = desk_rows(owner, self.job.params, at=at).order_by("pk")
        total, done, last = rows.count(), 0, 0
        while self._beat(done, total):
            batch = list(rows.filter(pk__gt=last).with_context()[:BATCH])
            yield from batch
            done += len(batch)
            if len(batch) < BATCH:
                return
            last = batch[-1].pk

    def _beat(self, done: int, total: int) -> bool:
        job = self.job
        mine = export_beat(job_id=job.pk, tries=job.tries, done=done, total=total, at=timezone.now())
        self.is_overtaken = not mine
        return mine
