"""A pytest plugin, loaded before Django's settings: private servers unless the environment names others."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from config.local import servers

os.environ.setdefault("SECRET_KEY", "test-only-" + "x" * 50)
_postgres: Path | None = None
_valkey = None

if "DATABASE_URL" not in os.environ:
    _postgres = Path(tempfile.mkdtemp(prefix="portal-test-"))
    os.environ["DATABASE_URL"] = servers.start_postgres(_postgres, fast=True)
if "REDIS_URL" not in os.environ:
    _valkey, _socket = servers.start_valkey(Path(tempfile.mkdtemp(prefix="portal-test-vk-")))
    os.environ["REDIS_URL"] = f"unix://{_socket}"


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what this run started."""
    if _postgres is not None:
        servers.stop_postgres(_postgres)
    if _valkey is not None:
        _valkey.terminate()
