"""The keeper of a test run's servers: throw-away servers that end with whoever asked for them.

It writes one line of JSON, the environment to use, and lives until its standard input closes. A run that
is killed closes it too, so nothing is left behind.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from config.local.errors import LocalError
from config.local.folder import DataFolder
from config.local.services import Services


def guard() -> int:
    """Start, report, wait for the end of standard input, stop, clear away."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    home = Path(tempfile.mkdtemp(prefix="portal-test-", dir="/tmp" if os.access("/tmp", os.W_OK) else None))
    home.chmod(0o711)
    folder = DataFolder(home)
    services = Services(folder, fast=True)
    try:
        services.start()
        print(json.dumps({**services.environment, "PORTAL_TEST_HOME": str(home)}), flush=True)
        sys.stdin.buffer.read()
    except LocalError as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    finally:
        services.stop()
        folder.forget_sockets()
        shutil.rmtree(home, ignore_errors=True)
    return 0
