"""What the import linter cannot see: relations, migrations and links also point downwards only."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.migrations.loader import MigrationLoader

ORDER = ("core", "community", "points", "grids", "petitions", "volunteers", "canteen")
RANK = {label: number for number, label in enumerate(ORDER)}
LINK = re.compile(r"""\{%\s*(?:url|include|extends)\s+["']([a-z_]+)[:/]""")
TEMPLATES = Path(settings.BASE_DIR) / "templates"


def is_upwards(source: str, target: str) -> bool:
    return source in RANK and target in RANK and RANK[target] > RANK[source]


def test_no_relation_points_to_an_upper_app():
    found = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if getattr(field, "remote_field", None) and field.concrete
        if is_upwards(model._meta.app_label, field.related_model._meta.app_label)
    ]

    assert found == []


def test_no_migration_depends_on_an_upper_app():
    graph = MigrationLoader(None).disk_migrations

    found = [
        f"{app}.{name} -> {dependency}"
        for (app, name), migration in graph.items()
        for dependency in migration.dependencies
        if is_upwards(app, dependency[0])
    ]

    assert found == []


@pytest.mark.parametrize("app", ORDER)
def test_no_template_links_to_an_upper_app(app):
    folder = TEMPLATES / app

    found = [
        f"{path.relative_to(TEMPLATES)}: {target}"
        for path in folder.rglob("*.html")
        for target in LINK.findall(path.read_text())
        if is_upwards(app, target)
    ]

    assert found == []


def test_shared_templates_and_lower_templates_name_no_domain_app():
    shared = [path for path in TEMPLATES.glob("*.html") if path.name != "styleguide.html"]

    found = [
        f"{path.name}: {target}"
        for path in shared
        for target in LINK.findall(path.read_text())
        if target in ORDER[2:]
    ]

    assert found == []
