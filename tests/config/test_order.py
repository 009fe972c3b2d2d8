"""What import-linter cannot see points downwards too: relations, migrations, and names in templates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader

from config.local.folder import CHECKOUT

ORDER = ("core", "community", "points", "grids", "petitions", "volunteers", "canteen")
"""From the ground floor upwards; an app may know what stands before it."""
NAMES = re.compile(r"""\{%\s*(?:url|include|extends)\s+["'](?:(\w+):|(\w+)/)""")


def upward(app: str, other: str) -> bool:
    return app in ORDER and other in ORDER and ORDER.index(other) > ORDER.index(app)


@pytest.mark.parametrize("app", ORDER)
def test_relations_point_downwards(app: str):
    related = {
        (model.__name__, field.name, field.related_model._meta.app_label)
        for model in apps.get_app_config(app).get_models()
        for field in (*model._meta.get_fields(include_parents=False),)
        if field.is_relation and not field.auto_created and field.related_model
    }

    assert [found for found in related if upward(app, found[2])] == []


def test_migrations_depend_downwards():
    loader = MigrationLoader(None)
    depends = [(key, parent) for key, one in loader.disk_migrations.items() for parent in one.dependencies]

    assert len(depends) > 10
    assert [found for found in depends if upward(found[0][0], found[1][0])] == []


def templates(app: str) -> Iterator[Path]:
    yield from (CHECKOUT / "templates" / app).rglob("*.html")
    yield from (CHECKOUT / app / "templates").rglob("*.html")


@pytest.mark.parametrize("app", ORDER)
def test_templates_name_only_what_stands_below(app: str):
    named = [
        (path.name, found[1] or found[2])
        for path in templates(app)
        for found in NAMES.finditer(path.read_text())
    ]

    assert [found for found in named if upward(app, found[1])] == []


def test_every_app_stands_in_the_order():
    ours = {config.label for config in apps.get_app_configs() if Path(config.path).parent == CHECKOUT}

    assert ours - {"config"} == set(ORDER)
