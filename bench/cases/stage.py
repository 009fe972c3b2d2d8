"""Who visits the measured pages, and which rows they look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from importlib import import_module
from itertools import cycle
from typing import TypeVar

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from bench.client import Client
from community.models import Community
from core.models import User

T = TypeVar("T")


@dataclass
class Stage:
    """The portal under measurement: its port, and the moment that its rows take for now."""

    port: int
    at: datetime

    def stranger(self) -> Client:
        """A visitor without an account."""
        return Client(self.port)

    def signed_in(self, username: str) -> Client:
        """A client with a session of this account, as after signing in."""
        user = User.objects.get(username=username)
        store = import_module(settings.SESSION_ENGINE).SessionStore()
        store[SESSION_KEY] = str(user.pk)
        store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        store[HASH_SESSION_KEY] = user.get_session_auth_hash()
        store.create()
        return Client(self.port, {settings.SESSION_COOKIE_NAME: store.session_key})

    @cached_property
    def community(self) -> Community:
        """The community that is looked at: the first, one of the larger ones."""
        return Community.objects.select_related("place", "profile").order_by("pk")[0]

    @cached_property
    def slug(self) -> str:
        return self.community.slug


def turns(values: list[T]) -> Iterator[T]:
    """The values one after the other, again from the first when they are used up."""
    assert values, "the database has no row for this case"
    return cycle(values)
