"""Words of the matters that were there before, some thousands at a time; then the index over all of them.

Runs outside a transaction: stopped on the way, it goes on where it was when it is started again.
"""

from django.db import migrations, transaction

BATCH = 5000
TABLES = (
    ("petitions_petition", "petitions_words_keep", "petitions_petitionwords", "petition_id"),
    ("petitions_wallpost", "petitions_wall_words_keep", "petitions_wallwords", "post_id"),
)
INDEX = """
CREATE INDEX CONCURRENTLY IF NOT EXISTS {table}_terms ON {table}
    USING gin (petitions_terms(words, tokens)) WITH (fastupdate = off)
"""


def fill(apps, schema_editor):
    """Every row that has no words yet, by key, with a line of progress for each ten batches."""
    for source, keep, target, key in TABLES:
        cursor, last, done = schema_editor.connection.cursor(), 0, 0
        while True:
            cursor.execute(
                f"SELECT array_agg(id), max(id) FROM (SELECT id FROM {source} s WHERE id > %s"
                f" AND NOT EXISTS (SELECT FROM {target} t WHERE t.{key} = s.id) ORDER BY id LIMIT {BATCH}) AS batch",
                [last],
            )
            ids, highest = cursor.fetchone()
            if not ids:
                break
            with transaction.atomic(using=schema_editor.connection.alias):
                cursor.execute(f"SELECT {keep}(%s)", [ids])
            last, done = highest, done + len(ids)
            if done % (10 * BATCH) == 0:
                print(f"  {source}: words of {done:,} rows", flush=True)


def index(apps, schema_editor):
    """A half-built index of an interrupted run is dropped first."""
    for _source, _keep, table, _key in TABLES:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(%s) AND NOT indisvalid", [f"{table}_terms"]
            )
            if cursor.fetchone():
                cursor.execute(f"DROP INDEX {table}_terms")
            cursor.execute(INDEX.format(table=table))


def unindex(apps, schema_editor):
    for _source, _keep, table, _key in TABLES:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(f"DROP INDEX IF EXISTS {table}_terms")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("petitions", "0012_search_words")]
    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(index, unindex),
    ]
