"""Misconfiguration of messages, found when the portal starts and not when the first one fails."""

from __future__ import annotations

import json
from datetime import time
from typing import Any

from django.conf import settings
from django.core import checks
from django.utils.module_loading import import_string


def check_messages(**_options: Any) -> list[checks.CheckMessage]:
    """Gateways exist, the demo's gateway stays in the demo, template and quiet hours can be read."""
    return [*_gateways(), *_template(), *_quiet_hours()]


def _gateways() -> list[checks.CheckMessage]:
    found: list[checks.CheckMessage] = []
    for name in ("SMS_BACKEND", "ROBOT_BACKEND"):
        path = getattr(settings, name)
        try:
            import_string(path)
        except ImportError:
            hint = "Name a class, as core.gateways.HttpSmsGateway."
            found.append(checks.Error(f"{name}: {path} is not there.", hint=hint, id="core.E001"))
        if path.endswith(".DemoGateway") and not (settings.DEMO or settings.DEBUG):
            hint = "The demo's gateway delivers nothing and keeps sign-in codes. Remove it."
            found.append(checks.Error(f"{name} is the demo's in production.", hint=hint, id="core.E002"))
    return found


def _template() -> list[checks.CheckMessage]:
    try:
        json.loads(settings.SMS_GATEWAY_TEMPLATE)
    except ValueError:
        hint = 'A JSON document with marks in its strings, as {"phone": "{phone}", "text": "{text}"}.'
        return [checks.Error("SMS_GATEWAY_TEMPLATE is not JSON.", hint=hint, id="core.E003")]
    return []


def _quiet_hours() -> list[checks.CheckMessage]:
    try:
        _start, _end = (time.fromisoformat(part) for part in settings.QUIET_HOURS.split("-"))
    except ValueError:
        hint = "Two times of day, as 22:00-07:00."
        return [checks.Error("QUIET_HOURS cannot be read.", hint=hint, id="core.E004")]
    return []
