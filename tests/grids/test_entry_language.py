"""What came of an entry is kept in Chinese and told in the language of whoever reads it (ADR 0021)."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from core.models import User
from grids.models import FieldEntry
from tests.grids.patrols import planned, point, started
from tests.grids.test_care import elder, five, take  # noqa: F401
from tests.grids.test_entry_posts import KINDS
from tests.petitions.loop import *  # noqa: F403
from tests.petitions.loop import Loop

# ruff: noqa: F811

pytestmark = pytest.mark.django_db
CHINESE, LATIN = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[A-Za-z]{3}")


def bring(user: User, kind: str, fields: dict[str, Any], *, pk: str = "", language: str = "en") -> Any:
    client = Client()
    client.cookies["language"] = language
    client.force_login(user)
    now = timezone.now().isoformat()
    about = {"id": pk or str(uuid4()), "kind": kind, "captured_at": now, "sent_at": now}
    sent = {**{f"entry.{name}": value for name, value in about.items()}, "key": str(uuid4()), **fields}
    return client.post("/work/entries/", sent, headers={"Accept": "application/json"})


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in {"grids.hazard", "petitions.filing"}])
def test_english_page_is_told_in_english_and_what_is_kept_is_chinese(
    diecui, grid, grid_worker, elder, five, kind
):
    take(elder, five, "green", grid_worker, at=timezone.now())
    given, pk = {"household": elder.household_id, **KINDS[kind](diecui)}, str(uuid4())
    answers = [bring(grid_worker, kind, given, pk=pk) for _turn in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201], answers[0].content.decode()
    entry = FieldEntry.objects.get()
    assert not LATIN.search(f"{entry.result}{entry.said}")
    for answer in answers:
        assert LATIN.search(answer.json()["message"])
        assert not CHINESE.search(answer.json()["message"])


def test_check_in_is_told_with_its_reason_in_both_languages(grid, grid_worker):
    planned(grid)
    gate = point(grid, "Gate 3")
    started(grid, grid_worker, timezone.now())
    told = bring(grid_worker, "grids.checkin", {"code": gate.code}).json()

    entry = FieldEntry.objects.get()
    assert entry.said.startswith("“Gate 3”已打卡，未核实：")
    assert entry.result == entry.said[:60]
    assert not CHINESE.search(told["message"])
    again = bring(grid_worker, "grids.checkin", {"code": gate.code}, pk=str(entry.pk), language="zh-hans")
    assert again.json()["message"] == entry.said


def test_step_of_a_matter_is_kept_in_chinese(loop: Loop, grid_worker):
    petition = loop.triage().claim().refresh()
    given = {"number": petition.number, "step": "progress", "note": "下午换灯。"}
    told = bring(grid_worker, "petitions.step", given).json()

    assert not LATIN.search(FieldEntry.objects.get().said)
    assert not CHINESE.search(told["message"])


def test_entry_that_waits_says_why_in_the_readers_language(diecui, grid, grid_worker):
    given = {**KINDS["grids.visit"](diecui), "entry.to_leader": "on", "entry.objection": "404"}
    told = bring(grid_worker, "grids.visit", given).json()

    assert FieldEntry.objects.get().reason == "记录人交给网格长处理，原因：404"
    assert not CHINESE.search(told["message"])
