"""Fixtures for every test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.conf import settings

from tests import database
from tests.cast import *  # noqa: F403

database.clone_instead_of_flush()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """A database for this worker, cloned from the run's migrated template."""
    with django_db_blocker.unblock():
        database.create()
    yield
    with django_db_blocker.unblock():
        database.drop()


@pytest.fixture(scope="session")
def shared_cache() -> Iterator[redis.Redis]:
    client = redis.Redis.from_url(settings.CACHES["default"]["LOCATION"])
    yield client
    client.close()


@pytest.fixture(autouse=True)
def _empty_cache(shared_cache: redis.Redis) -> None:
    """Limits and cached pages of one test never reach the next."""
    shared_cache.flushdb()
