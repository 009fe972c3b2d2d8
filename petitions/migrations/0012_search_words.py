"""Words to search by, kept by the database itself beside each matter and each published answer."""

import django.db.models.deletion
from django.db import migrations, models

WORDS = r"""
CREATE FUNCTION petitions_plain(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT btrim(regexp_replace(
        lower(normalize(value, NFKC) COLLATE "C"),
        '[\u0001-\u002f\u003a-\u0060\u007b-\u00bf\u00d7\u00f7\u2000-\u2bff\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020\u3030\ufe00-\ufe6f\ufff0-\uffff\U0001f000-\U0001faff]+',
        ' ', 'g'))
$$;

CREATE FUNCTION petitions_terms(words text, tokens text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT COST 1000 AS $$
BEGIN
    RETURN ARRAY(
        SELECT pair[1] FROM regexp_matches(words, '[^ ][^ ]', 'g') AS pair
        UNION
        SELECT pair[1] FROM regexp_matches(regexp_replace(words, '(^| )[^ ]', '\1', 'g'), '[^ ][^ ]', 'g') AS pair
    ) || string_to_array(tokens, ' ');
END
$$;

CREATE FUNCTION petitions_days(at timestamptz) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT '@0:' || (day >> 3) || ' @1:' || (day >> 6) || ' @2:' || (day >> 9)
    FROM (SELECT floor(extract(epoch FROM at) / 86400)::int AS day) AS days
$$;

CREATE FUNCTION petitions_places(paths text) RETURNS TABLE (tokens text, names text) LANGUAGE sql STABLE AS $$
    SELECT string_agg('/' || id, ' ' ORDER BY path),
           string_agg(name, '' ORDER BY path) FILTER (WHERE kind NOT IN ('county', 'subdistrict', 'grid'))
           || coalesce(' ' || string_agg(name, ' ' ORDER BY path) FILTER (WHERE kind = 'grid'), '')
    FROM community_place
    WHERE id = ANY (array_remove(string_to_array(paths, '/'), '')::bigint[])
$$;

CREATE FUNCTION petitions_words_keep(wanted bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO petitions_petitionwords AS kept (petition_id, at, words, tokens)
    SELECT p.id, p.filed_at,
           petitions_plain(concat_ws(' ', p.text, p.public_title, p.spot, p.outcome, places.names)),
           concat_ws(' ', petitions_days(p.filed_at), '#' || split_part(p.number, '-', 2), places.tokens)
    FROM petitions_petition AS p, LATERAL petitions_places(p.place_path || p.grid_path) AS places
    WHERE p.id = ANY (wanted)
    ON CONFLICT (petition_id) DO UPDATE SET words = excluded.words, tokens = excluded.tokens
    WHERE (kept.words, kept.tokens) IS DISTINCT FROM (excluded.words, excluded.tokens);
END
$$;

CREATE FUNCTION petitions_wall_words_keep(wanted bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM petitions_wallwords WHERE post_id IN (
        SELECT id FROM petitions_wallpost WHERE id = ANY (wanted) AND taken_down_at IS NOT NULL);
    INSERT INTO petitions_wallwords AS kept (post_id, at, words, tokens)
    SELECT w.id, w.published_at,
           petitions_plain(concat_ws(' ', w.title, w.question, w.answer, replace(w.place_name, ' ', ''))),
           concat_ws(' ', petitions_days(w.published_at), '/' || w.community_id)
    FROM petitions_wallpost AS w
    WHERE w.id = ANY (wanted) AND w.taken_down_at IS NULL
    ON CONFLICT (post_id) DO UPDATE SET words = excluded.words, tokens = excluded.tokens, at = excluded.at;
END
$$;
"""

NO_WORDS = """
DROP FUNCTION petitions_wall_words_keep;
DROP FUNCTION petitions_words_keep;
DROP FUNCTION petitions_places;
DROP FUNCTION petitions_days;
DROP FUNCTION petitions_terms;
DROP FUNCTION petitions_plain;
"""

TRIGGERS = """
CREATE FUNCTION petitions_words_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM petitions_words_keep(ARRAY[NEW.id]);
    RETURN NULL;
END
$$;
CREATE TRIGGER petitions_words_new AFTER INSERT ON petitions_petition
    FOR EACH ROW EXECUTE FUNCTION petitions_words_follow();
CREATE TRIGGER petitions_words_changed
    AFTER UPDATE OF text, public_title, spot, outcome, number, place_path, grid_path ON petitions_petition
    FOR EACH ROW WHEN (
        (OLD.text, OLD.public_title, OLD.spot, OLD.outcome, OLD.number, OLD.place_path, OLD.grid_path) IS DISTINCT FROM
        (NEW.text, NEW.public_title, NEW.spot, NEW.outcome, NEW.number, NEW.place_path, NEW.grid_path)
    ) EXECUTE FUNCTION petitions_words_follow();

CREATE FUNCTION petitions_wall_words_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM petitions_wall_words_keep(ARRAY[NEW.id]);
    RETURN NULL;
END
$$;
CREATE TRIGGER petitions_wall_words_changed AFTER INSERT OR UPDATE ON petitions_wallpost
    FOR EACH ROW EXECUTE FUNCTION petitions_wall_words_follow();

CREATE FUNCTION petitions_words_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM petitions_words_keep(ARRAY(
        SELECT petition_id FROM petitions_petitionwords
        WHERE petitions_terms(words, tokens) @> ARRAY['/' || NEW.id]
    ));
    RETURN NULL;
END
$$;
CREATE TRIGGER petitions_words_renamed AFTER UPDATE OF name ON community_place
    FOR EACH ROW WHEN (OLD.name <> NEW.name AND NEW.kind NOT IN ('county', 'subdistrict'))
    EXECUTE FUNCTION petitions_words_renamed();
"""

NO_TRIGGERS = """
DROP TRIGGER petitions_words_renamed ON community_place;
DROP TRIGGER petitions_wall_words_changed ON petitions_wallpost;
DROP TRIGGER petitions_words_changed ON petitions_petition;
DROP TRIGGER petitions_words_new ON petitions_petition;
DROP FUNCTION petitions_words_renamed;
DROP FUNCTION petitions_wall_words_follow;
DROP FUNCTION petitions_words_follow;
"""


def _columns(subject, model):
    return [
        ("at", models.DateTimeField()),
        ("words", models.TextField()),
        ("tokens", models.TextField()),
        (
            subject,
            models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                primary_key=True,
                related_name="+",
                serialize=False,
                to=model,
            ),
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [("community", "0001_initial"), ("petitions", "0011_filing_digest")]

    operations = [
        migrations.CreateModel("PetitionWords", _columns("petition", "petitions.petition"), {"abstract": False}),
        migrations.CreateModel("WallWords", _columns("post", "petitions.wallpost"), {"abstract": False}),
        migrations.RunSQL(WORDS, NO_WORDS),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
    ]
