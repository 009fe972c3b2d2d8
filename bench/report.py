"""What came out, as a table on the screen and in a file."""

from __future__ import annotations

import argparse
import os
import platform
from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from django.db import connection
from django.utils import timezone

from bench import floors
from bench.measure import Result

SWEEP_SECONDS = 2.0
POSITION_MILLISECONDS = 1.0
MORNING, ENTRIES = "a morning's sweep", "a hundred entries with photos"
MORNING_SECONDS = 5.0
ENTRIES_MEGABYTES = 16.0
"""A batch of a hundred photos of 200 kB is 20 MB: whatever kept them would grow by more than that."""
REMINDERS = ("handling", "judgement reminders")
"""The sweeps that the target is about; the others are shown beside them."""
HEAD = "| action | floor | ms | p95 | times the floor | at most | statements | at most | |"
RULE = "|---|---|---:|---:|---:|---:|---:|---:|---|"


def write(
    results: Sequence[Result],
    floor_times: Mapping[str, float],
    sweeps: Sequence[dict[str, Any]],
    positions: Mapping[str, float],
    mornings: Sequence[dict[str, Any]],
    chosen: argparse.Namespace,
) -> None:
    """Print the report and keep it as `bench/results/latest.md`."""
    lines = [*_where(chosen), "", *_floors(floor_times), "", *_cases(results)]
    if sweeps:
        lines += ["", *_sweeps(sweeps)]
    lines += ["", _positions(positions)] if positions else []
    lines += ["", *_mornings(mornings)] if mornings else []
    over = [result.case.name for result in results if result.is_over]
    over += ["position → grid"] if positions and _position_is_over(positions) else []
    over += [name for name, is_over in _verdicts(mornings).items() if is_over] if mornings else []
    lines += ["", f"Over target: {', '.join(over)}." if over else "Nothing is over its target."]
    failed = [result.case.name for result in results if result.failure]
    lines += [f"Not measured: {', '.join(failed)}."] if failed else []
    text = "\n".join(lines) + "\n"
    chosen.results.parent.mkdir(parents=True, exist_ok=True)
    chosen.results.write_text(text)
    print(text)


def _where(chosen: argparse.Namespace) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0].split()[0]
    load = os.getloadavg()[0]
    taken = "median" if chosen.share == 0.5 else f"fastest {chosen.share:.0%} of its round"
    return [
        f"{timezone.localtime():%Y-%m-%d %H:%M}: {chosen.petitions:,} petitions, {chosen.rounds} rounds of "
        f"{chosen.repeats}; {os.cpu_count()} cores, load {load:.1f}; PostgreSQL {version}, "
        f"Python {platform.python_version()}, gunicorn with two workers; each time is the {taken}, "
        "request and floor in turn."
    ]


def _floors(floor_times: Mapping[str, float]) -> list[str]:
    rows = [f"| {name} | {milliseconds:.2f} |" for name, milliseconds in floor_times.items()]
    return ["| floor | ms |", "|---|---:|", *rows]


def _cases(results: Sequence[Result]) -> list[str]:
    return [HEAD, RULE, *(_row(result) for result in results)]


def _row(result: Result) -> str:
    case = result.case
    if result.failure:
        return f"| {case.name} | {case.floor} | | | not measured: {result.failure} | | | | FAILED |"
    spread = f"{min(result.rounds):.1f} … {max(result.rounds):.1f}"
    cells = (
        case.name,
        f"{case.floor} ({result.floor_milliseconds:.2f})",
        f"{result.milliseconds:.1f}",
        f"{result.slow_milliseconds:.0f}",
        f"**{result.ratio:.1f}** ({spread})",
        "" if case.times is None else f"{case.times:g}",
        "" if result.statements is None else str(result.statements),
        "" if case.statements is None else str(case.statements),
        "OVER" if result.is_over else "ok",
    )
    return "| " + " | ".join(cells) + " |"


def _sweeps(sweeps: Sequence[dict[str, Any]]) -> list[str]:
    kinds: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in sweeps:
        kinds[line["kind"]].append(line)
    floor = median(line["seconds"] for line in kinds.pop("floor"))
    rows = [
        f"| {kind} | {found[0]['due']:,} | {_median(found, 'seconds'):.2f} | "
        f"{_median(found, 'seconds') / floor:.1f} | {found[0]['statements']:,} | "
        f"{_median(found, 'grown_mb'):.1f} | {'OVER' if _is_over(kind, found) else 'ok'} |"
        for kind, found in kinds.items()
    ]
    return [
        f"Sweeps over a database in which every petition is open; {floors.THOUSAND}: {floor:.2f} s.",
        "",
        "| sweep | due | seconds | times a thousand inserts | statements | memory grown by, MB | |",
        "|---|---:|---:|---:|---:|---:|---|",
        *rows,
    ]


def _positions(found: Mapping[str, float]) -> str:
    return (
        f"A position among {found['grids']:,} boundaries: {found['milliseconds']:.2f} ms, p95 "
        f"{found['slow_milliseconds']:.2f} ms, at most {POSITION_MILLISECONDS:g} ms, "
        f"{'OVER' if _position_is_over(found) else 'ok'}; the index is read in "
        f"{found['read_seconds']:.2f} s and takes {found['grown_mb']:.0f} MB."
    )


def _position_is_over(found: Mapping[str, float]) -> bool:
    return found["milliseconds"] > POSITION_MILLISECONDS


def _verdicts(found: Sequence[dict[str, Any]]) -> dict[str, bool]:
    """Of the longest of a morning's sweeps, and of a phone's day: whether they are over their target."""
    seconds = max(line["seconds"] for line in found if line["kind"] != "entries")
    brought = next(line["done"] for line in found if line["kind"] == "entries")
    return {
        MORNING: seconds > MORNING_SECONDS,
        ENTRIES: brought["landed"] < 100 or brought["grown"] > ENTRIES_MEGABYTES,
    }


def _mornings(found: Sequence[dict[str, Any]]) -> list[str]:
    """The sweeps of a morning, one after the other, and a phone that brings its day."""
    sweeps = [line for line in found if line["kind"] != "entries"]
    seconds = sum(line["seconds"] for line in sweeps)
    told = ", ".join(
        f"{line['kind']} {line['seconds']:.2f} s in {line['statements']} statements" for line in sweeps
    )
    brought = next(line for line in found if line["kind"] == "entries")
    done = brought["done"]
    said = {name: "OVER" if is_over else "ok" for name, is_over in _verdicts(found).items()}
    return [
        f"A morning over 12,406 grids: {told}; together {seconds:.2f} s; each at most "
        f"{MORNING_SECONDS:g} s, {said[MORNING]}.",
        f"{done['landed']} entries with a photo of {done['photo_kb']:.0f} kB each: "
        f"{brought['seconds']:.1f} s, from the tenth to the last the process grew by {done['grown']:.1f} MB, "
        f"at most {ENTRIES_MEGABYTES:g} MB, {said[ENTRIES]}.",
    ]


def _median(found: Sequence[dict[str, Any]], name: str) -> float:
    return float(median(line[name] for line in found))


def _is_over(kind: str, found: Sequence[dict[str, Any]]) -> bool:
    return kind in REMINDERS and _median(found, "seconds") > SWEEP_SECONDS
