from django.db import migrations

PLAN = """
    UPDATE grids_residenttag tag
    SET next_on = greatest(tag.since_on + colour.visit_days::integer, current_date)
    FROM grids_schemecolour colour
    WHERE colour.id = tag.colour_id AND colour.visit_days IS NOT NULL AND colour.is_active
        AND tag.ended_at IS NULL AND tag.next_on IS NULL
"""


class Migration(migrations.Migration):
    """Marks made before they asked for visits are planned as if they were made now."""

    dependencies = [("grids", "0029_gift_signed")]

    operations = [migrations.RunSQL(PLAN, migrations.RunSQL.noop)]
