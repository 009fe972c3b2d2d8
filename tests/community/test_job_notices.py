"""Whoever asked the worker for an import or an export finds in their inbox how it ended, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from community import actions
from community.models import ListExport, Post, SheetImport
from community.tasks import run_list_exports, run_sheet_imports
from core.models import InboxItem, OutboxMessage
from petitions.actions.desk import export_ask, export_take
from petitions.models import ExportJob
from petitions.tasks import run_exports
from tests.community.test_list_export import job_of
from tests.community.test_sheet_import import GOOD, checked, imported

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def told(user) -> list[str]:
    return [item.title for item in InboxItem.objects.filter(user=user).order_by("pk")]


def test_importer_hears_when_it_was_checked_and_when_it_was_written(diecui, secretary, clerk, at):
    sheet = imported(diecui, secretary, at, GOOD, [*GOOD[:6], "1", ""])

    kind = "花名册（小区、楼栋、住户、居民）"
    assert told(secretary) == [f"表格检查完了，等您确认：{kind}", f"导入完成：{kind}"]
    last = InboxItem.objects.order_by("pk").last()
    assert last.body == "已新增 1 行，已有 0 行，有错 1 行没有导入。"
    assert str(sheet.pk) in last.url
    assert told(clerk) == []
    assert not OutboxMessage.objects.exists()


def test_importer_hears_why_it_stopped(diecui, secretary, at):
    sheet = checked(diecui, secretary, at, GOOD)
    actions.sheet_import_confirm(import_id=sheet.pk, actor=secretary, at=at)
    Post.objects.filter(user=secretary).delete()

    run_sheet_imports()

    assert told(secretary)[-1].startswith("导入没有完成")


def test_import_tried_in_vain_three_times_is_told_once(diecui, secretary, at):
    sheet = actions.sheet_import_confirm(
        import_id=checked(diecui, secretary, at, GOOD).pk, actor=secretary, at=at
    )
    for turn in range(3):
        assert actions.sheet_import_take(at=at + turn * timedelta(minutes=4)) is not None

    for turn in (4, 5):
        assert actions.sheet_import_take(at=at + turn * timedelta(minutes=4)) is None

    assert [title for title in told(secretary) if "没有完成" in title] == [
        "导入没有完成：花名册（小区、楼栋、住户、居民）"
    ]
    assert SheetImport.objects.get(pk=sheet.pk).state == "failed"


def test_exporter_hears_when_the_list_is_ready_or_cannot_be_made(diecui, secretary, at):
    job_of(secretary, at)
    run_list_exports()
    job_of(secretary, at)
    Post.objects.filter(user=secretary).delete()
    run_list_exports()

    assert told(secretary) == ["导出好了：居民", "导出没有成功：居民"]
    assert ListExport.objects.count() == 2


def test_exporter_of_matters_hears_when_the_list_is_ready(diecui, secretary, at):
    export_ask(owner=secretary, params={}, at=at)

    run_exports()

    assert told(secretary) == ["诉求清单导出好了"]


def test_exporter_of_matters_hears_when_it_was_tried_in_vain(diecui, secretary):
    at = timezone.now()
    export_ask(owner=secretary, params={}, at=at)
    for turn in range(5):
        export_take(at=at + turn * timedelta(minutes=4))

    assert told(secretary) == ["诉求清单没有导出成功"]
    assert ExportJob.objects.get().state == "failed"
