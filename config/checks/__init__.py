"""System checks with an id and a hint: what is misconfigured, and what to do about it."""

from __future__ import annotations

from django.core.checks import Tags, register

from config.checks import production, servers


def register_all() -> None:
    """Make Django run the checks: servers on `migrate` and `check --database`, the rest on `--deploy`."""
    register(servers.check_postgres, Tags.database)
    register(servers.check_redis, "redis")
    for check in (production.check_demo, production.check_gateway, production.check_hosts):
        register(check, Tags.security, deploy=True)
