"""Jobs of the worker: taken by one at a time, taken over when it dies, ended once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from django.db import transaction
from django.db.models import Q, QuerySet

from core import outbox
from core.models.job import Job, JobState
from core.outbox import Message

J = TypeVar("J", bound=Job)
SILENT_FOR: Final = timedelta(minutes=3)
TRIES_MAX: Final = 3


@transaction.atomic
def job_take(
    jobs: QuerySet[J], *, at: datetime, tell: Callable[[J], Sequence[Message]], anew: bool = True
) -> J | None:
    """The next of these jobs for a worker: queued, or left by one that died. Tried three times at most.

    `anew` says that a job left halfway is begun again; else it goes on where it stopped. `tell` says to its
    owner that it was tried in vain.
    """
    left = Q(state=JobState.RUNNING, beat_at__lt=at - SILENT_FOR)
    waiting = jobs.filter(Q(state=JobState.QUEUED) | left).order_by("created_at")
    job = waiting.select_for_update(skip_locked=True, of=("self",)).first()
    if job is None:
        return None
    job.tries += 1
    over = job.tries > TRIES_MAX
    job.state = JobState.FAILED if over else JobState.RUNNING
    job.done = 0 if anew else job.done
    job.beat_at, job.finished_at = at, at if over else None
    job.save(update_fields=["tries", "state", "done", "beat_at", "finished_at"])
    if over:
        outbox.send(tell(job))
        return None
    return job


def job_beat(job: Job, *, at: datetime, **progress: Any) -> bool:
    """Note how far a worker has got; False when it was stopped, or another worker has it now."""
    return mine(job).update(beat_at=at, **progress) == 1


def job_end(job: Job, state: JobState, *, at: datetime, **result: Any) -> bool:
    """The job is over; False when it was not this worker's any more."""
    return mine(job).update(state=state, finished_at=at, **result) == 1


def mine(job: J) -> QuerySet[J]:
    """The job, while it is this worker's."""
    return type(job)._default_manager.filter(pk=job.pk, tries=job.tries, state=JobState.RUNNING)
