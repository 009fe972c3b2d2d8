"""What the private servers have in common: found alive or started, watched, and stopped in order."""

from __future__ import annotations

import signal
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from config.local.errors import LocalError
from config.local.processes import Process, wait_for

START_SECONDS = 60


class PrivateServer(ABC):
    """One server over one data folder. `start` finds a server left alive before it starts another."""

    name: str
    title: ClassVar[str]
    stops: ClassVar[tuple[tuple[signal.Signals, float], ...]]
    """Signals in turn, each with the seconds that it is given."""

    def __init__(self, folder: Path, socket: Path, log: Path, *, fast: bool) -> None:
        self.folder, self.socket, self.log, self.fast = folder, socket, log, fast
        self.process: Process | None = None
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Make the server answer; how: `adopted` or `started`."""
        if self._adopt():
            return "adopted"
        self._clear_away()
        self._launch()
        return "started"

    def alive(self) -> bool:
        if self._child is not None:
            self._child.poll()
        return self.process is not None and self.process.alive() and self.socket.exists()

    def stop(self) -> None:
        """Stop the server and everything that belongs to it, in an orderly way first."""
        if self.process is not None:
            self.process.stop(*self.stops)
        if self._child is not None:
            self._child.wait()
        self._clear_away()
        self.process = None

    @abstractmethod
    def answers(self) -> int:
        """Whether the server serves this folder."""

    @abstractmethod
    def _adopt(self) -> bool:
        """Take on a server of this folder that was left alive, if there is one."""

    @abstractmethod
    def _clear_away(self) -> None:
        """End what is left of an earlier server."""

    @abstractmethod
    def _launch(self) -> None:
        """Make the folder ready and `_spawn` the server."""

    def _spawn(self, command: Sequence[str], **options: Any) -> None:
        """Run the server, its words going to the log, and wait until it answers."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                command,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **options,
            )
        child = self._child
        ready = wait_for(lambda: child.poll() is not None or bool(self.answers()), START_SECONDS)
        if child.poll() is not None or not ready:
            raise LocalError(f"{self.title} did not start; the end of {self.log}:\n{tail(self.log)}")
        self.process = Process.of(child.pid)


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return "(no log)"
