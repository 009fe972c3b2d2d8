"""A county that is stopped on the way leaves the portal as empty as before."""

from __future__ import annotations

import io
import os
import signal
import time
from contextlib import suppress
from threading import Timer

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from community.models import Community
from core.models import User
from petitions.management.commands.demo import stoppable
from petitions.models import Petition


class SignalledAt(io.StringIO):
    """A supervisor sends its signal a moment after this is said, while rows are copied."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.words = words

    def write(self, text: str) -> int:
        if self.words in text:
            Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
            self.words = "\0"
        return super().write(text)


class StoppedAt(io.StringIO):
    """Somebody presses Ctrl-C when this is said."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.words = words

    def write(self, text: str) -> int:
        if self.words in text:
            raise KeyboardInterrupt
        return super().write(text)


def indexes() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE schemaname = 'public'")
        return {row[0] for row in cursor.fetchall()}


def test_a_signal_that_python_dropped_is_heeded_at_the_next_step():
    with stoppable() as stop:
        with suppress(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(1)

        with pytest.raises(KeyboardInterrupt):
            stop.heed()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("one_in", "out"),
    [
        ("5000", StoppedAt("pictures")),
        ("500", SignalledAt("matters with their history")),
        ("5000", StoppedAt("index of words")),
    ],
)
def test_stopped_on_the_way_nothing_is_kept_and_the_sentence_says_so(one_in, out, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    before = indexes()

    with pytest.raises(CommandError, match="Nothing was kept"):
        call_command("demo", "--scale", "county", "--one-in", one_in, stdout=out)

    assert not Community.objects.exists()
    assert not User.objects.exists()
    assert not Petition.objects.exists()
    assert indexes() == before
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
