"""Labels of choices: the same as Django's, one translation each."""

from __future__ import annotations

from django.db import models
from django.utils import translation

from core.models import AuditEntry, OutboxMessage


def test_label_is_djangos_own():
    message = OutboxMessage(state="failed")

    assert message.get_state_display() == models.Model._get_FIELD_display(
        message, message._meta.get_field("state")
    )


def test_value_that_is_no_choice_any_more_stands_for_itself():
    assert AuditEntry(audience="old").get_audience_display() == "old"
    assert AuditEntry(audience=None).get_audience_display() is None


def test_label_follows_the_language_of_the_page():
    entry = AuditEntry(audience="public")

    with translation.override("zh-hans"):
        label = entry.get_audience_display()

    assert label == "公开"
