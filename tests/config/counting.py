"""The smallest page that counts its requests as the portal does, and says what all workers counted."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Counter, multiprocess

ASKED = Counter("asked", "Requests", registry=CollectorRegistry())


def answer(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    ASKED.inc()
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)
    folder = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
    said = {
        "worker": os.getpid(),
        "counted": int(registry.get_sample_value("asked_total") or 0),
        "files": len(list(folder.glob("counter_*.db"))),
    }
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(said).encode()]
