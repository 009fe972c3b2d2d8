"""Settings are safe by default, and refuse in one sentence."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from config import environment
from config.checks import production, servers
from config.local.check import PRODUCTION
from config.local.folder import CHECKOUT


def run(*command: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the portal under production settings with `changes`."""
    env = {**os.environ, **PRODUCTION, **changes}
    return subprocess.run(
        [sys.executable, *command],
        cwd=CHECKOUT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def setting(*names: str, **changes: str) -> list[object]:
    code = "import json; from config import settings as s; import sys; "
    code += "print(json.dumps([getattr(s, name) for name in sys.argv[1:]]))"
    done = run("-c", code, *names, **changes)
    found: list[object] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set. Make one with:"),
        ({"DATABASE_URL": ""}, "DATABASE_URL is not set."),
        ({"DATABASE_URL": "sqlite:///db"}, "DATABASE_URL must begin with postgres://"),
        ({"REDIS_URL": ""}, "REDIS_URL is not set."),
        ({"CONN_MAX_AGE": "soon"}, "CONN_MAX_AGE='soon' cannot be read as int."),
        ({"DEBUG": "maybe"}, "DEBUG='maybe' is neither 1 nor 0."),
    ],
)
def test_wrong_environment_is_refused_in_one_sentence(changes: dict[str, str], sentence: str):
    done = run("manage.py", "check", **changes)

    assert done.returncode == 3
    assert done.stderr.startswith(f"The portal cannot start: {sentence}")
    assert len(done.stderr.strip().splitlines()) == 1


def test_production_is_safe_by_default():
    names = ("DEBUG", "DEMO", "SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE")

    found = setting(*names, "SECURE_HSTS_SECONDS", "CSRF_TRUSTED_ORIGINS")

    assert found == [False, False, True, True, True, 31536000, ["https://portal.shequ.example"]]


def test_loopback_demo_needs_no_https():
    found = setting("SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "SECURE_HSTS_SECONDS", INSECURE_HTTP="1")

    assert found == [False, False, 0]


def test_proxy_headers_are_believed_only_when_a_proxy_is_named():
    direct = run("-c", "from config import settings as s; print(hasattr(s, 'SECURE_PROXY_SSL_HEADER'))")
    behind = setting("SECURE_PROXY_SSL_HEADER", "ALLAUTH_TRUSTED_PROXY_COUNT", TRUSTED_PROXY_COUNT="1")

    assert direct.stdout.strip() == "False"
    assert behind == [["HTTP_X_FORWARDED_PROTO", "https"], 1]


def test_policy_allows_nothing_inline_and_nothing_from_elsewhere(client):
    policy = client.get("/admin/login/")["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "http" not in policy
    assert "default-src 'self'" in policy


@pytest.mark.parametrize(
    ("changes", "identifier"),
    [
        ({"DEMO": "1"}, "portal.E001"),
        ({"SMS_GATEWAY_URL": ""}, "portal.W001"),
        ({"ALLOWED_HOSTS": "*"}, "portal.W002"),
        ({"ALLOWED_HOSTS": ""}, "portal.W002"),
    ],
)
def test_misconfigured_production_is_named_with_a_hint(changes: dict[str, str], identifier: str):
    done = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **changes)

    assert done.returncode == 1
    assert identifier in done.stderr
    assert "HINT" in done.stderr


def test_right_production_is_silent():
    done = run("manage.py", "check", "--deploy", "--fail-level", "WARNING")

    assert done.returncode == 0, done.stderr


@pytest.mark.db_server
@pytest.mark.django_db
def test_servers_of_this_run_are_new_enough_and_know_chinese():
    found = servers.check_postgres(databases=["default"]) + servers.check_redis(databases=["default"])

    assert found == []


@pytest.mark.db_server
@pytest.mark.django_db
def test_database_without_chinese_characters_is_named(monkeypatch):
    monkeypatch.setattr(servers, "LOCALE", "SELECT 140012, 'SQL_ASCII', 'C'")

    found = servers.check_postgres(databases=["default"])

    assert [problem.id for problem in found] == ["portal.E002", "portal.E003", "portal.E004"]
    assert all(problem.hint for problem in found)


def test_redis_that_is_away_is_a_warning(settings):
    settings.BROKER_URL = "redis://127.0.0.1:1/0"

    found = servers.check_redis(databases=["default"])

    assert [problem.id for problem in found] == ["portal.W003"]


def test_checks_ask_no_server_unless_asked_to():
    assert servers.check_postgres() == servers.check_redis() == []
    assert production.check_demo() == []


@pytest.mark.parametrize(
    ("url", "number", "moved", "broker"),
    [
        ("redis://h:6379/0", 1, "redis://h:6379/1", "redis://h:6379/0"),
        ("rediss://:pw@h/3", 4, "rediss://:pw@h/4", "rediss://:pw@h/3"),
        ("unix:///tmp/s?db=2", 3, "unix:///tmp/s?db=3", "redis+socket:///tmp/s?virtual_host=2"),
        ("unix:///tmp/s", 1, "unix:///tmp/s?db=1", "redis+socket:///tmp/s?virtual_host=0"),
    ],
)
def test_cache_and_queue_take_two_numbers_of_one_server(url: str, number: int, moved: str, broker: str):
    assert environment.redis_number(url) + 1 == number
    assert environment.redis_database(url, number) == moved
    assert environment.celery_address(url) == broker


def test_every_name_that_is_read_stands_in_the_example():
    source = "".join((CHECKOUT / "config" / name).read_text() for name in ("settings.py", "gunicorn.py"))
    names = set(re.findall(r'(?:read\(\s*env\.\w+, |flag\(|required\(\s*|environ\.get\()"([A-Z_]+)"', source))
    example = Path(CHECKOUT / ".env.example").read_text()

    missing = {name for name in names if not re.search(rf"^#? ?{name}=", example, re.MULTILINE)}

    assert len(names) > 15
    assert missing <= {"DEBUG", "STATIC_FROM_SOURCE"}
