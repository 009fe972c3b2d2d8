"""The private PostgreSQL and Valkey come up again whatever was killed, and lose nothing."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg2
import pytest
import redis

from config.local.errors import LocalError
from config.local.folder import CHECKOUT, DataFolder
from config.local.processes import Process, working_in
from config.local.services import Services
from tests.config.conftest import kill

Start = Callable[[], Services]


def query(services: Services, statement: str) -> list[tuple[object, ...]]:
    with psycopg2.connect(services.environment["DATABASE_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def queue(services: Services) -> redis.Redis:
    return redis.Redis.from_url(services.environment["REDIS_URL"])


def fill(services: Services) -> None:
    query(services, "CREATE TABLE kept AS SELECT generate_series(1, 300) AS n")
    queue(services).rpush("kept", *range(300))


def assert_all_kept(services: Services) -> None:
    assert query(services, "SELECT count(*) FROM kept") == [(300,)]
    assert queue(services).llen("kept") == 300


def server_pid(data: Path) -> int:
    return int((data / "pg" / "postmaster.pid").read_text().split()[0])


def test_servers_keep_their_data_over_an_orderly_stop(services: Start, data: Path):
    first = services()
    first.start()
    fill(first)
    first.stop()

    second = services()
    how = second.start()

    assert how == {"postgres": "started", "valkey": "started"}
    assert_all_kept(second)
    second.stop()
    assert working_in(data / "pg") == working_in(data / "valkey") == []


def test_database_knows_chinese_characters_and_is_utf8(services: Start):
    running = services()
    running.start()

    query(running, "CREATE EXTENSION pg_trgm; CREATE EXTENSION btree_gist")

    assert query(running, "SHOW server_encoding") == [("UTF8",)]
    assert query(running, "SELECT array_length(show_trgm('楼道灯坏了'), 1)") == [(6,)]
    running.stop()


def test_servers_listen_on_sockets_only_even_below_a_very_long_path(tmp_path: Path):
    deep = tmp_path / ("x" * 100) / ("y" * 100)
    deep.mkdir(parents=True)
    running = Services(DataFolder(deep / ".data"), given={})

    running.start()

    assert query(running, "SHOW listen_addresses") == [("",)]
    assert queue(running).config_get("port") == {"port": "0"}
    running.stop()
    DataFolder(deep / ".data").forget_sockets()


def test_servers_left_alive_by_a_killed_launcher_are_adopted(services: Start):
    first = services()
    first.start()
    fill(first)

    second = services()
    how = second.start()

    assert how == {"postgres": "adopted", "valkey": "adopted"}
    assert_all_kept(second)
    second.stop()
    assert not first.servers[0].alive()


def test_killed_servers_start_again_with_everything_committed(services: Start, data: Path):
    first = services()
    first.start()
    fill(first)
    for server in first.servers:
        assert server.process
        kill(server.process)

    second = services()
    how = second.start()

    assert how == {"postgres": "started", "valkey": "started"}
    assert_all_kept(second)
    second.stop()


def test_every_process_killed_at_once_loses_nothing(services: Start, data: Path):
    first = services()
    first.start()
    fill(first)
    for process in working_in(data / "pg") + working_in(data / "valkey"):
        process.send(signal.SIGKILL)

    second = services()
    second.start()

    assert_all_kept(second)
    second.stop()


@pytest.mark.parametrize("word", ["checkpointer", "walwriter", "background writer"])
def test_a_killed_helper_of_postgres_loses_nothing(services: Start, data: Path, word: str):
    running = services()
    running.start()
    fill(running)
    helper = next(p for p in working_in(data / "pg") if word in Path(f"/proc/{p.pid}/cmdline").read_text())

    kill(helper)

    again = services()
    again.start()
    assert_all_kept(again)
    again.stop()


def test_pid_file_that_names_a_stranger_does_not_stop_the_start(services: Start, data: Path):
    first = services()
    first.start()
    fill(first)
    first.stop()
    (data / "pg" / "postmaster.pid").write_text(f"{os.getppid()}\n{data / 'pg'}\n0\n5432\n\n\n")

    second = services()
    how = second.start()

    assert how["postgres"] == "started"
    assert Process.of(os.getppid())
    assert_all_kept(second)
    second.stop()


def test_server_whose_socket_vanished_is_stopped_and_started(services: Start, data: Path):
    first = services()
    first.start()
    fill(first)
    old = server_pid(data)
    shutil.rmtree((data / "sockets").read_text())

    second = services()
    how = second.start()

    assert how == {"postgres": "started", "valkey": "started"}
    assert server_pid(data) != old
    assert_all_kept(second)
    second.stop()


def test_half_made_cluster_is_made_again(services: Start, data: Path):
    (data / "pg.new").mkdir()
    (data / "pg.new" / "PG_VERSION").write_text("18")

    running = services()
    running.start()

    assert query(running, "SELECT 1") == [(1,)]
    running.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another account")
def test_root_without_user_namespaces_runs_postgres_as_nobody(services: Start, data: Path, monkeypatch):
    monkeypatch.setenv("PORTAL_NO_UNSHARE", "1")
    first = services()
    first.start()
    fill(first)
    assert Path(f"/proc/{server_pid(data)}").stat().st_uid != 0
    first.stop()
    monkeypatch.delenv("PORTAL_NO_UNSHARE")

    second = services()
    second.start()

    assert_all_kept(second)
    second.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can enter a namespace as another account")
def test_servers_left_alive_in_another_user_namespace_are_adopted_by_root(data: Path):
    code = "import sys; from pathlib import Path; from config.local.folder import DataFolder; "
    code += "from config.local.services import Services; import os; "
    code += "print(os.geteuid(), Services(DataFolder(Path(sys.argv[1])), given={}).start())"
    ordinary = ["unshare", "--user", "--map-user=1000", "--map-group=1000", sys.executable]
    done = subprocess.run(
        [*ordinary, "-c", code, str(data)], check=False, cwd=CHECKOUT, capture_output=True, text=True
    )
    assert done.stdout == "1000 {'postgres': 'started', 'valkey': 'started'}\n", done.stderr

    services = Services(DataFolder(data), given={})
    how = services.start()

    assert how == {"postgres": "adopted", "valkey": "adopted"}
    services.stop()
    assert working_in(data / "pg") == []


def test_second_holder_of_a_folder_is_told_who_has_it(data: Path):
    first, second = DataFolder(data), DataFolder(data)
    first.hold("a portal at http://127.0.0.1:8000/")

    with pytest.raises(LocalError, match=rf"a portal at http://127.0.0.1:8000/ \(process {os.getpid()}\)"):
        second.hold("another")

    first.release()
    second.hold("another")
    second.release()


def test_secret_key_is_made_once_and_is_private(data: Path):
    first = DataFolder(data).secret_key()

    second = DataFolder(data).secret_key()

    assert first == second
    assert len(first) >= 50
    assert (data / "secret_key").stat().st_mode & 0o077 == 0


def test_addresses_from_the_environment_are_used_as_they_are(data: Path):
    given = {"DATABASE_URL": "postgres://there/portal", "REDIS_URL": "redis://there/0"}

    services = Services(DataFolder(data), given=given)

    assert services.environment == given
    assert services.servers == []
    assert not (data / "sockets").exists()
