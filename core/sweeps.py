"""Everything that is due, batch after batch, so that one bad row holds up no other."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final, TypeVar

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)
logger = logging.getLogger(__name__)
NOT_A_ROWS_FAULT: Final = (OperationalError, InterfaceError)
"""The database is away or the process is being stopped: whatever comes next would fail as well."""


def sweep_all(
    due: QuerySet[M], sweep: Callable[[QuerySet[M], int], int], batch: int, *, by: str = "sweep_at"
) -> int:
    """Sweep the rows that are due; how many were. `sweep` takes up to `batch` of them in one transaction.

    `by` is the column that says when a row is due.

    A batch that fails is gone through row by row. The bad one is logged, left as it is, and tried again by
    the next sweep. Whatever a row can raise is caught: nobody waits for a sweep, and an error of one
    matter (data that no rule foresaw, a fault of ours) must not silence the reminders of all others. What
    says nothing about a row, `NOT_A_ROWS_FAULT`, ends the sweep; so does an order to stop, which is no
    `Exception`.
    """
    swept, bad = 0, set[int]()
    while True:
        rows = due.exclude(pk__in=bad) if bad else due
        try:
            found = sweep(rows, batch)
            is_last = found < batch
        except NOT_A_ROWS_FAULT:
            raise
        except Exception:
            logger.exception("a batch of the sweep failed, going on one by one")
            ids = list(rows.order_by(by).values_list("pk", flat=True)[:batch])
            found = sum(_sweep_one(due.filter(pk=pk), pk, sweep, bad) for pk in ids)
            is_last = not ids
        swept += found
        if is_last:
            return swept


def go_through(rows: QuerySet[M], use: Callable[[list[M]], int], batch: int) -> int:
    """Hand over all rows by their keys, up to `batch` in one transaction; the sum of what `use` returns.

    For rows that `use` does not take out of the queryset: each batch begins behind the last key.
    """
    last, total = 0, 0
    while True:
        with transaction.atomic():
            found = list(rows.filter(pk__gt=last).order_by("pk")[:batch])
            total += use(found)
        if len(found) < batch:
            return total
        last = found[-1].pk


def _sweep_one(row: QuerySet[M], pk: int, sweep: Callable[[QuerySet[M], int], int], bad: set[int]) -> int:
    try:
        sweep(row, 1)
    except NOT_A_ROWS_FAULT:
        raise
    except Exception:
        logger.exception("%s %s cannot be swept", row.model.__name__, pk)
        bad.add(pk)
        return 0
    return 1
