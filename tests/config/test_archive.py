"""A backup holds every row and every photo, and is restored whole or not at all."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from config.local.archive import pack, unpack, without_newer_settings
from config.local.errors import LocalError
from core.models import User
from tests import database

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
ROWS = """SELECT count(*), md5(string_agg(r::text, chr(10) ORDER BY r::text)) FROM "{}" AS r"""
SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1"
GUARDS = "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"


def contents(url: str) -> dict[str, object]:
    """Everything in a database, in a form that can be compared."""
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(TABLES)
        tables = [row[0] for row in cursor.fetchall()]
        found: dict[str, object] = {}
        for table in tables:
            cursor.execute(ROWS.format(table))
            found[table] = cursor.fetchone()
        for name, query in (("sequences", SEQUENCES), ("guards", GUARDS)):
            cursor.execute(query)
            found[name] = cursor.fetchall()
    connection.close()
    return found


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def full(transactional_db: None, tmp_path: Path) -> tuple[str, Path]:
    """A database with rows and a folder with photos."""
    for number in range(30):
        User.objects.create_user(f"worker-{number}", display_name=f"网格员{number}")
    media = tmp_path / "media"
    (media / "images" / "2026").mkdir(parents=True)
    (media / "images" / "2026" / "a.jpg").write_bytes(bytes(range(256)) * 40)
    (media / "thumbs").mkdir()
    (media / "thumbs" / "楼道.jpg").write_bytes(b"after")
    return database.address(database.DATABASE), media


@pytest.fixture
def fresh(transactional_db: None) -> Iterator[str]:
    """An empty database beside the tests' own."""
    name = f"{database.DATABASE}_fresh"
    with database.server() as cursor:
        cursor.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
    yield database.address(name)
    with database.server() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.db_server
def test_restored_backup_equals_the_original(full: tuple[str, Path], fresh: str, tmp_path: Path):
    url, media = full

    pack(url, media, tmp_path / "b" / "portal.tar")
    unpack(tmp_path / "b" / "portal.tar", fresh, tmp_path / "restored")

    assert contents(fresh) == contents(url)
    assert contents(fresh)["core_user"][0] == 30
    assert contents(fresh)["guards"]
    assert files(tmp_path / "restored") == files(media)
    assert len(files(media)) == 2


@pytest.mark.db_server
def test_restore_into_a_full_portal_is_refused_and_changes_nothing(full: tuple[str, Path], tmp_path: Path):
    url, media = full
    pack(url, media, tmp_path / "portal.tar")
    User.objects.create_user("afterwards")
    before = contents(url)

    with pytest.raises(LocalError, match="FORCE=1"):
        unpack(tmp_path / "portal.tar", url, media)

    assert contents(url) == before


@pytest.mark.db_server
def test_forced_restore_takes_everything_back(full: tuple[str, Path], tmp_path: Path):
    url, media = full
    pack(url, media, tmp_path / "portal.tar")
    before, photos = contents(url), files(media)
    User.objects.create_user("afterwards")
    (media / "thumbs" / "later.jpg").write_bytes(b"later")

    unpack(tmp_path / "portal.tar", url, media, force=True)

    assert contents(url) == before
    assert files(media) == photos


@pytest.mark.parametrize("harm", ["cut", "changed", "missing"])
def test_harmed_backup_is_refused_before_anything_is_touched(
    full: tuple[str, Path], fresh: str, tmp_path: Path, harm: str
):
    source = tmp_path / "portal.tar"
    pack(*full, source)
    if harm == "cut":
        source.write_bytes(source.read_bytes()[: source.stat().st_size // 2])
    else:
        _repack(source, tmp_path / "work", harm)

    with pytest.raises(LocalError, match="not a whole backup"):
        unpack(source, fresh, tmp_path / "restored")

    assert contents(fresh) == {"sequences": [], "guards": []}
    assert files(tmp_path / "restored") == {}


def _repack(source: Path, work: Path, harm: str) -> None:
    with tarfile.open(source) as archive:
        archive.extractall(work, filter="data")
    photo = work / "media" / "thumbs" / "楼道.jpg"
    photo.write_bytes(b"other") if harm == "changed" else photo.unlink()
    with tarfile.open(source, "w") as archive:
        archive.add(work, arcname=".")


def test_setting_that_older_servers_refuse_is_left_out_at_the_head_alone(tmp_path: Path):
    script, known = tmp_path / "all.sql", tmp_path / "known.sql"
    head = "-- dump\nSET statement_timeout = 0;\n"
    rows = "\n" * 60 + "SET transaction_timeout = 0;\n"
    script.write_text(f"{head}SET transaction_timeout = 0;\n{rows}")

    without_newer_settings(script, known)

    assert known.read_text() == head + rows
