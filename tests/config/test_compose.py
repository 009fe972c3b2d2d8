"""The compose file names commands that work: each is run, with the servers of this run in place of its own."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.local.folder import CHECKOUT, DataFolder
from config.local.postgres import Postgres, binaries
from config.local.processes import wait_for
from config.local.valkey import Valkey
from tests.config.conftest import data_folder, free_port

GIVEN = {
    "SECRET_KEY": "compose-" + "k" * 50,
    "ALLOWED_HOSTS": "portal.shequ.example",
    "POSTGRES_PASSWORD": "pw",
}
COMPOSE = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())
DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def interpolate(text: object) -> str:
    """What compose makes of ${NAME}, ${NAME:-default} and ${NAME:?message}."""

    def value(found: re.Match[str]) -> str:
        name, operator, rest = found["name"], found["operator"], found["rest"]
        if operator == ":?" and not GIVEN.get(name):
            raise ValueError(rest)
        return GIVEN.get(name) or (rest if operator == ":-" else "")

    return re.sub(r"\$\{(?P<name>\w+)(?P<operator>:[-?])?(?P<rest>[^}]*)\}", value, str(text))


def service(name: str) -> dict[str, Any]:
    found: dict[str, Any] = COMPOSE["services"][name]
    return found


@pytest.fixture(scope="module")
def stack() -> Iterator[dict[str, str]]:
    """Debian's own servers where they are installed, else the packaged ones; the environment of a container."""
    with data_folder() as path:
        folder = DataFolder(path)
        sockets = folder.sockets()
        programs = DEBIAN[0] if DEBIAN else binaries()
        postgres = Postgres(path / "pg", sockets, path / "postgres.log", fast=True, programs=programs)
        redis_program = shutil.which("redis-server")
        valkey = Valkey(path / "valkey", sockets, path / "valkey.log", program=redis_program)
        for server in (postgres, valkey):
            server.start()
        postgres.create("portal")
        tools = f"{Path(sys.executable).parent}:{programs}:{os.environ['PATH']}"
        yield {
            "PATH": tools,
            "HOME": str(path),
            "DATABASE_URL": postgres.url(),
            "REDIS_URL": valkey.url(),
            "HOST": "127.0.0.1",
            "PORT": str(free_port()),
            "MEDIA_ROOT": str(path / "media"),
            "STATIC_ROOT": str(path / "static"),
            "PGHOST": str(sockets),
        }
        valkey.stop()
        postgres.stop()


def environment(name: str, stack: Mapping[str, str]) -> dict[str, str]:
    """The container's environment; where its servers are is the only thing that differs."""
    named = {key: interpolate(value) for key, value in service(name)["environment"].items()}
    return {**named, **stack}


def command(name: str, stack: Mapping[str, str]) -> list[str]:
    return [word.replace("/app/run", stack["HOME"]) for word in service(name)["command"]]


def healthy(name: str, stack: Mapping[str, str]) -> bool:
    test = service(name)["healthcheck"]["test"]
    assert test[0] == "CMD"
    done = subprocess.run(
        test[1:], cwd=CHECKOUT, env=environment(name, stack), capture_output=True, check=False, timeout=30
    )
    return done.returncode == 0


@pytest.mark.db_server
def test_every_command_of_the_compose_file_works_and_is_found_healthy(stack: dict[str, str]):
    static = subprocess.run(
        ["python", "manage.py", "collectstatic", "--noinput", "-v0"],
        cwd=CHECKOUT,
        env=environment("web", stack),
        check=False,
    )
    migrated = subprocess.run(
        command("migrate", stack), cwd=CHECKOUT, env=environment("migrate", stack), check=False, timeout=600
    )
    assert (static.returncode, migrated.returncode) == (0, 0)
    assert not healthy("web", stack)
    assert not healthy("worker", stack)

    running = {
        name: subprocess.Popen(
            command(name, stack), cwd=CHECKOUT, env=environment(name, stack), stdin=subprocess.DEVNULL
        )
        for name in ("web", "worker", "beat")
    }

    try:
        assert wait_for(lambda: healthy("web", stack), 60)
        assert wait_for(lambda: healthy("worker", stack), 60)
        assert healthy("beat", stack)
        assert healthy("postgres", {**stack, "PGUSER": "postgres"})
        assert answer(stack, "/readyz") == 200
        assert answer(stack, "/admin/login/", https=True) == 200
    finally:
        for child in reversed(running.values()):
            child.send_signal(signal.SIGTERM)
        codes = [child.wait(60) for child in running.values()]
    assert codes == [0, 0, 0]


def answer(stack: Mapping[str, str], path: str, *, https: bool = False) -> int:
    headers = {"Host": "portal.shequ.example"} | ({"X-Forwarded-Proto": "https"} if https else {})
    request = urllib.request.Request(f"http://127.0.0.1:{stack['PORT']}{path}", headers=headers)
    with urllib.request.urlopen(request, timeout=10) as found:
        return int(found.status)


def test_only_the_web_port_is_published_and_on_loopback():
    published = {name: found.get("ports") for name, found in COMPOSE["services"].items() if "ports" in found}

    assert list(published) == ["web"]
    assert [interpolate(port) for port in published["web"]] == ["127.0.0.1:8000:8000"]


def test_no_secret_stands_in_the_file(monkeypatch: pytest.MonkeyPatch):
    secrets = [name for name in GIVEN if name != "ALLOWED_HOSTS"]

    for name in secrets:
        monkeypatch.delitem(GIVEN, name)

    for name in ("web", "worker", "beat", "migrate"):
        with pytest.raises(ValueError, match=r"set \w+ in \.env"):
            environment(name, {})


def test_every_service_that_stays_has_a_health_check():
    stays = {name for name, found in COMPOSE["services"].items() if found["restart"] != "no"}

    assert stays == {"postgres", "redis", "web", "worker", "beat"}
    assert all(service(name).get("healthcheck") for name in stays)


def test_compose_makes_a_database_that_knows_chinese():
    options = service("postgres")["environment"]["POSTGRES_INITDB_ARGS"]

    assert options == "--encoding=UTF8 --locale=C.UTF-8"


def test_data_lives_in_volumes():
    places = {name: found.get("volumes", []) for name, found in COMPOSE["services"].items()}

    assert "database:/var/lib/postgresql/data" in places["postgres"]
    assert "queue:/data" in places["redis"]
    assert "media:/app/media" in places["web"]
    assert "media:/app/media" in places["worker"]
    assert set(COMPOSE["volumes"]) == {"database", "queue", "media", "backups", "timetable"}
