"""Everything between the servers and the web: migrations, static files, demo data. Cheap when done before."""

from __future__ import annotations

import hashlib
import io
import os
import signal
import sys
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command, get_commands

from config.local.folder import DataFolder


def prepare() -> int:
    """Bring database and files up to date; the supervisor runs this with its environment."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    django.setup()
    try:
        _migrate()
        _collect_static()
        if os.environ.get("PORTAL_FILL") == "demo":
            _fill()
        if os.environ.get("PORTAL_FILL") == "own":
            call_command("init_portal")
    except CommandError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _migrate() -> None:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        print(f"Applying {len(plan)} migrations …", flush=True)
        call_command("migrate", verbosity=0, interactive=False)


def _collect_static() -> None:
    if settings.STATIC_FROM_SOURCE:
        return
    mark = Path(settings.STATIC_ROOT) / ".collected"
    stamp = _static_stamp()
    if mark.exists() and mark.read_text() == stamp:
        return
    print("Collecting static files …", flush=True)
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.write_text(stamp)


def _static_stamp() -> str:
    """Changes with any file of ours and with any installed package."""
    digest = hashlib.sha256()
    for folder in _static_folders():
        for path in sorted(folder.rglob("*")):
            entry = path.stat()
            digest.update(f"{path}:{entry.st_mtime_ns}:{entry.st_size}\n".encode())
    packages = sorted(f"{package.name}=={package.version}" for package in distributions())
    digest.update("\n".join(packages).encode())
    return digest.hexdigest()


def _static_folders() -> Iterator[Path]:
    yield from map(Path, settings.STATICFILES_DIRS)
    for app in apps.get_app_configs():
        if Path(app.path).parent == settings.BASE_DIR:
            yield Path(app.path) / "static"


def _fill() -> None:
    """Demo data into an empty portal, and who can sign in to it."""
    if "demo" not in get_commands():
        return
    scale = os.environ.get("SCALE") or ""
    if apps.get_model("community", "Community")._default_manager.exists():
        if scale:
            print(f"The portal holds data already; SCALE={scale} is for an empty one (make clean).")
    elif scale:
        print(f"Drawing demo data, SCALE={scale}; Ctrl-C leaves the portal empty …", flush=True)
        call_command("demo", "--scale", scale)
    else:
        print("Drawing demo data; the first time this takes a moment …", flush=True)
        call_command("demo", stdout=io.StringIO())
    sign_ins = io.StringIO()
    call_command("demo", "--sign-ins", stdout=sign_ins)
    DataFolder().sign_ins.write_text(sign_ins.getvalue())
