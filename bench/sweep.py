"""The reminder sweep in a process of its own, so that its memory can be seen: `python -m bench.sweep`.

Prints one line of JSON per round. Run by `bench.__main__` on the database in which every matter is open.
"""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable
from datetime import datetime
from multiprocessing import Pipe, get_context
from resource import RUSAGE_SELF, getrusage

import django
from django.db import connection, transaction
from django.utils import timezone

DUE = 1000
FORGET = "TRUNCATE core_reminderclaim, core_outboxmessage, core_inboxitem"
CALM = """
    UPDATE petitions_petition SET sweep_at = %(at)s + interval '1 day' WHERE sweep_at <= %(at)s;
    UPDATE petitions_evaluation SET sweep_at = %(at)s + interval '1 day' WHERE sweep_at <= %(at)s;
"""
HANDLING_DUE = """
    UPDATE petitions_petition SET sweep_at = %(at)s - interval '1 minute', sweep_step = 0,
        clock_from = %(at)s - interval '7 days', clock_minutes = 3500
    WHERE id IN (SELECT id FROM petitions_petition WHERE stage = 'in_progress'
        AND id %% %(apart)s = %(turn)s LIMIT %(due)s)
"""
JUDGEMENT_DUE = """
    UPDATE petitions_evaluation SET sweep_at = %(at)s - interval '1 minute', reminded_at = NULL,
        invited_at = %(at)s - interval '7 days', closes_at = %(at)s + interval '7 days'
    WHERE id IN (SELECT id FROM petitions_evaluation WHERE closed_at IS NULL AND answered_at IS NULL
        AND petition_id %% %(apart)s = %(turn)s LIMIT %(due)s)
"""
WINDOW_OVER = """
    UPDATE petitions_evaluation SET sweep_at = %(at)s - interval '1 minute',
        reminded_at = %(at)s - interval '7 days', closes_at = %(at)s - interval '1 minute'
    WHERE id IN (SELECT id FROM petitions_evaluation WHERE closed_at IS NULL AND answered_at IS NULL
        AND petition_id %% %(apart)s = %(turn)s LIMIT %(due)s)
"""
CHANGED = """
    UPDATE petitions_petition SET changed_at = %(at)s
    WHERE id IN (SELECT id FROM petitions_petition ORDER BY filed_at DESC LIMIT %(due)s)
"""


def arm(sql: str, *, at: datetime, due: int, turn: int) -> int:
    """Make `due` matters, spread over all, due; and nothing else. How many it were."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM petitions_petition")
        count = cursor.fetchone()[0]
        apart = max(1, count // (due * 11) // 10 * 10 + 1)
        cursor.execute(FORGET)
        cursor.execute(CALM, {"at": at})
        cursor.execute(sql, {"at": at, "due": due, "turn": turn % apart, "apart": apart})
        return int(cursor.rowcount)


def timed(work: Callable[[], object]) -> dict[str, object]:
    """Seconds, statements, what came of it, and the megabytes by which a fresh process grew to its peak.

    Every measurement has a process of its own: what an earlier one gave back would hide what this one takes.
    The growth holds what any first task loads; the rounds with nothing due say how much that is.
    """
    connection.close()
    reading, writing = Pipe(duplex=False)
    child = get_context("fork").Process(target=lambda: writing.send(_timed(work)))
    child.start()
    writing.close()
    try:
        measured: dict[str, object] = reading.recv()
    finally:
        child.join()
    return measured


def _timed(work: Callable[[], object]) -> dict[str, object]:
    statements = 0

    def counted(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        nonlocal statements
        statements += 1
        return execute(sql, params, many, context)

    gc.collect()
    connection.ensure_connection()
    before, started = _peak_megabytes(), time.perf_counter()
    with connection.execute_wrapper(counted):
        done = work()
    seconds = time.perf_counter() - started
    grown = _peak_megabytes() - before
    return {"seconds": seconds, "statements": statements, "done": done, "grown_mb": grown}


def _peak_megabytes() -> float:
    return getrusage(RUSAGE_SELF).ru_maxrss / 1024


def a_thousand_inserts() -> int:
    """The floor: as many plain rows as matters are due, in one transaction."""
    from bench.floor.views import insert_item

    with transaction.atomic():
        for _ in range(DUE):
            insert_item()
    return DUE


def main(rounds: int = 3) -> None:
    django.setup()
    from petitions.actions.sweeping import evaluations_sweep, petitions_sweep

    at = timezone.now()
    kinds = {
        "handling": (HANDLING_DUE, lambda: petitions_sweep(at=at), DUE),
        "handling, nothing due": (HANDLING_DUE, lambda: petitions_sweep(at=at), 0),
        "handling, five thousand due": (HANDLING_DUE, lambda: petitions_sweep(at=at), 5 * DUE),
        "judgement reminders": (JUDGEMENT_DUE, lambda: evaluations_sweep(at=at), DUE),
        "judgement windows": (WINDOW_OVER, lambda: evaluations_sweep(at=at), DUE),
    }
    for turn in range(1, rounds + 1):
        print(json.dumps({"kind": "floor", "due": DUE, **timed(a_thousand_inserts)}), flush=True)
        for kind, (sql, work, due) in kinds.items():
            armed = arm(sql, at=at, due=due, turn=turn) if due else arm(sql, at=at, due=1, turn=0) * 0
            print(json.dumps({"kind": kind, "due": armed, **timed(work)}), flush=True)
    count_figures(at)


def count_figures(at: datetime) -> None:
    """Every month of every community, as once a night; then what changed meanwhile, as every five minutes."""
    from petitions.actions.figures import figures_recount, figures_refresh
    from petitions.models import MonthFigures

    spent = timed(lambda: figures_recount(at=at))
    print(json.dumps({"kind": "figures, all", "due": MonthFigures.objects.count(), **spent}), flush=True)
    with connection.cursor() as cursor:
        cursor.execute(CHANGED, {"at": at, "due": DUE})
    spent = timed(lambda: figures_refresh(at=at))
    print(json.dumps({"kind": "figures, a thousand changed", "due": DUE, **spent}), flush=True)


if __name__ == "__main__":
    main()
