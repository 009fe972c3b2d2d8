"""The data folder of a checkout: where things are, who holds it, and the short folder for its sockets."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import tempfile
from pathlib import Path
from typing import IO

from config.local.errors import LocalError

CHECKOUT = Path(__file__).resolve().parent.parent.parent
SOCKET_ROOM = 80
"""A socket's path may have 107 bytes on Linux (103 on macOS); the file name takes the rest."""


class DataFolder:
    """`.data/` in the checkout, or another folder for tests."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = (path or Path(os.environ.get("PORTAL_DATA") or CHECKOUT / ".data")).absolute()
        self._lock: IO[str] | None = None

    @property
    def postgres(self) -> Path:
        return self.path / "pg"

    @property
    def valkey(self) -> Path:
        return self.path / "valkey"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def media(self) -> Path:
        return self.path / "media"

    @property
    def sign_ins(self) -> Path:
        """Who can sign in to the demo, as text."""
        return self.path / "sign-ins"

    def is_demo(self) -> bool:
        """Whether this folder is for the demo, which it is unless `make init` said otherwise."""
        return not (self.path / "own").exists()

    def set_own(self) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        (self.path / "own").touch()

    def hold(self, what: str) -> None:
        """Take the folder for this process.

        Raises:
            LocalError: another process has it; the sentence says which.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        lock = (self.path / "lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            holder = lock.read().strip() or "another process"
            lock.close()
            raise LocalError(f"{self.path} is in use by {holder}. Stop that first.") from error
        lock.truncate(0)
        lock.write(f"{what} (process {os.getpid()})")
        lock.flush()
        self._lock = lock

    def release(self) -> None:
        if self._lock is not None:
            self._lock.truncate(0)
            self._lock.close()
            self._lock = None

    def sockets(self) -> Path:
        """A short folder for sockets, the same one every time as long as it is there."""
        self.path.mkdir(parents=True, exist_ok=True)
        record = self.path / "sockets"
        if record.exists() and _is_ours(known := Path(record.read_text().strip())):
            return known
        roots = [root for root in ("/tmp", tempfile.gettempdir(), "/var/tmp") if os.access(root, os.W_OK)]
        fresh = Path(tempfile.mkdtemp(prefix="portal-", dir=min(roots, key=len)))
        if len(str(fresh)) > SOCKET_ROOM:
            raise LocalError(f"{fresh} is too long for a socket; set TMPDIR to a shorter folder.")
        record.write_text(str(fresh))
        return fresh

    def forget_sockets(self) -> None:
        record = self.path / "sockets"
        if record.exists():
            shutil.rmtree(record.read_text().strip(), ignore_errors=True)
            record.unlink()

    def secret_key(self) -> str:
        """A key made once and kept, so that links and sessions outlive a restart."""
        record = self.path / "secret_key"
        if not record.exists():
            self.path.mkdir(parents=True, exist_ok=True)
            fresh = record.with_suffix(".new")
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_urlsafe(50))
            fresh.rename(record)
        return record.read_text().strip()


def _is_ours(folder: Path) -> bool:
    """Whether a socket folder is still there and closed to others."""
    try:
        entry = folder.lstat()
    except OSError:
        return False
    mine = os.geteuid() in (0, entry.st_uid)
    return folder.is_dir() and not folder.is_symlink() and mine and not entry.st_mode & 0o077
