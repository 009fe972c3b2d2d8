"""`/healthz` says that the process answers; `/readyz` names what a working portal lacks."""

from __future__ import annotations

import pytest
from django.test import Client

from core import health


@pytest.mark.django_db
def test_ready_portal_says_so(client: Client):
    health.beat()

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json()["missing"] == []
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_missing_worker_is_named(client: Client):
    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["missing"] == ["worker"]


@pytest.mark.django_db
def test_worker_that_stopped_on_purpose_is_named_at_once(client: Client):
    health.beat()
    health.rest()

    answer = client.get("/readyz")

    assert answer.json()["missing"] == ["worker"]


@pytest.mark.django_db
def test_missing_broker_is_named(client: Client, settings):
    health.beat()
    settings.BROKER_URL = "redis://127.0.0.1:1/0"

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["missing"] == ["broker"]


@pytest.mark.django_db
def test_missing_migration_is_named(client: Client):
    from django.db.migrations.recorder import MigrationRecorder

    health.beat()
    MigrationRecorder.Migration.objects.filter(app="core").delete()

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["missing"] == ["migrations"]


def test_process_answers_without_database_whatever_the_host(client: Client):
    answer = client.get("/healthz", headers={"host": "10.0.0.7:8000"})

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}


def test_health_pages_are_read_only(client: Client):
    answer = client.post("/healthz")

    assert answer.status_code == 405
