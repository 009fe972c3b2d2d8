"""/metrics is closed unless a token or a setting opens it, and says what an operator must know."""

from __future__ import annotations

import re

import pytest
from django.db import DatabaseError, connection
from django.test import Client

from core import metrics
from petitions.actions.figures import figures_refresh
from tests.cast import NOW
from tests.petitions.loop import file

pytestmark = pytest.mark.django_db
TOKEN = {"Authorization": "Bearer open-sesame"}


@pytest.fixture
def opened(settings) -> None:
    settings.METRICS_TOKEN = "open-sesame"


@pytest.fixture(autouse=True)
def no_tasks_counted() -> None:
    metrics._queue().delete(metrics.TASKS)


def value(client: Client, name: str) -> float | None:
    page = client.get("/metrics", headers=TOKEN).content.decode()
    found = re.search(rf"^{re.escape(name)} (\S+)$", page, re.MULTILINE)
    return float(found[1]) if found else None


def test_page_is_closed_by_default(client: Client):
    assert client.get("/metrics").status_code == 404


@pytest.mark.parametrize("shown", ["", "Bearer ", "Bearer wrong", "open-sesam", "Basic open-sesame"])
def test_wrong_token_is_not_found(client: Client, opened, shown: str):
    assert client.get("/metrics", headers={"Authorization": shown}).status_code == 404


def test_empty_token_opens_nothing(client: Client, settings):
    settings.METRICS_TOKEN = ""

    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("10.0.0.7", {}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.5"}, 404),
        ("127.0.0.1", {"Forwarded": "for=203.0.113.5"}, 404),
    ],
)
def test_loopback_opens_it_only_where_the_setting_says_so(client: Client, settings, address, headers, status):
    settings.METRICS_ON_LOOPBACK = True

    assert client.get("/metrics", headers=headers, REMOTE_ADDR=address).status_code == status


def test_requests_are_counted_by_route_and_never_by_address(client: Client, opened):
    series = 'portal_requests_total{method="GET",route="petitions:echo_wall",status="404"}'
    before = value(client, series) or 0
    client.get("/nowhere/wall/")

    page = client.get("/metrics", headers=TOKEN).content.decode()
    assert value(client, series) == before + 1
    assert "/nowhere/" not in page


def test_outbox_depth_and_age_are_shown(client: Client, opened, diecui):
    file(diecui)

    assert (value(client, "portal_outbox_waiting") or 0) > 0
    assert (value(client, "portal_outbox_oldest_seconds") or 0) > 0


def test_tasks_show_outcome_duration_and_last_success(client: Client, opened):
    metrics.task_done(name="petitions.tasks.sweep", outcome="done", seconds=1.5)
    metrics.task_done(name="petitions.tasks.sweep", outcome="failure", seconds=2.5)

    assert value(client, 'portal_tasks_total{outcome="failure",task="petitions.tasks.sweep"}') == 1
    assert value(client, 'portal_task_seconds{task="petitions.tasks.sweep"}') == 2.5
    assert (value(client, 'portal_task_success_timestamp{task="petitions.tasks.sweep"}') or 0) > 1.7e9


def test_overdue_comes_from_the_kept_figures(client: Client, opened, diecui):
    file(diecui)
    figures_refresh(at=NOW)

    assert value(client, "portal_petitions_received") == 1
    assert value(client, "portal_petitions_overdue") == 0


def test_database_errors_are_counted_by_kind(client: Client, opened, transactional_db):
    series = 'portal_database_errors_total{kind="ProgrammingError"}'
    before = value(client, series) or 0

    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("SELECT no_such_column")

    assert value(client, series) == before + 1


def test_page_still_answers_when_the_queue_is_away(client: Client, opened, settings):
    settings.BROKER_URL = "redis://127.0.0.1:1/0"
    metrics._queue.cache_clear()

    answer = client.get("/metrics", headers=TOKEN)

    metrics._queue.cache_clear()
    assert answer.status_code == 200
    assert b"portal_outbox_waiting" in answer.content
    assert b"portal_tasks" not in answer.content


def test_page_costs_a_fixed_number_of_statements(
    client: Client, opened, diecui, django_assert_max_num_queries
):
    for _ in range(3):
        file(diecui)

    with django_assert_max_num_queries(2):
        client.get("/metrics", headers=TOKEN)
