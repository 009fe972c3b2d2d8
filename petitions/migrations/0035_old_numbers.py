"""Numbers of imported matters from a count of their own; the number of the old register is found by words."""

from django.db import migrations

KEEP = """
CREATE OR REPLACE FUNCTION petitions_words_keep(wanted bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO petitions_petitionwords AS kept (petition_id, at, words, tokens)
    SELECT p.id, p.filed_at,
           petitions_plain(concat_ws(' ', p.text, p.public_title, p.spot, p.outcome, {old}places.names)),
           concat_ws(' ', petitions_days(p.filed_at), '#' || split_part(p.number, '-', 2), places.tokens)
    FROM petitions_petition AS p, LATERAL petitions_places(p.place_path || p.grid_path) AS places
    WHERE p.id = ANY (wanted)
    ON CONFLICT (petition_id) DO UPDATE SET words = excluded.words, tokens = excluded.tokens
    WHERE (kept.words, kept.tokens) IS DISTINCT FROM (excluded.words, excluded.tokens);
END
$$;
"""
FORWARD = "CREATE SEQUENCE petitions_old_number;" + KEEP.format(old="p.old_number, ")
BACKWARD = "DROP SEQUENCE petitions_old_number;" + KEEP.format(old="")


class Migration(migrations.Migration):
    """An old number never changes and there is none yet: neither a trigger nor a fill is needed."""

    dependencies = [("petitions", "0034_imported_matters")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
