"""Every migration but those that the first ones of all apps need goes back and forth again, with rows."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState
from django.utils import timezone

from core.models import OutboxMessage, SavedFilter
from petitions.models import Petition, PetitionEvent, PetitionWords, WallPost, WallWords
from tests.petitions.loop import Loop, file
from tests.petitions.pages import publish_with_photos, stored

OURS = ("core", "community", "points", "grids", "petitions", "volunteers", "canteen")
SCHEMA = """
    SELECT 'column', table_name, column_name, data_type || is_nullable || coalesce(column_default, '')
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f', 'x')
    UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT 'function', proname, '', prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
"""


def schema() -> set[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(SCHEMA)
        return set(cursor.fetchall())


def migrate(targets: list[tuple[str, str]]) -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(targets)


@pytest.mark.django_db(transaction=True)
@pytest.mark.db_server
def test_migrations_go_back_and_forth_with_rows_in_the_tables(
    diecui, secretary, grid_worker, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    now = timezone.now()
    publish_with_photos(
        Loop(file(diecui, at=now, photos=[stored()]), desk=secretary, worker=grid_worker, at=now)
    )
    file(diecui, at=now)
    before, rows = schema(), counts()
    graph = MigrationExecutor(connection).loader.graph
    first = {
        one
        for app in OURS
        if (app, "0001_initial") in graph.nodes
        for one in graph.forwards_plan((app, "0001_initial"))
    }

    migrate([max(one for one in first if one[0] == app) for app in OURS if (app, "0001_initial") in first])
    back = schema()
    migrate([node for node in graph.leaf_nodes() if node[0] in OURS])

    assert len(back) < len(before)
    assert schema() == before
    assert counts() == rows


def counts() -> dict[str, int]:
    models = (Petition, PetitionEvent, WallPost, OutboxMessage, PetitionWords, WallWords)
    return {model.__name__: model.objects.count() for model in models}


MOVED = ("petitions", "0045_saved_filters_moved")


@pytest.mark.django_db(transaction=True)
@pytest.mark.db_server
def test_saved_filters_of_before_move_to_the_table_of_all_lists_and_back(clerk, secretary):
    """This one step alone: the way through all of them is walked above."""
    kept = [(secretary.pk, "急的", "colour=red&o=new"), (clerk.pk, "急的", "q=1%E5%8F%B7%E6%A5%BC")]
    executor = MigrationExecutor(connection)
    migration = executor.loader.graph.nodes[MOVED]
    executor.unapply_migration(state_before(executor), migration)
    before: Any = state_before(executor).apps.get_model("petitions", "SavedFilter")
    for user_id, name, querystring in [*kept, (clerk.pk, "全部", "")]:
        before.objects.create(user_id=user_id, name=name, querystring=querystring)

    executor.apply_migration(state_before(executor), migration)

    moved = SavedFilter.objects.values_list("user_id", "page", "name", "querystring")
    assert [*moved] == [(user, "petitions.petition", name, asked) for user, name, asked in kept]
    SavedFilter.objects.create(user=clerk, page="grids.hazard", name="超期", querystring="late=yes")
    executor.unapply_migration(state_before(executor), migration)
    assert [*before.objects.values_list("user_id", "name", "querystring")] == kept


def state_before(executor: MigrationExecutor) -> ProjectState:
    return executor.loader.project_state(MOVED, at_end=False)
