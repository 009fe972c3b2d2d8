"""How gunicorn serves the portal: `gunicorn -c python:config.gunicorn config.wsgi`."""

import gc
import os
import shutil
import tempfile
from itertools import count
from typing import Any

from prometheus_client import values

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


def pre_fork(server: Any, worker: Any) -> None:
    """Each worker counts under the lowest number that no living one has: renewed ones leave no files."""
    taken = {living.counts_as for living in server.WORKERS.values()}
    worker.counts_as = next(number for number in count() if number not in taken)


def post_fork(_server: Any, worker: Any) -> None:
    values.ValueClass = values.MultiProcessValue(lambda: worker.counts_as)  # type: ignore[no-untyped-call]


def post_worker_init(_worker: Any) -> None:
    """What the loaded application holds is never garbage; what requests leave is looked at less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def on_exit(_server: Any) -> None:
    shutil.rmtree(COUNTS, ignore_errors=True)
