"""Processes that are known by number and birth, so that a reused number is never mistaken for one."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


def _birth(pid: int) -> str | None:
    """When a process was born, as an opaque word; None when it is gone or only a zombie."""
    if not (PROC / "self").exists():
        return _birth_from_ps(pid)
    try:
        stat = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else fields[19]


def _birth_from_ps(pid: int) -> str | None:
    answer = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    words = answer.stdout.split(maxsplit=1)
    return None if len(words) < 2 or words[0].startswith("Z") else words[1].strip()


@dataclass(frozen=True, slots=True)
class Process:
    """One process, alive or not."""

    pid: int
    birth: str

    @classmethod
    def of(cls, pid: int) -> Process | None:
        birth = _birth(pid) if pid > 1 else None
        return None if birth is None else cls(pid, birth)

    def alive(self) -> bool:
        return _birth(self.pid) == self.birth

    def send(self, number: signal.Signals) -> None:
        if self.alive():
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                return

    def wait(self, seconds: float) -> bool:
        """Whether the process was gone within `seconds`."""
        return wait_for(lambda: not self.alive(), seconds)

    def stop(self, *steps: tuple[signal.Signals, float]) -> None:
        """Send each signal in turn until the process is gone; SIGKILL at the end."""
        for number, seconds in (*steps, (signal.SIGKILL, 10.0)):
            self.send(number)
            if self.wait(seconds):
                return


def wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    """Ask `condition()` again and again for at most `seconds`; whether it came true."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def _numbers() -> Iterable[int]:
    return (int(entry.name) for entry in PROC.glob("[0-9]*")) if PROC.exists() else ()


def working_in(folder: Path) -> list[Process]:
    """Every process whose working folder is `folder`: a server and its children, in any user namespace."""
    wanted, found = os.path.realpath(folder), []
    for pid in _numbers():
        try:
            at_home = os.readlink(PROC / str(pid) / "cwd").removesuffix(" (deleted)") == wanted
        except OSError:
            continue
        if at_home and pid != os.getpid() and (process := Process.of(pid)):
            found.append(process)
    return found


def marked(name: str, value: str) -> list[Process]:
    """Every process that was started with `name=value` in its environment, except this one."""
    entry, found = f"{name}={value}".encode(), []
    for pid in _numbers():
        try:
            carries = entry in (PROC / str(pid) / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if carries and pid != os.getpid() and (process := Process.of(pid)):
            found.append(process)
    return found


def stop_all(processes: Iterable[Process], *steps: tuple[signal.Signals, float]) -> None:
    """Stop several processes together: each signal goes to all before anybody is waited for."""
    left = list(processes)
    for number, seconds in (*steps, (signal.SIGKILL, 10.0)):
        for process in left:
            process.send(number)
        end = time.monotonic() + seconds
        left = [process for process in left if not process.wait(max(0.0, end - time.monotonic()))]
        if not left:
            return
