"""Under load, web, worker, beat, queue and database are killed one after the other: nothing lost, nothing doubled.

Bounded: a portal of its own, some ninety seconds. The supervisor brings up what died; people press the button again.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
from celery import Celery

from config.environment import celery_address
from config.local.folder import CHECKOUT, DataFolder
from config.local.processes import wait_for
from config.local.services import Services
from core.actions.message import LEASE
from tests.config.conftest import Portal, data_folder, kill
from tests.config.test_run import MASTERS
from tests.core.receiver import Receiver
from tests.drill.load import Load

UNDER_LOAD = 2.0
DELIVERED = 2 * LEASE.total_seconds() + 120
"""Seconds: a killed sender's messages wait for the end of its lease, and then for the sweep of the next minute."""
REMINDED = 20
UNSENT = """
    SELECT state, attempts, next_attempt_at - now() AS due, last_error, count(*) FROM core_outboxmessage
    WHERE channel = 'sms' AND state <> 'sent' GROUP BY 1, 2, 3, 4
"""


@pytest.fixture
def gateway() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def portal(gateway: Receiver) -> Iterator[Portal]:
    """A portal that sends its texts to the small gateway, at any hour, and refuses nobody for filing much."""
    with data_folder() as path:
        made = Portal(
            path,
            SMS_GATEWAY_URL=gateway.url,
            SMS_BACKEND="core.gateways.HttpSmsGateway",
            QUIET_HOURS="03:00-03:00",
            FILINGS_PER_ADDRESS_PER_HOUR="100000",
        )
        made.start()
        assert made.ready(), made.said()
        yield made
        made.stop()


def services(portal: Portal) -> Services:
    return Services(DataFolder(portal.data), given={})


def seed(portal: Portal) -> dict[str, str]:
    own = {"SECRET_KEY": DataFolder(portal.data).secret_key(), **services(portal).environment}
    own |= {"ALLOWED_HOSTS": "127.0.0.1", "INSECURE_HTTP": "1", "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.drill.seed"],
        cwd=CHECKOUT,
        env={**portal.environment, **own},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seeded: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return seeded


def asked(database: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with psycopg2.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    connection.close()
    return rows


def test_whatever_is_killed_nothing_is_lost_and_nothing_doubled(portal: Portal, gateway: Receiver):
    seeded, given = seed(portal), services(portal).environment
    database, queue = given["DATABASE_URL"], Celery(broker=celery_address(given["REDIS_URL"]))
    load = Load(portal.port, database, seeded)
    load.start()

    for name in MASTERS:
        time.sleep(UNDER_LOAD)
        before = portal.one(MASTERS[name])
        if name != "valkey":
            queue.send_task("petitions.tasks.sweep")
        kill(before)
        assert wait_for(
            lambda before=before, name=name: portal.one(MASTERS[name]) not in {None, before}, 60
        ), portal.said()
        assert wait_for(portal.answers, 60), portal.said()
    time.sleep(UNDER_LOAD)
    load.stop()
    for _ in range(2):
        queue.send_task("petitions.tasks.sweep")
        queue.send_task("core.tasks.deliver_due")
    assert wait_for(lambda: not asked(database, UNSENT), DELIVERED), (
        f"{asked(database, UNSENT)}\n{portal.said()}"
    )

    _every_accepted_form_is_one_matter(load, database)
    _every_entry_landed_once_with_its_photo(load, database)
    _every_claim_stands_once(load, database)
    _every_reminder_was_told_once(database)
    _every_text_reached_the_gateway_under_one_key(gateway, database)


def _every_accepted_form_is_one_matter(load: Load, database: str) -> None:
    keys = Counter(str(row[0]) for row in asked(database, "SELECT filing_key::text FROM petitions_petition"))
    notices = Counter(
        row[0]
        for row in asked(database, "SELECT phone FROM core_outboxmessage WHERE kind = 'petition.received'")
    )
    assert len(load.filed) > 10
    assert {keys[key] for key in load.filed} == {1}
    assert {notices[phone] for phone in load.filed.values()} == {1}


def _every_entry_landed_once_with_its_photo(load: Load, database: str) -> None:
    photos = Counter(
        str(row[0])
        for row in asked(
            database,
            "SELECT p.filing_key::text FROM petitions_petition p"
            " JOIN petitions_petitionphoto h ON h.petition_id = p.id",
        )
    )
    landed = Counter(str(row[0]) for row in asked(database, "SELECT id::text FROM grids_fieldentry"))
    assert len(load.brought) > 5
    assert {landed[entry] for entry in load.brought} == {1}
    assert {photos[entry] for entry in load.brought} == {1}


def _every_claim_stands_once(load: Load, database: str) -> None:
    claims = Counter(
        row[0]
        for row in asked(
            database,
            "SELECT p.number FROM petitions_petitionevent e JOIN petitions_petition p ON p.id = e.petition_id"
            " WHERE e.event = 'claimed'",
        )
    )
    assert load.claimed
    assert {claims[number] for number in load.claimed} == {1}


def _every_reminder_was_told_once(database: str) -> None:
    """Each matter that was due when it was seeded: one word to each person it concerns."""
    told = Counter(
        tuple(row)
        for row in asked(
            database,
            "SELECT split_part(dedupe_key, '.', 3), user_id FROM core_inboxitem WHERE kind = 'petition.due'",
        )
    )
    limits = "SELECT count(DISTINCT subject_id) FROM core_reminderclaim WHERE kind <> 'petition.neglect'"
    reminded = asked(database, limits)
    assert reminded == [(REMINDED,)]
    assert len({petition for petition, _user in told}) == REMINDED
    assert set(told.values()) == {1}


def _every_text_reached_the_gateway_under_one_key(gateway: Receiver, database: str) -> None:
    """A parcel may come twice when its sender was killed; its key and its text are then the same."""
    texts: dict[str, set[str]] = {}
    for letter in gateway.letters:
        texts.setdefault(letter["headers"]["Idempotency-Key"], set()).add(letter["body"]["text"])
    parcels = asked(
        database,
        "SELECT count(*) FROM core_outboxmessage WHERE channel = 'sms' AND state = 'sent' AND sent_with_id IS NULL",
    )
    assert {len(said) for said in texts.values()} == {1}
    assert len(texts) == parcels[0][0]
