"""`make check`: every tool that reads the project without running it. All run; each tells its verdict."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from config.local.folder import CHECKOUT
from config.local.writes import APPS

BIN = Path(sys.executable).parent
MANAGE = [sys.executable, "manage.py"]
PRODUCTION = {
    "SECRET_KEY": "check-only-0f3Kq8vYtR2mZx7LwBn5JdHs9PaGc4EuTi6QoXe1",
    "ALLOWED_HOSTS": "portal.shequ.example",
    "DATABASE_URL": "postgres://portal@db/portal",
    "REDIS_URL": "redis://redis/0",
    "SMS_GATEWAY_URL": "https://sms.shequ.example/send",
    "DEBUG": "",
    "DEMO": "",
    "INSECURE_HTTP": "",
    "STATIC_FROM_SOURCE": "",
    "DJANGO_ALLOW_ASYNC_UNSAFE": "",
}
"""A production run as it should be; nothing is connected to."""

STEPS: dict[str, list[str]] = {
    "types": [f"{BIN}/mypy", *APPS],
    "lint": [f"{BIN}/ruff", "check", "."],
    "format": [f"{BIN}/ruff", "format", "--check", "."],
    "imports": [f"{BIN}/lint-imports"],
    "writes": [sys.executable, "-m", "config.local", "writes"],
    "messages": [sys.executable, "-m", "config.local", "messages_check"],
    "templates": [f"{BIN}/djlint", "templates", "--lint", "--quiet"],
    "migrations": [*MANAGE, "makemigrations", "--check", "--dry-run"],
    "deploy": [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"],
    "compose": [f"{BIN}/check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"],
    "dockerfile": [f"{BIN}/hadolint", "Dockerfile"],
    "shell": ["bash", "-n", ".ci/run", "config/local/venv.sh", "config/local/browser.sh"],
}


def check() -> int:
    """Run every step, two at a time; 1 if one failed."""
    (CHECKOUT / "static").mkdir(exist_ok=True)
    with ThreadPoolExecutor(max_workers=2) as pool:
        failed = [name for name, passed in zip(STEPS, pool.map(_run, STEPS), strict=True) if not passed]
    print(f"failed: {', '.join(failed)}" if failed else "All checks passed.")
    return 1 if failed else 0


def _run(name: str) -> bool:
    began = time.monotonic()
    done = subprocess.run(
        STEPS[name],
        cwd=CHECKOUT,
        env={**os.environ, **PRODUCTION},
        capture_output=True,
        text=True,
        check=False,
    )
    passed = done.returncode == 0
    verdict = "ok" if passed else "FAILED"
    output = "" if passed else f"\n{done.stdout}{done.stderr}".rstrip()
    print(f"{name:12} {verdict:7} {time.monotonic() - began:5.1f} s{output}", flush=True)
    return passed
