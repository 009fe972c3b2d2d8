"""One run from the databases to the report. Imported once Django is set up."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.management import call_command
from django.db import connection

from bench import cases, database, floors, generate, ground, position, report
from bench.cases import ground as ground_cases
from bench.cases.stage import Stage
from bench.measure import Result, measure
from bench.servers import Bench


def run(bench: Bench, chosen: argparse.Namespace) -> None:
    """Fill what is missing, measure, report."""
    count = chosen.petitions
    print("Databases", flush=True)
    at = database.ensure(bench, f"county_{count}", count, lambda at: county(count, at))
    call_command("collectstatic", interactive=False, verbosity=0)
    with database.chosen(f"county_{count}"):
        results, floor_times = _pages(bench, chosen, at)
    sweeps = [] if chosen.no_sweep else _sweeps(bench, chosen)
    more, mornings = _ground(bench, chosen)
    report.write([*results, *more], floor_times, sweeps, _positions(bench), mornings, chosen)


def county(count: int, at: datetime) -> None:
    generate.county(petitions_count=count, at=at)
    generate.words_fill()
    with connection.cursor() as cursor:
        floors.prepare(cursor, count)
    generate.settle()


def _open_county(count: int, at: datetime) -> None:
    generate.open_county(petitions_count=count, at=at)
    with connection.cursor() as cursor:
        floors.prepare(cursor, 1)


def _pages(bench: Bench, chosen: argparse.Namespace, at: datetime) -> tuple[list[Result], dict[str, float]]:
    with _served(bench, f"county_{chosen.petitions}") as (port, floor_port):
        found = [case for case in cases.all_cases(Stage(port, at)) if chosen.only in case.name]
        print(f"Measuring {len(found)} cases in {chosen.rounds} rounds", flush=True)
        base = floors.floors(floor_port, chosen.petitions)
        return measure(found, base, rounds=chosen.rounds, repeats=chosen.repeats, share=chosen.share)


@contextmanager
def _served(bench: Bench, name: str) -> Iterator[tuple[int, int]]:
    """The portal and the floor over one database: their ports."""
    environment = bench.environment(name)
    floor_environment = {**environment, "DJANGO_SETTINGS_MODULE": "bench.floor.settings"}
    with (
        bench.web("config.wsgi", environment) as port,
        bench.web("bench.floor.wsgi", floor_environment) as floor_port,
    ):
        yield port, floor_port


def _ground(bench: Bench, chosen: argparse.Namespace) -> tuple[list[Result], list[dict[str, Any]]]:
    """Field pages and a morning's sweeps over a county's grids and their year."""
    at = database.ensure(bench, "ground", ground.GRIDS, _fill_ground, ground.rows())
    with database.chosen("ground"), _served(bench, "ground") as (port, floor_port):
        found = [case for case in ground_cases.cases(Stage(port, at)) if chosen.only in case.name]
        base = floors.floors(floor_port, 1)
        results, _floors = measure(
            found, base, rounds=chosen.rounds, repeats=chosen.repeats, share=chosen.share
        )
    if chosen.only:
        return results, []
    print("A morning", flush=True)
    lines = bench.run(["-m", "bench.morning"], bench.environment("ground"))
    return results, [json.loads(line) for line in lines.splitlines() if line.startswith("{")]


def _fill_ground(at: datetime) -> None:
    ground.fill(at)
    with connection.cursor() as cursor:
        floors.prepare(cursor, 1)


def _sweeps(bench: Bench, chosen: argparse.Namespace) -> list[dict[str, object]]:
    name, count = f"sweep_{chosen.petitions}", chosen.petitions
    database.ensure(bench, name, count, lambda at: _open_county(count, at))
    print("Sweeping", flush=True)
    lines = bench.run(["-m", "bench.sweep"], bench.environment(name))
    return [json.loads(line) for line in lines.splitlines() if line.startswith("{")]


def _positions(bench: Bench) -> dict[str, float]:
    """What finding the grid of a position takes, in a process of its own."""
    database.ensure(bench, "positions", position.GRIDS, position.fill)
    print("Finding grids", flush=True)
    found: dict[str, float] = json.loads(
        bench.run(["-m", "bench.position"], bench.environment("positions")).splitlines()[-1]
    )
    return found
