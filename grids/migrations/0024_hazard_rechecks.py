"""What waits for a recheck is looked at every day, and no longer on the days of its deadline."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("grids", "0023_festival_colours")]

    operations = [
        migrations.RunSQL(
            "UPDATE grids_hazard SET sweep_on = LEAST(sweep_on, CURRENT_DATE) WHERE state = 'done'",
            migrations.RunSQL.noop,
        )
    ]
