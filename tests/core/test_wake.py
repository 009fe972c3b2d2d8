"""Waking the worker: soon, seldom, and never at the cost of a request."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import redis
from django.db import transaction

from config.local.folder import CHECKOUT
from core import outbox, wake

ASK = """
import time, django
django.setup()
from core import wake
began = time.monotonic()
for _ in range(50):
    wake.deliver(at_once=True)
print(time.monotonic() - began)
time.sleep(1)
"""


@pytest.fixture
def queue(settings: Any) -> Iterator[redis.Redis]:
    """The broker's own queue."""
    time.sleep(2 * wake.GATHER_SECONDS)  # what earlier tests asked for is through
    broker = redis.Redis.from_url(settings.REDIS_URL)
    broker.delete("celery")
    yield broker
    broker.delete("celery")


def length(queue: redis.Redis, at_least: int) -> int:
    """The length of the queue, as soon as it is long enough, or after two gatherings."""
    until = time.monotonic() + 3 * wake.GATHER_SECONDS
    while queue.llen("celery") < at_least and time.monotonic() < until:
        time.sleep(0.02)
    return int(queue.llen("celery"))


def send(at: datetime, key: str = "k", **fields: Any) -> None:
    outbox.send([outbox.Message("test", key, "标题", "正文", at, phone="13800000001", **fields)])


@pytest.mark.django_db(transaction=True)
def test_worker_is_woken_on_commit_and_not_before(queue: redis.Redis, at: datetime):
    with transaction.atomic():
        send(at, urgent=True)
        time.sleep(0.3)
        assert queue.llen("celery") == 0

    assert length(queue, 1) == 1


@pytest.mark.django_db(transaction=True)
def test_worker_is_not_woken_for_what_was_rolled_back(queue: redis.Redis, at: datetime):
    with transaction.atomic():
        send(at, urgent=True)
        transaction.set_rollback(True)

    time.sleep(0.3)
    assert queue.llen("celery") == 0


def test_many_changes_wake_once(queue: redis.Redis):
    for _ in range(50):
        wake.deliver()

    assert length(queue, 2) == 1


def test_urgent_change_does_not_wait_for_others(queue: redis.Redis):
    started = time.monotonic()
    wake.deliver()

    wake.deliver(at_once=True)

    assert length(queue, 1) == 1
    assert time.monotonic() - started < wake.GATHER_SECONDS


@pytest.mark.parametrize("broker", ["away", "silent"])
def test_broker_that_does_not_answer_costs_no_request_anything(broker: str):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = 9 if broker == "away" else silent.getsockname()[1]
        environment = {**os.environ, "REDIS_URL": f"redis://127.0.0.1:{port}/0"}
        environment |= {"DJANGO_SETTINGS_MODULE": "config.settings"}

        done = subprocess.run(
            [sys.executable, "-c", ASK],
            cwd=CHECKOUT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )

    assert float(done.stdout.split()[0]) < 0.2


def test_forked_process_begins_its_own_thread(queue: redis.Redis):
    wake.deliver()
    length(queue, 1)
    queue.delete("celery")

    child = os.fork()
    if child == 0:
        wake.deliver(at_once=True)
        time.sleep(2)
        os._exit(0)
    os.waitpid(child, 0)

    assert length(queue, 1) == 1
