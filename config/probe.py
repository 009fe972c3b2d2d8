"""`python -m config.probe web|worker`: the health checks of the containers. Silent and 0 when all is well."""

from __future__ import annotations

import http.client
import os
import sys


def web() -> str:
    """What is wrong with the web process of this container."""
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT") or 8000), timeout=5)
    try:
        connection.request("GET", "/healthz")
        status = connection.getresponse().status
    except OSError as error:
        return str(error)
    return "" if status == 200 else f"/healthz answers {status}"


def worker() -> str:
    """What is wrong with the background: beat rings every minute, a worker answers by leaving a mark."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from core import health

    return "" if health.worker_is_alive() else "no sign of life from a worker"


PROBES = {"web": web, "worker": worker}


def main() -> str:
    probe = PROBES.get(sys.argv[1] if len(sys.argv) == 2 else "")
    return probe() if probe else f"usage: python -m config.probe {'|'.join(PROBES)}"


if __name__ == "__main__":
    sys.exit(main() or 0)
