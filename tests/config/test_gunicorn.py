"""Workers are renewed after some thousand requests; what they counted stays, and takes no more room."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator

import pytest

from config.local.folder import CHECKOUT
from config.local.processes import wait_for
from tests.config.conftest import free_port

RENEWED_AFTER = 5
ASKED = 40


@pytest.fixture
def address() -> Iterator[str]:
    """A server with the portal's configuration whose workers are renewed after every fifth request."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-c", "python:config.gunicorn"]
    command += [
        "--max-requests",
        str(RENEWED_AFTER),
        "--max-requests-jitter",
        "0",
        "tests.config.counting:answer",
    ]
    environment = {**os.environ, "HOST": "127.0.0.1", "PORT": str(port), "WEB_CONCURRENCY": "2"}
    process = subprocess.Popen(command, cwd=CHECKOUT, env=environment, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}/"
    try:
        assert wait_for(lambda: said_by(address) is not None, 30)
        yield address
    finally:
        process.terminate()
        process.wait(20)


def said_by(address: str) -> dict[str, int] | None:
    """What the worker that answered sees; None while it is being renewed."""
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            said: dict[str, int] = json.load(answer)
            return said
    except OSError:
        return None


def test_renewed_workers_leave_no_files_and_lose_no_counts(address: str):
    first = said_by(address)
    assert first is not None

    said = [said_by(address) for _ in range(ASKED)]

    answered = [one for one in said if one is not None]
    workers = {one["worker"] for one in answered}
    assert len(workers) > 3
    assert answered[-1]["counted"] == first["counted"] + len(answered)
    assert answered[-1]["files"] <= 2
