"""Who visits the measured pages, and which rows they look at."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from importlib import import_module
from itertools import cycle
from typing import TypeVar

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from bench.client import Client
from community.middleware import CHECKED
from community.models import Community
from community.workflow import Limit, Route, Severity
from community.workflow import Stage as At
from core.models import User
from petitions.models import Petition

T = TypeVar("T")
SHARE = 150


@dataclass
class Stage:
    """The portal under measurement: its port, and the moment that its rows take for now."""

    port: int
    at: datetime

    def stranger(self) -> Client:
        """A visitor without an account."""
        return Client(self.port)

    def signed_in(self, username: str) -> Client:
        """A client with a session of this account, as after signing in.

        What is looked at once in five minutes, the second factor, is not what is measured.
        """
        user = User.objects.get(username=username)
        store = import_module(settings.SESSION_ENGINE).SessionStore()
        store[SESSION_KEY] = str(user.pk)
        store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        store[HASH_SESSION_KEY] = user.get_session_auth_hash()
        store[CHECKED] = int(time.time()) + 24 * 3600
        store.create()
        return Client(self.port, {settings.SESSION_COOKIE_NAME: store.session_key})

    def keys(self) -> Iterator[int]:
        """Keys of matters of the community, of every age."""
        rows = Petition.objects.filter(community=self.community, spam_marked_at=None).order_by("-pk")
        return turns([pk for pk in rows.values_list("pk", flat=True)[:2000:40]])

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


def put_back(stage: Stage, share: int, at: str, holder: str = "") -> list[str]:
    """Some hundred matters of the community, put at 收事, 理事 or 办事 again: their numbers.

    Each run finds as many as the one before. Every `share` (0, 1, 2 …) is a set of its own. At 办事 they are
    claimed by the account `holder`.
    """
    rows = Petition.objects.filter(community=stage.community, spam_marked_at=None).order_by("-pk")
    numbers = list(rows.values_list("number", flat=True)[share * SHARE : (share + 1) * SHARE])
    graded = {"severity": Severity.BLUE, "route": Route.SELF_HELP, "clock": Limit.HANDLE_BLUE}
    fresh = {"severity": "", "route": "", "clock": Limit.ACCEPT}
    Petition.objects.filter(number__in=numbers).update(
        stage=at,
        clock_minutes=2940,
        clock_used=0,
        clock_from=stage.at,
        due_at=stage.at + timedelta(days=9),
        paused_at=None,
        claimed_at=stage.at if at == At.IN_PROGRESS else None,
        **({"assignee": User.objects.get(username=holder)} if holder else {}),
        triaged_at=None if at == At.RECEIVED else stage.at,
        closed_at=None,
        merged_into=None,
        is_private=False,
        **(fresh if at == At.RECEIVED else graded),
    )
    return numbers
