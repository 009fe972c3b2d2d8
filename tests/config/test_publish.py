"""With the broker away, asking for work in the background does not hold up a request."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from config.local.folder import CHECKOUT

PUBLISH = """
import time
import django
django.setup()
from config.celery import heartbeat
began = time.monotonic()
try:
    heartbeat.delay()
except Exception as error:
    print(type(error).__name__, round(time.monotonic() - began, 1))
"""


@pytest.mark.parametrize("address", ["redis://127.0.0.1:1/0", "unix:///nowhere/valkey?db=0"])
def test_publishing_without_a_broker_gives_up_at_once(address: str):
    environment = {**os.environ, "REDIS_URL": address, "DJANGO_SETTINGS_MODULE": "config.settings"}

    done = subprocess.run(
        [sys.executable, "-c", PUBLISH],
        check=False,
        cwd=CHECKOUT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )

    name, seconds = done.stdout.split()
    assert name == "OperationalError", done.stderr
    assert float(seconds) < 3
