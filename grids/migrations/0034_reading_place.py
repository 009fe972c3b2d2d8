import django.db.models.deletion
from django.db import migrations, models

BOOK = """
    UPDATE grids_meterreading reading SET place_id = coalesce(
        (
            SELECT link.grid_id
            FROM grids_gridbuilding link
            JOIN community_place nearest ON nearest.id = link.place_id
            JOIN community_household household ON household.id = reading.household_id
            JOIN community_place door ON door.id = household.place_id
            WHERE link.is_active AND link.place_id = ANY (string_to_array(btrim(door.path, '/'), '/')::bigint[])
            ORDER BY array_position(ARRAY['dedicated', 'level_3', 'level_2', 'level_1']::varchar[], link.tier), nearest.depth DESC
            LIMIT 1
        ),
        (SELECT cycle.scope_id FROM grids_metercycle cycle WHERE cycle.id = reading.cycle_id)
    );
    SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    """Each door of a round is booked to its own grid, whosever round it is."""

    dependencies = [("grids", "0033_refusal_told")]

    operations = [
        migrations.AddField(
            model_name="meterreading",
            name="place",
            field=models.ForeignKey(
                null=True,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="community.place",
            ),
        ),
        migrations.RunSQL(BOOK, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="meterreading",
            name="place",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="community.place",
            ),
        ),
    ]
