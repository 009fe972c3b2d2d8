"""`make backup` and `make restore`: database and photos in one file with checksums, checked before use."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg2

from config.local.attach import attached
from config.local.errors import LocalError
from config.local.folder import CHECKOUT
from config.local.postgres import binaries

SUMS, ABOUT, DUMP, MEDIA = "SHA256SUMS", "about.json", "database.dump", "media"
TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
HEAD_LINES = 40
NEWER = b"SET transaction_timeout = 0;"
"""What clients of 17 and newer write at the head of every script."""


def backup() -> int:
    """Write FILE, or a new file in `backups/`."""
    target = Path(os.environ.get("FILE") or CHECKOUT / "backups" / f"portal-{_stamp()}.tar")
    with attached("make backup") as (_, env):
        pack(env["DATABASE_URL"], Path(env["MEDIA_ROOT"]), target)
    print(f"Written: {target} ({target.stat().st_size / 1e6:.1f} MB)")
    return 0


def restore() -> int:
    """Read FILE into an empty database; with FORCE=1 into a full one, which is backed up first."""
    if not (name := os.environ.get("FILE")):
        raise LocalError("Say which file: make restore FILE=backups/portal-….tar")
    force = os.environ.get("FORCE") == "1"
    with attached("make restore", alone=True) as (_, env):
        url, media = env["DATABASE_URL"], Path(env["MEDIA_ROOT"])
        if force and not _is_empty(url, media):
            aside = CHECKOUT / "backups" / f"before-restore-{_stamp()}.tar"
            pack(url, media, aside)
            print(f"What was there is kept in {aside}")
        unpack(Path(name), url, media, force=force)
    print(f"Restored from {name}. The next start applies newer migrations, if any.")
    return 0


def pack(url: str, media: Path, target: Path) -> None:
    """Dump the database, then add the photos: no row can name a photo that is not in the file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.partial")
    with tempfile.TemporaryDirectory(dir=target.parent) as work:
        dump, about, sums = (Path(work) / name for name in (DUMP, ABOUT, SUMS))
        _run(_client("pg_dump", url), "--format=custom", "--no-owner", "--no-acl", f"--file={dump}", url)
        about.write_text(json.dumps({"format": 1, "made_at": datetime.now(UTC).isoformat()}))
        members = [(ABOUT, about), (DUMP, dump), *((f"{MEDIA}/{name}", path) for name, path in _files(media))]
        sums.write_text("".join(f"{_sum(path)}  {name}\n" for name, path in members))
        with tarfile.open(partial, "w") as archive:
            for name, path in [(SUMS, sums), *members]:
                archive.add(path, arcname=name, recursive=False)
    partial.chmod(0o600)
    partial.replace(target)


def unpack(source: Path, url: str, media: Path, *, force: bool = False) -> None:
    """Check the file, then fill database and photo folder from it.

    Raises:
        LocalError: the file is not whole, or there is something in the database or folder.
    """
    if not source.exists():
        raise LocalError(f"{source} does not exist.")
    if not force and not _is_empty(url, media):
        raise LocalError("The database or the photo folder is not empty. To replace both: FORCE=1")
    media.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=media.parent) as work:
        whole = Path(work)
        _extract(source, whole)
        _clear(url)
        _load(url, whole / DUMP)
        for path in media.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        for path in (whole / MEDIA).iterdir() if (whole / MEDIA).exists() else ():
            shutil.move(path, media / path.name)


def _load(url: str, dump: Path) -> None:
    """Restore a dump in one transaction, by a script in which nothing is newer than the server."""
    script, known = dump.with_name("all.sql"), dump.with_name("known.sql")
    _run(_client("pg_restore", url), "--no-owner", "--no-acl", f"--file={script}", str(dump))
    without_newer_settings(script, known)
    options = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
    _run(_client("psql", url), *options, "--output=/dev/null", f"--file={known}", f"--dbname={url}")


def without_newer_settings(source: Path, target: Path) -> None:
    """Copy a script but for the setting at its head that servers before 17 refuse; rows stay as they are."""
    with source.open("rb") as lines, target.open("wb") as kept:
        for number, line in enumerate(lines):
            if number > HEAD_LINES or line.strip() != NEWER:
                kept.write(line)


def _extract(source: Path, folder: Path) -> None:
    try:
        with tarfile.open(source) as archive:
            archive.extractall(folder, filter="data")
        sums = (line.split("  ", 1) for line in (folder / SUMS).read_text().splitlines())
        listed = {name: total for total, name in sums}
    except (tarfile.TarError, OSError, ValueError) as error:
        raise LocalError(f"{source} is not a whole backup: {error}") from error
    found = {name: path for name, path in _files(folder) if name != SUMS}
    wrong = sorted(found.keys() ^ listed.keys()) or [
        n for n, path in found.items() if _sum(path) != listed[n]
    ]
    if wrong or DUMP not in found:
        raise LocalError(f"{source} is not a whole backup: {', '.join(wrong[:5]) or DUMP} differs.")


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(folder).as_posix(), path


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_empty(url: str, media: Path) -> bool:
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(TABLES)
        row = cursor.fetchone()
    connection.close()
    return row == (0,) and not (media.exists() and any(_files(media)))


def _clear(url: str) -> None:
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    connection.close()


def _client(program: str, url: str) -> Path:
    """A client program that is at least as new as the server, and no newer than need be."""
    connection = psycopg2.connect(url)
    server = connection.server_version // 10000
    connection.close()
    known = [binaries() / program, *Path("/usr/lib/postgresql").glob(f"*/bin/{program}")]
    known += [Path(found)] if (found := shutil.which(program)) else []
    versions = {_major(path): path for path in known if path.exists()}
    fitting = [major for major in versions if major >= server]
    if not fitting:
        raise LocalError(f"No {program} for PostgreSQL {server} found: install postgresql-client-{server}.")
    return versions[min(fitting)]


def _major(program: Path) -> int:
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"(\d+)(\.\d+|beta|rc|devel|$)", answer)
    return int(found[1]) if found else 0


def _run(program: Path, *arguments: str) -> None:
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise LocalError(f"{program.name} failed: {done.stderr.strip()}")


def _stamp() -> str:
    return datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
