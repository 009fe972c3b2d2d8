"""The local database for one command: that of a portal that runs, else servers started for the occasion."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from config.local.errors import LocalError
from config.local.folder import CHECKOUT, DataFolder
from config.local.services import Services

LOOPBACK = "127.0.0.1,localhost,[::1]"
ANYWHERE = {"0.0.0.0", "::", "[::]"}


def environment(folder: DataFolder, services: Services) -> dict[str, str]:
    """What the portal's programs read. A name that is already set stays as it is."""
    host = os.environ.get("HOST") or "127.0.0.1"
    own = {
        "SECRET_KEY": folder.secret_key(),
        "ALLOWED_HOSTS": "*" if host in ANYWHERE else f"{LOOPBACK},{host}",
        "INSECURE_HTTP": "1",
        "PUBLIC_URL": f"http://{'127.0.0.1' if host in ANYWHERE else host}:{os.environ.get('PORT') or 8000}",
        "DEMO": "1" if folder.is_demo() else "0",
        "MEDIA_ROOT": str(folder.media),
        "PYTHONUNBUFFERED": "1",
        **services.environment,
    }
    given = {name: value for name, value in os.environ.items() if value != ""}
    return {**own, **given}


@contextmanager
def attached(what: str, *, alone: bool = False) -> Iterator[tuple[DataFolder, dict[str, str]]]:
    """Servers for the length of a command, and the environment that names them.

    Raises:
        LocalError: the command must be `alone`, and a portal runs on the folder.
    """
    folder = DataFolder()
    services = Services(folder)
    ours = bool(services.servers) and _take(folder, what, must=alone)
    try:
        if ours:
            services.start()
        elif not all(server.answers() for server in services.servers):
            raise LocalError(
                f"{folder.path} is in use, but its servers do not answer. Try again in a moment."
            )
        yield folder, environment(folder, services)
    finally:
        if ours:
            services.stop()
            folder.release()


def _take(folder: DataFolder, what: str, *, must: bool) -> bool:
    try:
        folder.hold(what)
    except LocalError:
        if must:
            raise
        return False
    return True


def python(arguments: Sequence[str], env: Mapping[str, str]) -> int:
    """Run this Python in the checkout; its exit code. Ctrl-C reaches it first."""
    with subprocess.Popen([sys.executable, *arguments], cwd=CHECKOUT, env=env) as child:
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:
                continue


def manage(arguments: Sequence[str]) -> int:
    """Django's own commands on the local database."""
    with attached("make manage") as (_, env):
        return python(["manage.py", *arguments], env)
