"""A pytest plugin, loaded before Django's settings: private servers unless the environment names others.

One keeper process holds the servers of a whole run, also of a parallel one: the workers of pytest-xdist
inherit the environment. The keeper ends them when this process ends, however it ends.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
_keeper: subprocess.Popen[str] | None = None


def _start() -> None:
    global _keeper  # noqa: PLW0603 - one keeper a process
    _keeper = subprocess.Popen(
        [sys.executable, "-m", "config.local", "guard"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert _keeper.stdout is not None
    line = _keeper.stdout.readline()
    if not line:
        raise pytest.UsageError("The private test servers did not start; see the lines above.")
    os.environ.update(json.loads(line))


os.environ.setdefault("SECRET_KEY", "test-only-" + "x" * 50)
os.environ.setdefault("ALLOWED_HOSTS", "testserver,localhost,127.0.0.1,[::1]")
os.environ.setdefault("INSECURE_HTTP", "1")
os.environ.setdefault("STATIC_FROM_SOURCE", "1")
if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
    _start()
if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    from config.environment import redis_database

    os.environ["REDIS_URL"] = redis_database(os.environ["REDIS_URL"], 2 + 2 * int(worker.removeprefix("gw")))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Let the keeper go, and wait until it has cleared away."""
    if _keeper is not None and _keeper.stdin is not None and not _keeper.stdin.closed:
        _keeper.stdin.close()
        _keeper.wait(timeout=60)
