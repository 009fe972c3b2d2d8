"""The portal as gunicorn serves it, but for one thing: it is killed the first time an entry comes up.

`DIES` says when: "reading", with a part of the upload read, or "booked", with everything written and nothing
answered. `DIED` is a file by which it knows, once it is started again, that it has been killed before.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

from config.wsgi import application as portal

DIED = Path(os.environ["DIED"])
PART = 20_000


def application(environ: dict[str, Any], start_response: Any) -> Any:
    is_entry = (environ["REQUEST_METHOD"], environ["PATH_INFO"]) == ("POST", "/work/entries/")
    if DIED.exists() or not is_entry:
        return portal(environ, start_response)
    if os.environ["DIES"] == "reading":
        environ["wsgi.input"].read(PART)
    else:
        portal(environ, start_response)
    DIED.touch()
    os.killpg(0, signal.SIGKILL)
    return []
