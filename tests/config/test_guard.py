"""The servers of a test run end with it, however it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg2

from config.local.folder import CHECKOUT
from config.local.processes import wait_for, working_in

ASK = [sys.executable, "-m", "config.local", "guard"]
WITHOUT = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
PARENT = """
import subprocess, sys, time
keeper = subprocess.Popen([sys.executable, "-m", "config.local", "guard"], stdin=subprocess.PIPE, start_new_session=True)
time.sleep(600)
"""


def test_servers_are_gone_with_the_last_word_of_their_asker():
    keeper = subprocess.Popen(
        ASK, cwd=CHECKOUT, env=WITHOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert keeper.stdout
    assert keeper.stdin
    given = json.loads(keeper.stdout.readline())
    psycopg2.connect(given["DATABASE_URL"]).close()

    keeper.stdin.close()

    assert keeper.wait(30) == 0
    assert_nothing_is_left(given)


def test_servers_of_a_killed_run_are_cleared_away():
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], cwd=CHECKOUT, env=WITHOUT, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout
    given = json.loads(parent.stdout.readline())
    psycopg2.connect(given["DATABASE_URL"]).close()

    parent.kill()
    parent.wait()

    assert wait_for(lambda: not Path(given["PORTAL_TEST_HOME"]).exists(), 30)
    assert_nothing_is_left(given)


def assert_nothing_is_left(given: dict[str, str]) -> None:
    home = Path(given["PORTAL_TEST_HOME"])
    sockets = Path(given["DATABASE_URL"].partition("host=")[2].partition("&")[0])
    assert not home.exists()
    assert wait_for(lambda: not sockets.exists(), 5)
    assert working_in(home / "pg") == working_in(home / "valkey") == []
