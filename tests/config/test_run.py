"""`make run`: everything comes up, survives a kill -9 of anything, and stops without a trace."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
import redis
from celery import Celery

from config.environment import celery_address, redis_database
from config.local.folder import DataFolder
from config.local.processes import stop_all, wait_for
from config.local.services import Services
from core.health import HEARTBEAT
from tests.config.conftest import Portal, data_folder, kill
from tests.database import DATABASE, address

MASTERS = {
    "web": "gunicorn",
    "worker": "config worker",
    "beat": "config beat",
    "postgres": "bin/postgres",
    "valkey": "valkey-server",
}


@pytest.fixture(scope="module")
def running() -> Iterator[Portal]:
    """One portal for all the tests that leave it running."""
    with data_folder() as path:
        portal = Portal(path)
        portal.start()
        assert portal.ready(), portal.said()
        yield portal
        portal.stop()


def leave_a_mark(portal: Portal) -> None:
    with database(portal) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept AS SELECT generate_series(1, 300) AS n")


def marks(portal: Portal) -> int:
    with database(portal) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kept")
        row = cursor.fetchone()
        assert row
        return int(row[0])


def database(portal: Portal):
    return psycopg2.connect(portal_services(portal).environment["DATABASE_URL"])


def portal_services(portal: Portal) -> Services:
    return Services(DataFolder(portal.data), given={})


def does_its_work(portal: Portal) -> bool:
    """Whether a task that is queued now is carried out."""
    address = portal_services(portal).environment["REDIS_URL"]
    cache = redis.Redis.from_url(redis_database(address, 1))
    cache.delete(f":1:{HEARTBEAT}")
    Celery(broker=celery_address(address)).send_task("config.heartbeat")
    return wait_for(lambda: bool(cache.exists(f":1:{HEARTBEAT}")), 120)


@pytest.mark.parametrize("name", MASTERS)
def test_killed_process_is_started_again(running: Portal, name: str):
    before = running.one(MASTERS[name])
    assert before

    kill(before)

    assert wait_for(lambda: f"{name} died" in running.said(), 60)
    assert wait_for(lambda: running.one(MASTERS[name]) not in {None, before}, 120), running.said()
    assert wait_for(running.answers, 120), running.said()
    assert does_its_work(running), running.said()


def test_second_start_at_once_is_told_who_runs(running: Portal):
    second = Portal(running.data)

    code = second.start().wait(120)

    assert code == 1
    assert f"in use by a portal at {running.address}/ (process {running.child.pid})" in second.said()
    assert wait_for(running.answers, 120)


def test_portal_listens_on_loopback_only(running: Portal):
    elsewhere = socket.gethostbyname(socket.gethostname())
    if elsewhere.startswith("127."):
        elsewhere = "127.0.0.2"

    with socket.socket() as probe:
        refused = probe.connect_ex((elsewhere, running.port))

    assert refused


def test_interrupt_stops_everything_and_the_next_start_is_quick(portal: Portal):
    portal.start()
    assert portal.ready(), portal.said()
    leave_a_mark(portal)

    code = portal.stop(signal.SIGINT)

    assert code == 0
    assert portal.programs() == portal.servers() == []
    assert min(seconds_to_ready(portal) for _ in range(2)) < 15
    assert marks(portal) == 300
    assert portal.stop(signal.SIGTERM) == 0


def seconds_to_ready(portal: Portal) -> float:
    """How long a start took, after a stop if it runs; other work on the machine may slow one of several."""
    if portal.child is not None and portal.child.poll() is None:
        portal.stop()
    began = time.monotonic()
    portal.start()
    assert portal.ready(), portal.said()
    return time.monotonic() - began


def test_killed_supervisor_is_cleared_up_by_the_next_start(portal: Portal):
    child = portal.start()
    assert portal.ready(), portal.said()
    leave_a_mark(portal)
    left, servers = portal.programs(), portal.servers()
    child.kill()
    child.wait()

    portal.start()

    assert portal.ready(), portal.said()
    assert wait_for(lambda: not any(process.alive() for process in left), 20)
    assert "postgres adopted" in portal.said()
    assert any(process.alive() for process in servers)
    assert marks(portal) == 300
    portal.stop()
    assert portal.programs() == portal.servers() == []


def test_everything_killed_at_once_comes_up_again(portal: Portal):
    child = portal.start()
    assert portal.ready(), portal.said()
    leave_a_mark(portal)
    child.kill()
    stop_all(portal.programs() + portal.servers())
    child.wait()

    portal.start()

    assert portal.ready(), portal.said()
    assert marks(portal) == 300
    portal.stop()


@pytest.mark.db_server
def test_servers_that_the_environment_names_are_used_and_left_alone(transactional_db: None, data: Path):
    url, queue = address(DATABASE), os.environ["REDIS_URL"]
    portal = Portal(data, DATABASE_URL=url, REDIS_URL=queue)

    portal.start()

    assert portal.ready(), portal.said()
    assert portal.servers() == []
    assert portal.stop() == 0
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    connection.close()
    assert redis.Redis.from_url(queue).ping()


def test_interrupt_during_the_start_leaves_nothing(portal: Portal):
    portal.start()
    wait_for(lambda: "postgres started" in portal.said(), 120)

    code = portal.stop(signal.SIGINT)

    assert code == 0
    assert portal.programs() == portal.servers() == []


def test_busy_port_is_said_before_anything_starts(portal: Portal):
    with socket.socket() as other:
        other.bind(("127.0.0.1", portal.port))
        other.listen()

        code = portal.start().wait(120)

    assert code == 1
    assert f"Port {portal.port} on 127.0.0.1 cannot be used" in portal.said()
    assert f"PORT={portal.port + 1} make run" in portal.said()
    assert portal.servers() == []
