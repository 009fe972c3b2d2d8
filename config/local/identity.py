"""As whom PostgreSQL runs: it refuses root, so root runs it in a user namespace or as another account."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

UNSHARE = ("--user", "--map-user=1000", "--map-group=1000")


@dataclass(frozen=True, slots=True)
class Identity:
    """How to start a program: a prefix to its command line, or an account to become."""

    prefix: tuple[str, ...] = ()
    uid: int | None = None
    gid: int | None = None

    @property
    def popen(self) -> dict[str, Any]:
        """Keyword arguments for `subprocess`."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, folder: Path) -> None:
        """Hand a folder of ours over to the account."""
        if self.uid is not None and self.gid is not None:
            os.chown(folder, self.uid, self.gid)

    def reaches(self, path: Path) -> bool:
        """Whether the account may enter or run `path`."""
        test = ["test", "-x", str(path)]
        return subprocess.run(test, cwd="/", check=False, **self.popen).returncode == 0


def identity_for(folder: Path) -> Identity:
    """As whom the server of `folder` must run. A folder that exists keeps its owner."""
    if os.geteuid() != 0:
        return Identity()
    if folder.exists() and (owner := folder.stat()).st_uid != 0:
        return Identity(uid=owner.st_uid, gid=owner.st_gid)
    if prefix := _namespace():
        return Identity(prefix=prefix)
    nobody = pwd.getpwnam("nobody")
    return Identity(uid=nobody.pw_uid, gid=nobody.pw_gid)


def _namespace() -> tuple[str, ...]:
    """The command that enters a user namespace, or nothing where that is denied."""
    program = shutil.which("unshare")
    if program is None or os.environ.get("PORTAL_NO_UNSHARE"):
        return ()
    prefix = (program, *UNSHARE)
    allowed = subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0
    return prefix if allowed else ()
