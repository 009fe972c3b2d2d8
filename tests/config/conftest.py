"""Throw-away data folders, private servers and whole portals for the tests of the house."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.local.folder import CHECKOUT, DataFolder
from config.local.processes import Process, marked, stop_all, wait_for, working_in
from config.local.run import MARK
from config.local.services import Services

FROM_OUTSIDE = (
    "DATABASE_URL",
    "REDIS_URL",
    "MEDIA_ROOT",
    "ALLOWED_HOSTS",
    "SECRET_KEY",
    "STATIC_FROM_SOURCE",
)


def sweep(path: Path) -> None:
    """End whatever a test left in a data folder."""
    folder = DataFolder(path)
    homes = [folder.postgres, folder.valkey]
    stop_all(marked("PORTAL_DATA", str(path)))
    stop_all([*marked(MARK, str(path)), *(process for home in homes for process in working_in(home))])
    folder.forget_sockets()


@contextmanager
def data_folder() -> Iterator[Path]:
    """An empty data folder that every account may pass through; nothing runs in it afterwards."""
    with tempfile.TemporaryDirectory(prefix="portal-house-", dir="/tmp") as name:
        path = Path(name)
        path.chmod(0o755)
        yield path
        sweep(path)


@pytest.fixture
def data() -> Iterator[Path]:
    with data_folder() as path:
        yield path


@pytest.fixture
def services(data: Path) -> Callable[[], Services]:
    """Private servers over `data`; each call is a fresh start of the launcher."""
    return lambda: Services(DataFolder(data), given={})


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Portal:
    """A portal under its supervisor, as `make run` starts it."""

    def __init__(self, data: Path, **environment: str) -> None:
        self.data, self.port = data, int(environment.get("PORT") or free_port())
        self.address = f"http://127.0.0.1:{self.port}"
        kept = {name: value for name, value in os.environ.items() if name not in FROM_OUTSIDE}
        own = {"PORTAL_DATA": str(data), "PORTAL_NO_DEMO": "1", "STATIC_ROOT": str(data / "static")}
        self.environment = {**kept, **own, **environment, "PORT": str(self.port)}
        self.log = data / "terminal"
        self.spoken = 0
        self.child: subprocess.Popen[bytes] | None = None

    def start(self, command: str = "run") -> subprocess.Popen[bytes]:
        self.spoken = len(self.said())
        with self.log.open("ab") as log:
            self.child = subprocess.Popen(
                [sys.executable, "-m", "config.local", command],
                cwd=CHECKOUT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        return self.child

    def ready(self, seconds: float = 200) -> bool:
        """Whether the newest start has said that it is ready, and is."""
        assert self.child is not None
        child = self.child
        wait_for(lambda: child.poll() is not None or "Ready:" in self.said()[self.spoken :], seconds)
        return child.poll() is None and self.answers()

    def answers(self, path: str = "/readyz") -> bool:
        try:
            with urllib.request.urlopen(self.address + path, timeout=30) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        assert self.child is not None
        self.child.send_signal(number)
        return self.child.wait(120)

    def said(self) -> str:
        return self.log.read_text() if self.log.exists() else ""

    def programs(self) -> list[Process]:
        return marked(MARK, str(self.data))

    def servers(self) -> list[Process]:
        return working_in(self.data / "pg") + working_in(self.data / "valkey")

    def one(self, word: str) -> Process | None:
        """The oldest process whose command line has `word`: the master of a program."""
        found = [process for process in self.programs() + self.servers() if word in command_line(process.pid)]
        return min(found, key=lambda process: process.pid, default=None)


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def kill(process: Process) -> None:
    """kill -9, and wait until it is gone."""
    process.send(signal.SIGKILL)
    deadline = time.monotonic() + 10
    while process.alive() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not process.alive()


@pytest.fixture
def portal(data: Path) -> Iterator[Portal]:
    """A portal that is not started yet, on a port of its own, without demo data."""
    made = Portal(data)
    yield made
    if made.child is not None and made.child.poll() is None:
        made.child.kill()
        made.child.wait()
