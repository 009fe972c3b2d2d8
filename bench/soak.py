"""A bounded soak: mixed load on web and worker, and whether their memory stays flat. `python -m bench.soak`.

`SOAK_MINUTES` (5) says how long, `SOAK_PETITIONS` (20,000) on how large a county, `SOAK_PAUSE` (0) how many
seconds each of the three visitors thinks between two calls. What the second half of the run adds is what
counts: the first half fills caches and pools.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import mean
from urllib.parse import quote
from uuid import uuid4

from bench.client import Client
from bench.servers import Bench
from config.local.folder import CHECKOUT
from config.local.processes import marked

MARK = "PORTAL_SOAK"
SAMPLE_SECONDS = 5.0
LANES = 3
TASKS = (
    "core.tasks.deliver_due",
    "petitions.tasks.sweep",
    "petitions.tasks.refresh_figures",
    "config.heartbeat",
)
Sample = tuple[float, dict[str, int]]


def main() -> int:
    minutes = float(os.environ.get("SOAK_MINUTES") or 5)
    count = int(os.environ.get("SOAK_PETITIONS") or 20_000)
    bench = Bench(CHECKOUT / ".data" / "soak")
    with bench.running():
        os.environ.update(bench.environment("postgres"))
        import django

        django.setup()
        from django.core.management import call_command

        from bench import database, run

        call_command("collectstatic", interactive=False, verbosity=0)
        name = f"county_{count}"
        at = database.ensure(bench, name, count, lambda at: run.county(count, at))
        environment = {
            **bench.environment(name),
            MARK: str(os.getpid()),
            "SMS_BACKEND": "core.gateways.DemoGateway",
        }
        with database.chosen(name), worker(bench, environment), bench.web("config.wsgi", environment) as port:
            samples, answers = soak(port, at, minutes * 60, pause=float(os.environ.get("SOAK_PAUSE") or 0))
    report(samples, answers, minutes, count)
    return 0


@contextmanager
def worker(bench: Bench, environment: dict[str, str]) -> Iterator[None]:
    """A worker as in production."""
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "-c", "2", "-l", "WARNING"]
    with (bench.folder.logs / "soak-worker.log").open("wb") as log:
        child = subprocess.Popen(
            command, cwd=CHECKOUT, env={**os.environ, **environment}, stdout=log, stderr=log
        )
    try:
        yield
    finally:
        child.terminate()
        child.wait()


def soak(port: int, at: object, seconds: float, *, pause: float) -> tuple[list[Sample], Counter[str]]:
    """Load from several lanes until the time is over, with a look at the memory every few seconds."""
    from bench.cases.stage import Stage

    stage = Stage(port, at)  # type: ignore[arg-type]
    over, answers = threading.Event(), Counter[str]()
    calls = [pages(stage, lane) for lane in range(LANES)]
    lanes = [
        threading.Thread(target=_walk, args=[calls[n], over, answers, pause], daemon=True)
        for n in range(LANES)
    ]
    lanes.append(threading.Thread(target=_wake, args=[over], daemon=True))
    for lane in lanes:
        lane.start()
    began, samples = time.monotonic(), []
    while (passed := time.monotonic() - began) < seconds:
        samples.append((passed, memory()))
        time.sleep(SAMPLE_SECONDS)
    over.set()
    for lane in lanes:
        lane.join(30)
    return samples, answers


def pages(stage: object, lane: int) -> list[Callable[[], int]]:
    """What people do, in the mix of a busy day."""
    from bench.cases.residents import FORM
    from community.models import Place
    from community.models.place import PlaceKind

    visitor, staff = stage.stranger(), stage.signed_in(f"{stage.slug}-secretary")  # type: ignore[attr-defined]
    community = stage.community  # type: ignore[attr-defined]
    place = Place.objects.filter(path__startswith=community.place.path, kind=PlaceKind.BUILDING)[0].pk
    keys, home, desk = stage.keys(), f"/{community.slug}/", "/admin/petitions/petition/"  # type: ignore[attr-defined]
    numbers = iter(range(lane * 10**6, 10**9))

    def filed() -> int:
        visitor.get(f"{home}file/")
        phone = f"139{next(numbers) % 10**8:08d}"
        form = {**FORM, "place": str(place), "phone": phone, "key": str(uuid4()), "decision": "new"}
        return visitor.post_form(f"{home}file/", form).status

    def got(client: Client, path: str) -> Callable[[], int]:
        return lambda: client.get(path).status

    return [
        *(
            got(visitor, path)
            for path in (home, f"{home}wall/", f"{home}problems/", f"{home}wall/?q={quote('电梯')}")
        ),
        *(
            got(staff, path)
            for path in (desk, f"{desk}?queue=late", f"{desk}?q={quote('漏水')}", "/api/v1/petitions/")
        ),
        lambda: staff.get(f"{desk}{next(keys)}/change/").status,
        filed,
    ]


def _walk(
    calls: Sequence[Callable[[], int]], over: threading.Event, answers: Counter[str], pause: float
) -> None:
    while not over.is_set():
        for call in calls:
            over.wait(pause)
            try:
                answers[str(call())] += 1
            except OSError as error:
                answers[type(error).__name__] += 1


def _wake(over: threading.Event) -> None:
    """The worker has as much to do as beat would give it in ten times the time."""
    from celery import current_app

    while not over.wait(2):
        for task in TASKS:
            current_app.send_task(task)


def memory() -> dict[str, int]:
    """Kilobytes of web and worker, all their processes together, each page counted once (PSS)."""
    found = {"web": 0, "worker": 0}
    for process in marked(MARK, str(os.getpid())):
        try:
            command = Path(f"/proc/{process.pid}/cmdline").read_bytes()
            rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
        except OSError:
            continue
        name = "web" if b"gunicorn" in command else "worker"
        found[name] += int(rollup.partition("\nPss:")[2].split()[0])
    return found


def slope(samples: Sequence[Sample], name: str) -> float:
    """Megabytes an hour by least squares over the second half."""
    half = [(at / 3600, values[name] / 1024) for at, values in samples if at >= samples[-1][0] / 2]
    hours, sizes = mean(at for at, _ in half), mean(size for _, size in half)
    spread = sum((at - hours) ** 2 for at, _ in half)
    return sum((at - hours) * (size - sizes) for at, size in half) / spread if spread else 0.0


def report(samples: Sequence[Sample], answers: Counter[str], minutes: float, count: int) -> None:
    """Say it, and keep it as `bench/results/soak.md`."""
    total = sum(answers.values())
    lines = [
        f"{minutes:g} minutes, {count:,} petitions, {total:,} answers ({total / minutes / 60:.0f} a second): "
        + ", ".join(f"{status} × {n:,}" for status, n in sorted(answers.items())),
        "",
        "| program | MB at the start | in the middle | at the end | MB an hour, second half |",
        "|---|---:|---:|---:|---:|",
    ]
    for name in ("web", "worker"):
        sizes = " | ".join(f"{samples[at][1][name] / 1024:.0f}" for at in (0, len(samples) // 2, -1))
        lines.append(f"| {name} | {sizes} | {slope(samples, name):+.1f} |")
    text = "\n".join(lines) + "\n"
    target = CHECKOUT / "bench" / "results" / "soak.md"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)
    print(text)


if __name__ == "__main__":
    raise SystemExit(main())
