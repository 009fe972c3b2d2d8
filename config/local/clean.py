"""`make clean`: remove the data folder and everything that was generated, once nobody uses it."""

from __future__ import annotations

import shutil

from config.local.folder import CHECKOUT, DataFolder
from config.local.processes import marked, stop_all, working_in
from config.local.run import MARK

GENERATED = ("staticfiles", "test-results", ".mypy_cache", ".ruff_cache", ".import_linter_cache", ".cache")


def clean() -> int:
    """Stop what an earlier run left alive, then remove its data.

    Raises:
        LocalError: a portal runs on the folder.
    """
    folder = DataFolder()
    if folder.path.exists():
        folder.hold("make clean")
        left = [*working_in(folder.postgres), *working_in(folder.valkey), *marked(MARK, str(folder.path))]
        stop_all(left)
        folder.forget_sockets()
        folder.release()
    for path in (folder.path, *(CHECKOUT / name for name in GENERATED)):
        shutil.rmtree(path, ignore_errors=True)
    return 0
