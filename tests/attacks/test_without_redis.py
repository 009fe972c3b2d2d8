"""With Redis away, people file, track, judge, work and sign in as ever, and nobody waits for it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from celery import current_app
from django.urls import reverse
from django.utils import timezone

from core.cache import FailoverCache
from core.errors import NotFoundError, TooManyRequestsError
from petitions.actions.joining import petition_join
from petitions.models import Petition
from petitions.selectors import links
from tests.cast import NOW, PASSWORD
from tests.petitions.loop import Loop, file, person
from tests.petitions.pages import send

NOWHERE = "redis://127.0.0.1:9/0"
SECONDS = 3.0


@pytest.fixture
def no_redis(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Cache and broker at an address where nobody listens."""
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": NOWHERE}}
    monkeypatch.setattr(current_app.conf, "broker_url", NOWHERE)
    yield
    FailoverCache._broken_until.clear()


def test_the_loop_goes_on_without_redis(client, diecui, secretary, grid_worker, no_redis):
    secretary.set_password(PASSWORD)
    secretary.save(update_fields=["password"])
    answers: dict[str, tuple[int, float]] = {}

    def take(name: str, method: Any, *args: Any) -> None:
        started = time.monotonic()
        answers[name] = (method(*args).status_code, time.monotonic() - started)

    take("file", send, client, diecui)
    petition = Petition.objects.get()
    reporter = petition.reporters.get()
    code = {"number": petition.number, "code": links.tracking_code(reporter)}
    take("track", client.post, "/track/", code)
    take("sign in", client.post, reverse("admin:login"), {"username": "secretary", "password": PASSWORD})
    take("desk", client.get, reverse("admin:petitions_petition_changelist"))
    walk = Loop(petition, desk=secretary, worker=grid_worker, at=timezone.now()).triage()
    client.force_login(grid_worker)
    take("claim", client.post, reverse("petitions:work_step", args=[petition.number, "claim"]))
    walk.resolve().feed_back().publish()
    client.logout()
    take("judge", client.post, links.judgement_path(petition.evaluations.get()), {"satisfied": "yes"})
    take("wall", client.get, "/diecui/wall/")
    take("code", client.post, "/account/login/", {"phone": "13900000088"})

    statuses = {name: status for name, (status, _seconds) in answers.items()}
    assert statuses == {
        **dict.fromkeys(("file", "track", "sign in", "claim", "judge", "code"), 302),
        **dict.fromkeys(("desk", "wall"), 200),
    }
    assert {name: seconds for name, (_status, seconds) in answers.items() if seconds > SECONDS} == {}


def test_refused_tries_count_without_redis(diecui, settings, no_redis):
    settings.FILINGS_PER_ADDRESS_PER_HOUR = 3
    hidden = file(diecui, is_private=True)

    def join() -> type[Exception]:
        with pytest.raises((NotFoundError, TooManyRequestsError)) as refused:
            petition_join(
                petition_id=hidden.pk, person=person(address="10.0.0.9"), words="", key=uuid4(), at=NOW
            )
        return refused.type

    refusals = [join() for _ in range(5)]

    assert refusals == [NotFoundError] * 3 + [TooManyRequestsError] * 2
