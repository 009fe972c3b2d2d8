"""The reading of the source that keeps every write in the actions."""

from __future__ import annotations

import pytest

from config.local.writes import in_source


@pytest.mark.parametrize(
    "line",
    [
        "petition.save()",
        "petition.save(update_fields=['stage'])",
        "Petition.objects.create(number=1)",
        "Petition.objects.filter(pk=1).update(stage='x')",
        "Petition.objects.filter(pk=1).delete()",
        "petition.delete()",
        "Petition.objects.bulk_create(rows)",
        "Petition.objects.update_or_create(pk=1)",
        "form.save()",
        "petition.photos_set.create(image=image)",
        'cursor.execute("UPDATE petitions_petition SET stage = %s", [1])',
        'cursor.execute(""" INSERT INTO core_x (a) VALUES (1)""")',
    ],
)
def test_write_is_found(line: str):
    assert list(in_source(line)) == [(1, line)]


@pytest.mark.parametrize(
    "line",
    [
        "settings.update(a=1)",
        "digest.update(data)",
        "cache.delete('key')",
        "image.save(target)  # not the database",
        "Petition.objects.filter(pk=1).first()",
        'note = "Update the petition when it is late"',
        "User(name='x')",
        "book.save(target)",
        "rows = formset.save(commit=False)",
    ],
)
def test_reading_is_not_a_write(line: str):
    assert list(in_source(line)) == []
