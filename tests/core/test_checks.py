"""Misconfiguration is told at the start."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings as configured
from django.core.checks import run_checks

from core.checks import check_messages


def ids() -> set[str | None]:
    return {found.id for found in check_messages()}


def test_settings_of_the_project_pass():
    assert ids() == set()


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("SMS_BACKEND", "nowhere.Gateway", "core.E001"),
        ("ROBOT_BACKEND", "core.gateways.Missing", "core.E001"),
        ("SMS_BACKEND", "core.gateways.DemoGateway", "core.E002"),
        ("SMS_GATEWAY_TEMPLATE", "{phone}", "core.E003"),
        ("QUIET_HOURS", "22-7", "core.E004"),
        ("QUIET_HOURS", "always", "core.E004"),
        ("QUIET_HOURS", "22:00", "core.E004"),
    ],
)
def test_each_mistake_has_its_name_and_a_hint(settings: Any, name: str, value: str, found: str):
    setattr(settings, name, value)

    [message] = check_messages()

    assert message.id == found
    assert message.hint


def test_demo_may_use_the_demo_gateway(settings: Any):
    settings.DEMO, settings.SMS_BACKEND = True, "core.gateways.DemoGateway"

    assert ids() == set()


def test_checks_are_part_of_every_start(settings: Any):
    settings.QUIET_HOURS = "always"

    assert "core.E004" in {message.id for message in run_checks()}


def test_every_scheduled_job_of_the_ground_floor_exists():
    from config.celery import app

    app.loader.import_default_modules()
    named = {
        job["task"] for job in configured.CELERY_BEAT_SCHEDULE.values() if job["task"].startswith("core.")
    }

    assert named
    assert named <= set(app.tasks)
