"""A county that is stopped on the way leaves the portal as empty as before."""

from __future__ import annotations

import io
import os
import signal
from threading import Timer

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from community.models import Community
from core.models import User
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


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("one_in", "out"), [("5000", StoppedAt("3 of 10")), ("500", SignalledAt("matters with their history"))]
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
