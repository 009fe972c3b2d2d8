from __future__ import annotations

from django.db import migrations

MOVE = """
    INSERT INTO core_savedfilter (user_id, page, name, querystring)
    SELECT user_id, 'petitions.petition', name, querystring FROM petitions_savedfilter
    WHERE querystring <> '' ORDER BY id
"""
BACK = """
    INSERT INTO petitions_savedfilter (user_id, name, querystring)
    SELECT user_id, name, querystring FROM core_savedfilter WHERE page = 'petitions.petition' ORDER BY id
"""


class Migration(migrations.Migration):
    """What staff have saved goes along to the table that every list of the desk keeps its filters in."""

    dependencies = [
        ("core", "0011_saved_filters"),
        ("petitions", "0044_child_officer"),
    ]

    operations = [
        migrations.RunSQL(MOVE, BACK),
        migrations.DeleteModel(name="SavedFilter"),
    ]
