"""Checks of the servers behind the portal: versions, and the locale that Chinese search needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import redis
from django.conf import settings
from django.core import checks
from django.db import connections

OLDEST_POSTGRES = 150000
OLDEST_REDIS = 7
LOCALE = """
    SELECT current_setting('server_version_num')::int, pg_encoding_to_char(encoding), datctype
      FROM pg_database WHERE datname = current_database()
"""
TRIGRAMS_NEED = "Create it with: CREATE DATABASE portal TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'."


def check_postgres(*, databases: Sequence[str] | None = None, **_: Any) -> list[checks.CheckMessage]:
    """PostgreSQL is 15 or newer, in UTF-8, and its character classes know Chinese."""
    if not databases:
        return []
    with connections["default"].cursor() as cursor:
        cursor.execute(LOCALE)
        version, encoding, ctype = cursor.fetchone()
    found: list[checks.CheckMessage] = []
    if version < OLDEST_POSTGRES:
        hint = "Use PostgreSQL 15 or newer."
        found.append(checks.Error(f"PostgreSQL {version // 10000} is too old.", hint=hint, id="portal.E002"))
    if encoding != "UTF8":
        found.append(checks.Error(f"The database is in {encoding}.", hint=TRIGRAMS_NEED, id="portal.E003"))
    if ctype in {"C", "POSIX"}:
        message = "The database's LC_CTYPE is C: searching by parts of words finds no Chinese."
        found.append(checks.Error(message, hint=TRIGRAMS_NEED, id="portal.E004"))
    return found


def check_redis(*, databases: Sequence[str] | None = None, **_: Any) -> list[checks.CheckMessage]:
    """Redis or Valkey is 7 or newer and never throws queued tasks away."""
    if not databases:
        return []
    client = redis.Redis.from_url(settings.BROKER_URL, socket_timeout=2, socket_connect_timeout=2)
    try:
        server, memory = client.info("server"), client.info("memory")
    except redis.RedisError as error:
        hint = "Start it, or correct REDIS_URL. The portal serves pages meanwhile, but sends no messages."
        return [checks.Warning(f"Redis does not answer: {error}", hint=hint, id="portal.W003")]
    found: list[checks.CheckMessage] = []
    version = str(server.get("valkey_version") or server["redis_version"])
    if int(version.split(".", maxsplit=1)[0]) < OLDEST_REDIS:
        hint = "Use Redis or Valkey 7 or newer."
        found.append(checks.Error(f"Redis {version} is too old.", hint=hint, id="portal.E005"))
    if memory.get("maxmemory_policy") != "noeviction":
        hint = "Set maxmemory-policy to noeviction: other policies drop queued tasks when memory is short."
        found.append(checks.Warning("Redis may throw queued tasks away.", hint=hint, id="portal.W004"))
    return found
