"""What the ground floor's tests share."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection

from core import registries
from core.models import User
from tests.core.receiver import Receiver


@pytest.fixture
def user(db: None) -> User:
    """A plain account with a phone."""
    return User.objects.create_user("anna", "Long-Enough-2026", phone="13800000007")


@pytest.fixture
def superuser(db: None) -> User:
    return User.objects.create_superuser("root", "Long-Enough-2026")


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    """A small real gateway on loopback, named by the settings."""
    with Receiver() as running:
        settings.SMS_BACKEND = "core.gateways.HttpSmsGateway"
        settings.SMS_GATEWAY_URL = f"{running.url}/sms"
        settings.SMS_GATEWAY_TOKEN = "token-1"
        settings.ROBOT_BACKEND = "core.gateways.WeComRobot"
        settings.ROBOT_HOSTS = [running.host]
        yield running


@pytest.fixture(autouse=True)
def own_registries() -> Iterator[None]:
    """What a test registers is gone after it."""
    kept = [(registry, dict(registry._items)) for registry in ALL]
    for registry in ALL:
        registry._items.clear()
    yield
    for registry, items in kept:
        registry._items.clear()
        registry._items.update(items)


ALL = (registries.delivery_checks, registries.calendar_changed, registries.message_policies)


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()


class Ticking:
    """A clock that tests set and move."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **span: float) -> datetime:
        self.at += timedelta(**span)
        return self.at


@pytest.fixture
def clock(at: datetime) -> Ticking:
    return Ticking(at)


def in_parallel(count: int, work: Callable[[int], Any]) -> list[Any]:
    """Run `work(0) … work(count - 1)` at once, each on a connection of its own; results or exceptions."""
    barrier = threading.Barrier(count)
    results: list[Any] = [None] * count

    def run(number: int) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(10)
            results[number] = work(number)
        except Exception as failure:  # noqa: BLE001 - handed to the test
            results[number] = failure
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results
