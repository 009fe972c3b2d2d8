"""One parent for servers and programs: starts them in order, starts again what died, stops in reverse."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from config.local.errors import LocalError
from config.local.server import tail

LONGEST_PAUSE = 30.0
SETTLED_SECONDS = 60.0
PROBLEM = re.compile(r"\b(ERROR|CRITICAL)\b|^[\w.]*(Error|Exception):")
DIGITS = re.compile(r"\d+")
QUIET_SECONDS = 30.0
"""A problem that comes again and again is told once in this time."""
ROTATE_BYTES = 5_000_000


class Unit(Protocol):
    """Something that runs: a server or a program."""

    name: str

    def start(self) -> str: ...
    def alive(self) -> bool: ...
    def stop(self) -> None: ...


class Program:
    """A program of the portal in a process group of its own, so that nothing of it outlives it."""

    def __init__(
        self, name: str, command: Sequence[str], log: Path, environment: Mapping[str, str], grace: float = 15
    ) -> None:
        self.name, self.command, self.log, self.grace = name, command, log, grace
        self.environment = environment
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        self._end_group()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > ROTATE_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                self.command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return "started"

    def alive(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def stop(self) -> None:
        if self._child is None:
            return
        self._child.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._child.wait(self.grace)
        self._end_group()
        self._child.wait()

    def _end_group(self) -> None:
        if self._child is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._child.pid, signal.SIGKILL)


@dataclass
class _Watch:
    """How a unit has fared: when it last came up, how often in a row it died, when to try again."""

    unit: Unit
    since: float = field(default_factory=time.monotonic)
    deaths: int = 0
    retry_at: float | None = None

    def died(self) -> float:
        """Note a death; the seconds to wait before the next try."""
        now = time.monotonic()
        self.deaths = 1 if now - self.since > SETTLED_SECONDS else self.deaths + 1
        pause: float = min(0.25 * 2 ** (self.deaths - 1), LONGEST_PAUSE)
        self.retry_at = now + pause
        return pause


class _Follower:
    """Reads what is new in a log and picks the lines that tell of a problem."""

    def __init__(self, name: str, log: Path) -> None:
        self.name, self.log = name, log
        self.offset = log.stat().st_size if log.exists() else 0
        self.told: dict[str, float] = {}

    def problems(self) -> list[str]:
        size = self.log.stat().st_size if self.log.exists() else 0
        if size < self.offset:
            self.offset = 0
        if size == self.offset:
            return []
        with self.log.open("rb") as log:
            log.seek(self.offset)
            fresh = log.read(200_000)
        whole = fresh.rpartition(b"\n")[0]
        self.offset += len(whole) + 1 if whole else (len(fresh) if len(fresh) == 200_000 else 0)
        lines = whole.decode(errors="replace").splitlines()
        return [line for line in lines if PROBLEM.search(line) and self._is_news(line)]

    def _is_news(self, line: str) -> bool:
        key, now = DIGITS.sub("0", line), time.monotonic()
        news = now - self.told.get(key, -QUIET_SECONDS) >= QUIET_SECONDS
        if news:
            self.told[key] = now
        return news


class Supervisor:
    """Holds the units from start to stop. `stopping` is set by Ctrl-C, SIGTERM and SIGHUP."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        self.stopping = threading.Event()
        self._watches: list[_Watch] = []
        self._followers: list[_Follower] = []

    def listen(self) -> None:
        """Stop on the usual signals. A second one changes nothing: stopping is already under way."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stopping.set())

    def start(self, unit: Unit) -> str:
        self._watches.append(_Watch(unit))
        if isinstance(unit, Program):
            self._followers.append(_Follower(unit.name, unit.log))
        return unit.start()

    def watch(self) -> None:
        """Keep everything running until told to stop."""
        while not self.stopping.wait(0.25):
            self.look()

    def look(self, *, tell: bool = True) -> None:
        """One round: tell of problems, and start again what died once its pause is over."""
        for follower in self._followers:
            for line in follower.problems():
                if tell:
                    self.say(f"{follower.name} | {line}")
        for watch in self._watches:
            if watch.retry_at is not None:
                self._retry(watch)
            elif not watch.unit.alive():
                self.say(f"{watch.unit.name} died; starting it again in {watch.died():g} s")

    def _retry(self, watch: _Watch) -> None:
        if watch.retry_at is None or time.monotonic() < watch.retry_at:
            return
        try:
            watch.unit.start()
        except (LocalError, OSError) as error:
            self.say(f"{watch.unit.name} does not start: {error}; again in {watch.died():g} s")
            return
        watch.retry_at, watch.since = None, time.monotonic()

    def stop(self) -> None:
        """Stop everything, the last started first."""
        if self._watches:
            self.say("Stopping …")
        for watch in reversed(self._watches):
            watch.unit.stop()
        if self._watches:
            self.say("Stopped.")

    def last_words(self) -> str:
        """The end of each program's log, for a start that failed."""
        parts = [f"--- {follower.log}\n{tail(follower.log, 8)}" for follower in self._followers]
        return "\n".join(parts)
