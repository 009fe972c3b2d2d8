"""How gunicorn serves the portal: `gunicorn -c python:config.gunicorn config.wsgi`."""

import os
import shutil
import tempfile
from typing import Any

# Counts of all workers of this server, added up by /metrics; a new folder at each start.
COUNTS = tempfile.mkdtemp(prefix="portal-counts-")
os.environ["PROMETHEUS_MULTIPROC_DIR"] = COUNTS

bind = f"{os.environ.get('HOST') or '127.0.0.1'}:{os.environ.get('PORT') or 8000}"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS") or 4)
timeout = 60
graceful_timeout = 10
keepalive = 5
max_requests = 5000
max_requests_jitter = 500
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
control_socket_disable = True
accesslog = os.environ.get("ACCESS_LOG") or None
limit_request_line = 4094
limit_request_fields = 60


def child_exit(_server: Any, worker: Any) -> None:
    """Gauges of a worker that is gone are forgotten; what it counted stays."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(_server: Any) -> None:
    shutil.rmtree(COUNTS, ignore_errors=True)
