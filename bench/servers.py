"""Private servers for the measurement, in a folder of their own: never the database of a portal in use."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from socket import socket

from config.local.folder import CHECKOUT, DataFolder
from config.local.postgres import Postgres
from config.local.processes import wait_for
from config.local.services import Services

PYTHON = sys.executable


class Bench:
    """PostgreSQL and Valkey over `.data/bench`, and the programs that are measured on them."""

    def __init__(self, path: Path) -> None:
        self.folder = DataFolder(path)
        self.services = Services(self.folder, fast=True, given={})
        self.postgres = next(server for server in self.services.servers if isinstance(server, Postgres))

    def environment(self, database: str) -> dict[str, str]:
        """What the portal reads. Limits on floods are out of the way, files come from `collectstatic`."""
        return {
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "SECRET_KEY": self.folder.secret_key(),
            "ALLOWED_HOSTS": "127.0.0.1",
            "INSECURE_HTTP": "1",
            "DATABASE_URL": self.postgres.url(database),
            "REDIS_URL": self.services.environment["REDIS_URL"],
            "MEDIA_ROOT": str(self.folder.media),
            "STATIC_ROOT": str(self.folder.path / "static"),
            "LOG_LEVEL": "WARNING",
            "FILINGS_PER_PHONE_PER_DAY": "1000000",
            "FILINGS_PER_ADDRESS_PER_HOUR": "1000000",
            "API_READS_PER_MINUTE": "1000000",
            "API_WRITES_PER_MINUTE": "1000000",
        }

    @contextmanager
    def running(self) -> Iterator[None]:
        """The servers, held for this process and stopped at the end."""
        self.folder.hold("make bench")
        try:
            self.services.start()
            yield
        finally:
            self.services.stop()
            self.folder.release()

    @contextmanager
    def web(self, application: str, environment: Mapping[str, str]) -> Iterator[int]:
        """gunicorn with two workers as in production, on a free port of the loopback device: the port."""
        port = _free_port()
        command = ["-m", "gunicorn", "-c", "python:config.gunicorn", "--max-requests", "0", application]
        log = self.folder.logs / f"{application.partition('.')[0]}.log"
        with log.open("wb") as sink:
            program = subprocess.Popen(
                [PYTHON, *command],
                cwd=CHECKOUT,
                env={**_clean(), **environment, "PORT": str(port), "WEB_CONCURRENCY": "2"},
                stdout=sink,
                stderr=sink,
            )
        try:
            if not wait_for(lambda: program.poll() is not None or _listens(port), 30) or not _listens(port):
                raise SystemExit(f"{application} does not start:\n{log.read_text()[-3000:]}")
            yield port
        finally:
            program.terminate()
            program.wait()

    def run(self, arguments: list[str], environment: Mapping[str, str]) -> str:
        """A program of ours in a process of its own; what it printed."""
        done = subprocess.run(
            [PYTHON, *arguments],
            cwd=CHECKOUT,
            env={**_clean(), **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(arguments)} failed:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
        return done.stdout


def _clean() -> dict[str, str]:
    """The environment without what another database or server of the caller would bring in."""
    foreign = {"DATABASE_URL", "REDIS_URL", "CACHE_URL", "CELERY_BROKER_URL", "DEBUG", "DEMO", "PORT", "HOST"}
    return {name: value for name, value in os.environ.items() if name not in foreign}


def _free_port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
