"""Checks of a production run: `manage.py check --deploy`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks

PLACEHOLDERS = {"*", "localhost", "127.0.0.1", "example.com", "portal.example.com"}


def check_demo(**_: Any) -> list[checks.CheckMessage]:
    """DEMO shows sign-in codes to everybody."""
    if not settings.DEMO:
        return []
    hint = "Unset DEMO: it shows sign-in codes on the page and publishes the demo accounts."
    return [checks.Error("DEMO is on in production.", hint=hint, id="portal.E001")]


def check_gateway(**_: Any) -> list[checks.CheckMessage]:
    """Without an SMS gateway no resident can sign in or be told anything by phone."""
    if settings.SMS_GATEWAY_URL:
        return []
    hint = "Set SMS_GATEWAY_URL and SMS_GATEWAY_TOKEN; until then messages reach the in-app inbox alone."
    return [checks.Warning("No SMS gateway is configured.", hint=hint, id="portal.W001")]


def check_hosts(**_: Any) -> list[checks.CheckMessage]:
    """ALLOWED_HOSTS must name the real host, and nothing that stands for any host."""
    if settings.ALLOWED_HOSTS and not PLACEHOLDERS.intersection(settings.ALLOWED_HOSTS):
        return []
    hint = "Set ALLOWED_HOSTS to the host names of the portal, separated by commas."
    return [checks.Warning("ALLOWED_HOSTS is empty or still a placeholder.", hint=hint, id="portal.W002")]
