"""Every line of the log says which request and task it belongs to, and none holds personal data."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.utils import timezone

from config.celery import app
from core import delivery
from core.logs import Json, Lines, Refused, Trace
from core.models import OutboxMessage
from core.tracing import request_named, tracing
from tests.petitions.pages import filing

PERSONAL = ("13912345678", "林阿姨", "楼道灯", "看不清")


class Kept(logging.Handler):
    """The lines as they would be written."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.addFilter(Trace())
        self.addFilter(Refused())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines += [Json().format(record), Lines().format(record)]

    @property
    def told(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.lines[::2]]


@pytest.fixture
def log() -> Iterator[Kept]:
    kept, root = Kept(), logging.getLogger()
    before = root.level
    root.addHandler(kept)
    root.setLevel(logging.INFO)
    yield kept
    root.removeHandler(kept)
    root.setLevel(before)


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        "short",
        "a" * 65,
        "has space",
        "line\nbreak",
        "汉字汉字汉字",
        "../../etc/passwd",
        "-leading-",
    ],
)
def test_id_that_is_not_well_formed_is_replaced(given):
    assert request_named(given) != given
    assert len(request_named(given)) == 32


def test_answer_names_the_request_that_the_proxy_named(client: Client, db):
    answer = client.get("/healthz/none/", headers={"X-Request-ID": "proxy-0123456789"})

    assert answer["X-Request-ID"] == "proxy-0123456789"


def test_each_request_without_an_id_gets_one_of_its_own(client: Client, db):
    ids = {client.get("/no/such/page/")["X-Request-ID"] for _ in range(3)}

    assert len(ids) == 3


def test_lines_of_a_filing_hold_no_personal_data(client: Client, diecui, log: Kept):
    client.get("/diecui/file/")
    answer = client.post(
        "/diecui/file/", filing(diecui, decision="new"), headers={"X-Request-ID": "filing-12345678"}
    )
    client.get(answer["Location"])
    client.get("/diecui/wall/", {"q": "林阿姨 13912345678"})
    client.get("/track/", {"number": "20261122-0001"})
    client.get(f"{answer['Location']}no/such/page/")
    logging.getLogger("django.request").warning("x")

    everything = "\n".join(log.lines)
    assert answer.status_code == 302
    assert not [word for word in PERSONAL if word in everything]
    assert answer["Location"] not in everything
    assert {"filing-12345678"} == {
        str(told.get("request_id"))
        for told in log.told
        if told.get("route") == "petitions:file" and told["status"] == 302
    }


def test_request_for_another_host_is_one_warning_without_a_trace(client: Client, db, log: Kept):
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400

    (told,) = [told for told in log.told if str(told["logger"]).startswith("django.security")]
    assert (told["level"], told["message"]) == ("WARNING", "refused as suspicious: DisallowedHost")
    assert "failure" not in told


def test_failure_is_told_without_the_values_that_the_database_repeats(log: Kept, db):
    try:
        raise IntegrityError("duplicate key\nDETAIL:  Key (phone)=(13912345678) already exists.")
    except IntegrityError as error:
        logging.getLogger("portal").exception("refused: %s", error)

    assert "13912345678" not in "\n".join(log.lines)
    assert log.told[-1]["message"] == "refused: duplicate key"
    assert log.told[-1]["failure"][-1] == "django.db.utils.IntegrityError"


def test_message_carries_its_request_to_the_gateway(client: Client, diecui, log: Kept):
    client.get("/diecui/file/")
    client.post("/diecui/file/", filing(diecui, decision="new"), headers={"X-Request-ID": "filing-12345678"})

    assert set(OutboxMessage.objects.values_list("request_id", flat=True)) == {"filing-12345678"}

    noon = timezone.localtime().replace(hour=12) + timedelta(days=1)
    with tracing(task="task-1"):
        delivery.deliver_due(clock=lambda: noon)
    told = [one for one in log.told if one["message"] == "message"]
    assert {(one["request_id"], one["task_id"]) for one in told} == {("filing-12345678", "task-1")}


def test_task_carries_its_request(log: Kept):
    sent: dict[str, object] = {}
    from celery.signals import before_task_publish

    def seen(headers: dict[str, object], **_: object) -> None:
        sent.update(headers)

    before_task_publish.connect(seen)
    with tracing(request="asked-12345678"):
        app.send_task("config.heartbeat")
    before_task_publish.disconnect(seen)

    assert sent["request_id"] == "asked-12345678"


def test_column_of_the_request_may_be_left_out_by_the_version_before(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_outboxmessage (channel, kind, dedupe_key, phone, robot_url, title, body, url, urgent, secret,"
            " state, attempts, created_at, next_attempt_at, last_error)"
            " VALUES ('sms', 'x', 'x', '', '', '', '', '', false, false, 'queued', 0, now(), now(), '') RETURNING request_id"
        )
        assert cursor.fetchone() == ("",)
