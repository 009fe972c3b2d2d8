"""Each community begins with 信息册, and what the roll said of people before becomes a mark."""

from django.db import migrations

SCHEMES = """
INSERT INTO grids_colourscheme (community_id, kind, name, for_children, is_monthly, is_active)
SELECT place_id, 'register', '信息册', false, false, true FROM community_community;
INSERT INTO grids_schemecolour (scheme_id, colour, word, effect, is_active)
SELECT scheme.id, shipped.colour, shipped.word, shipped.effect, true
FROM grids_colourscheme scheme
CROSS JOIN (VALUES
    (1, 'yellow', '特殊人群', 'none'),
    (2, 'red', '已故', 'deceased'),
    (3, 'green', '租户', 'tenant'),
    (4, 'blue', '搬离', 'moved_out')
) AS shipped (number, colour, word, effect)
WHERE scheme.kind = 'register'
ORDER BY scheme.id, shipped.number;
INSERT INTO grids_residenttag (resident_id, colour_id, since_on, note, marked_at, end_reason)
SELECT resident.id, colour.id, CURRENT_DATE, '建信息册以前名册上已有', now(), ''
FROM community_resident resident
JOIN community_household household ON household.id = resident.household_id
JOIN community_place place ON place.id = household.place_id
JOIN grids_colourscheme scheme ON scheme.kind = 'register'
    AND scheme.community_id = ANY (string_to_array(btrim(place.path, '/'), '/')::bigint[])
JOIN grids_schemecolour colour ON colour.scheme_id = scheme.id
    AND (colour.effect = resident.standing OR (colour.effect = 'tenant' AND resident.is_tenant));
"""


class Migration(migrations.Migration):
    dependencies = [("grids", "0009_registers")]

    operations = [migrations.RunSQL(SCHEMES, migrations.RunSQL.noop)]
