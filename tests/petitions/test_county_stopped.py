"""A county that is stopped on the way leaves the portal as empty as before."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from community.models import Community
from core.models import User
from petitions.models import Petition


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
def test_stopped_on_the_way_nothing_is_kept_and_the_sentence_says_so(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    before = indexes()

    with pytest.raises(CommandError, match="Nothing was kept"):
        call_command("demo", "--scale", "county", "--one-in", "5000", stdout=StoppedAt("3 of 10"))

    assert not Community.objects.exists()
    assert not User.objects.exists()
    assert not Petition.objects.exists()
    assert indexes() == before
