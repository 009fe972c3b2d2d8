"""`make run` and `make init`: servers, preparation, then web, worker and beat under one supervisor."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

from config.local.attach import ANYWHERE, environment
from config.local.errors import LocalError
from config.local.folder import CHECKOUT, DataFolder
from config.local.processes import marked, stop_all
from config.local.services import Services
from config.local.supervisor import Program, Supervisor

MARK = "PORTAL_CHILD_OF"
READY_SECONDS = 180.0
CELERY = ["-m", "celery", "-A", "config"]
QUIET_WORKER = ["--without-gossip", "--without-mingle", "--without-heartbeat"]


def run() -> int:
    """The portal with demo data, or with the community that `make init` made."""
    folder = DataFolder()
    wanted = folder.is_demo() and not os.environ.get("PORTAL_NO_DEMO")
    return _portal(folder, "demo" if wanted else "")


def init() -> int:
    """The portal with a community of one's own: asked for, or taken from the environment."""
    folder = DataFolder()
    if folder.is_demo() and (folder.postgres / "PG_VERSION").exists() and not os.environ.get("DATABASE_URL"):
        raise LocalError(f"{folder.path} holds demo data. Remove it first with: make clean")
    folder.set_own()
    return _portal(folder, "own")


def _portal(folder: DataFolder, fill: str) -> int:
    host, port = os.environ.get("HOST") or "127.0.0.1", _port()
    address = f"http://{'127.0.0.1' if host in ANYWHERE else host}:{port}/"
    folder.hold(f"a portal at {address}")
    supervisor = Supervisor(_say)
    supervisor.listen()
    try:
        _end_leftovers(folder)
        _check_free(host, port)
        services = Services(folder)
        env = environment(folder, services)
        env |= {"HOST": host, "PORT": str(port), "PORTAL_FILL": fill, MARK: str(folder.path)}
        started = _start(supervisor, folder, services, env)
        if started and _await(supervisor, address):
            _greet(folder, address)
            supervisor.watch()
    finally:
        supervisor.stop()
        folder.release()
    return 0


def _start(supervisor: Supervisor, folder: DataFolder, services: Services, env: dict[str, str]) -> bool:
    """Start everything in order; whether nobody asked to stop meanwhile."""
    for server in services.servers:
        how = supervisor.start(server)
        _say(f"{server.name} {how}")
    services.create_database()
    if supervisor.stopping.is_set() or not _prepare(supervisor, env):
        return False
    for name, command in _programs(folder):
        supervisor.start(Program(name, [sys.executable, *command], folder.logs / f"{name}.log", env))
    return True


def _programs(folder: DataFolder) -> list[tuple[str, list[str]]]:
    beat = ["beat", "--pidfile=", "-s", str(folder.path / "beat"), "-l", "WARNING"]
    return [
        ("worker", [*CELERY, "worker", "-c", "2", "-l", "INFO", *QUIET_WORKER]),
        ("web", ["-m", "gunicorn", "-c", "python:config.gunicorn", "config.wsgi"]),
        ("beat", [*CELERY, *beat]),
    ]


def _prepare(supervisor: Supervisor, env: dict[str, str]) -> bool:
    """Run the preparation; whether to go on. It is asked to stop when we are."""
    command = [sys.executable, "-m", "config.local", "prepare"]
    with subprocess.Popen(command, cwd=CHECKOUT, env=env) as child:
        while child.poll() is None:
            if supervisor.stopping.wait(0.05):
                child.terminate()
                child.wait()
                return False
    if child.returncode != 0:
        raise LocalError("The portal could not be prepared; the reason stands above.")
    return True


def _await(supervisor: Supervisor, address: str) -> bool:
    """Wait until the portal says that it is ready; whether nobody asked to stop meanwhile."""
    end, missing = time.monotonic() + READY_SECONDS, ["web"]
    while time.monotonic() < end:
        if supervisor.stopping.wait(0.1):
            return False
        supervisor.look(tell=False)
        missing = _missing(address)
        if not missing:
            return True
    raise LocalError(
        f"Not ready after {READY_SECONDS:g} s, missing: {', '.join(missing)}.\n{supervisor.last_words()}"
    )


def _missing(address: str) -> list[str]:
    try:
        with urllib.request.urlopen(f"{address}readyz", timeout=5) as answer:
            return list(json.load(answer)["missing"])
    except urllib.error.HTTPError as error:
        return list(json.load(error)["missing"]) if error.code == 503 else [f"web ({error.code})"]
    except OSError:
        return ["web"]


def _greet(folder: DataFolder, address: str) -> None:
    _say(f"\nReady: {address}   (logs in {folder.logs}, Ctrl-C stops everything)")
    if folder.sign_ins.exists() and folder.is_demo():
        _say(f"\n{folder.sign_ins.read_text().rstrip()}\n")
    if path := os.environ.get("PORTAL_READY_FILE"):
        with open(path, "w") as ready:
            ready.write(address)


def _port() -> int:
    word = os.environ.get("PORT") or "8000"
    if not word.isdigit() or not 0 < int(word) < 65536:
        raise LocalError(f"PORT={word!r} is not a port number.")
    return int(word)


def _check_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), port))
        except OSError as error:
            what = f"Port {port} on {host} cannot be used ({error.strerror})."
            raise LocalError(f"{what} Choose another: PORT={port + 1} make run") from error


def _end_leftovers(folder: DataFolder) -> None:
    """End the programs of a supervisor that was killed; its servers are adopted or stopped by themselves."""
    leftovers = marked(MARK, str(folder.path))
    if leftovers:
        _say(f"Ending {len(leftovers)} processes left by an earlier run …")
        stop_all(leftovers, (signal.SIGTERM, 10.0))


def _say(text: str) -> None:
    print(text, flush=True)
