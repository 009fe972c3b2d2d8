"""Real parallel sessions: each call runs in a thread with a database connection of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import Any

from django.db import connection, transaction


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Start all calls at the same moment; each result, or the exception it ended with, in order."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return call()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def overlapping(first: Callable[[], Any], second: Callable[[], Any], *, wait: float = 0.4) -> list[Any]:
    """`first` has done everything but commit when `second` begins, and commits when that is over, or waits.

    Both results, or the exception that ended them. Without a guard between the two, `second` sees nothing
    of `first`: every time, not only when the machine is busy.
    """
    is_done, may_commit = Event(), Event()

    def hold() -> Any:
        try:
            with transaction.atomic():
                result = first()
                is_done.set()
                may_commit.wait(wait)
            return result
        finally:
            is_done.set()

    def follow() -> Any:
        is_done.wait()
        try:
            return second()
        finally:
            may_commit.set()

    return at_once([hold, follow])
