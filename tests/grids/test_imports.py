"""Registers come in from Excel: looked at row by row, by the same actions as at the desk, each row once."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from community import actions as community_actions
from community.models import Resident
from community.sheet_kinds import import_kinds
from community.sheets import template_of
from community.tasks import run_sheet_imports
from core.errors import NotAllowedError
from core.models import AuditEntry
from grids.actions.registers.schemes import Meaning, SchemeDraft, scheme_save
from grids.models import CareSubject, Checkpoint, Grid, ResidentTag
from tests.cast import NOW, make_resident
from tests.community.test_sheet_import import checked, imported, problems, start, tally
from tests.grids.registers import mark

pytestmark = pytest.mark.django_db
DOOR = "一号小区 1号楼 1单元 101"
KINDS = ("marks", "care", "checkpoints", "duties")


@pytest.fixture(autouse=True)
def media(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def elder(diecui):
    return make_resident(diecui.households[0], "张奶奶", "13900000041")


@pytest.fixture
def tenant(diecui):
    return make_resident(diecui.households[1], "小李", "13900000042")


@pytest.fixture
def five(community):
    draft = SchemeDraft("五色台账", {"red": Meaning("急", 3), "green": Meaning("平稳", 30)})
    return scheme_save(community=community, draft=draft, actor=None, at=NOW)


@pytest.mark.parametrize("code", KINDS)
def test_template_has_an_example_that_fits(code):
    kind = import_kinds.get(code)

    assert len(kind.example) == len(kind.columns)
    assert template_of(kind)


def test_marks_are_made_by_door_and_name_or_by_phone(diecui, secretary, elder, tenant, at):
    rows = [
        [DOOR, "张奶奶", "", "特殊人群", "", "", "独居"],
        ["", "", "13900000042", "租户", "2026-03-01", "2027-02-28", ""],
    ]

    sheet = imported(diecui, secretary, at, *rows, kind="marks")

    assert tally(sheet) == (2, 0, 0), problems(sheet)
    first, second = ResidentTag.objects.order_by("pk")
    assert (first.resident, first.colour.word, first.since_on, first.note) == (
        elder,
        "特殊人群",
        NOW.date(),
        "独居",
    )
    assert (second.resident, second.since_on, second.recheck_on) == (
        tenant,
        date(2026, 3, 1),
        date(2027, 2, 28),
    )
    assert Resident.objects.get(pk=tenant.pk).is_tenant
    assert AuditEntry.objects.filter(event="tag.set", actor=secretary).count() == 2


def test_look_at_a_sheet_of_marks_names_each_wrong_row_and_changes_nothing(
    diecui, secretary, elder, tenant, at
):
    rows = [
        [DOOR, "张奶奶", "", "已故", "", "", ""],
        [DOOR, "查无此人", "", "租户", "", "", ""],
        [DOOR, "张奶奶", "", "紫色", "", "", ""],
        [DOOR, "张奶奶", "", "特殊人群", "", "2027-01-01", ""],
        ["", "", "13900000042", "租户", "2030-01-01", "", ""],
        [DOOR, "", "", "租户", "", "", ""],
        [DOOR, "张奶奶", "", "已故", "", "", ""],
    ]

    sheet = checked(diecui, secretary, at, *rows, kind="marks")

    assert [(number, words) for number, _column, words in problems(sheet)] == [
        (3, "花名册里没有这位居民。"),
        (4, "信息册里没有“紫色”，只有：特殊人群、已故、租户、搬离。"),
        (5, "只有租户的标记才填租期。"),
        (6, "起始日期不能晚于今天。"),
        (7, "没有手机号的，住址和姓名都要填。"),
        (8, "与第 2 行重复。"),
    ]
    assert (ResidentTag.objects.count(), Resident.objects.get(pk=elder.pk).standing) == (0, "present")


def test_sheet_of_marks_may_come_twice_and_goes_on_where_it_was_left(diecui, secretary, elder, at):
    row = [DOOR, "张奶奶", "", "特殊人群", "", "", ""]
    mark(elder, "特殊人群", secretary)

    sheet = imported(
        diecui, secretary, at, row, [DOOR, "张奶奶", "", "已故", "2026-11-01", "", ""], kind="marks"
    )

    assert tally(sheet) == (1, 1, 0)
    assert ResidentTag.objects.count() == 2
    assert Resident.objects.get(pk=elder.pk).standing == "deceased"


def test_same_person_of_two_doors_is_asked_about(diecui, secretary, at):
    for number in (0, 1):
        make_resident(diecui.households[number], f"同名{number}", f"1390000006{number}")
    Resident.objects.filter(name__startswith="同名").update(name="王五", phone="13900000049")

    sheet = checked(diecui, secretary, at, ["", "王五", "13900000049", "特殊人群", "", "", ""], kind="marks")

    assert "不止一位" in problems(sheet)[0][2]


@pytest.mark.parametrize("code", KINDS)
def test_who_keeps_one_grid_or_another_community_brings_in_nothing(
    diecui, grid_worker, grid_leader, secretary_of_another_community, outsider, at, code
):
    for actor in (grid_worker, grid_leader, secretary_of_another_community, outsider):
        with pytest.raises(NotAllowedError):
            start(diecui, actor, at, kind=code)


def test_person_of_another_community_is_not_found(diecui, fuxi, secretary, at):
    make_resident(fuxi.households[0], "府西人", "13900000050")

    sheet = checked(diecui, secretary, at, ["", "", "13900000050", "特殊人群", "", "", ""], kind="marks")

    assert problems(sheet)[0][2] == "花名册里没有这位居民。"


def test_care_is_opened_in_a_colour_by_its_word_or_name_and_planned(
    diecui, secretary, elder, tenant, five, at
):
    rows = [
        [DOOR, "张奶奶", "", "五色台账", "急", "独居"],
        ["", "小李", "13900000042", "五色台账", "绿", "摸排"],
    ]

    sheet = imported(diecui, secretary, at, *rows, kind="care")

    assert tally(sheet) == (2, 0, 0), problems(sheet)
    urgent, calm = CareSubject.objects.order_by("pk")
    assert (urgent.resident, urgent.colour.word, urgent.next_on) == (elder, "急", date(2026, 11, 23))
    assert (calm.colour.word, calm.changes.get().reason) == ("平稳", "摸排")


def test_care_of_the_dead_of_another_colour_or_scheme_is_refused_by_row(
    diecui, secretary, elder, tenant, five, at
):
    mark(tenant, "已故", secretary)
    imported(diecui, secretary, at, [DOOR, "张奶奶", "", "五色台账", "急", "独居"], kind="care")
    rows = [
        ["", "", "13900000041", "五色台账", "急", "独居"],
        [DOOR, "张奶奶", "", "五色台账", "平稳", "好转"],
        ["", "", "13900000042", "五色台账", "急", "独居"],
        ["", "张奶奶", "13900000041", "七色台账", "急", "独居"],
        [DOOR, "张奶奶", "13900000041", "五色台账", "紫", "独居"],
    ]

    sheet = checked(diecui, secretary, at, *rows, kind="care")

    assert [(number, words) for number, _column, words in problems(sheet)] == [
        (3, "已经在这个方案里，颜色是“急”。换颜色请到本人的页面，写明原因。"),
        (4, "这个人已故或已搬离。"),
        (5, "本社区没有“七色台账”这个关爱方案。"),
        (6, "这个方案里没有“紫”，只有：急、平稳。"),
    ]
    assert (tally(sheet), CareSubject.objects.count()) == ((0, 1, 4), 1)


def test_points_get_their_codes_and_wrong_places_are_named(diecui, grid, secretary, at):
    rows = [
        [grid.name, "东门", 110.7012, 35.5963, 1],
        [grid.name, "西门", "", "", ""],
        [grid.name, "南门", 110.7, "", ""],
        [grid.name, "北门", 350, 35.6, ""],
        ["第9网格", "东门", "", "", ""],
    ]

    sheet = imported(diecui, secretary, at, *rows, kind="checkpoints")

    assert [point.name for point in Checkpoint.objects.filter(grid=grid)] == ["东门", "西门"]
    assert all(len(point.code) == 6 for point in Checkpoint.objects.all())
    assert [number for number, *_rest in problems(sheet)] == [4, 5, 6]
    assert AuditEntry.objects.filter(event="checkpoint.created", actor=secretary).count() == 2


def test_killed_worker_leaves_each_mark_once(diecui, secretary, elder, at):
    row = [DOOR, "张奶奶", "", "特殊人群", "", "", ""]
    sheet = checked(diecui, secretary, at, row, kind="marks")
    community_actions.sheet_import_confirm(import_id=sheet.pk, actor=secretary, at=at)
    mark(elder, "特殊人群", secretary)

    run_sheet_imports()
    run_sheet_imports()

    sheet.refresh_from_db()
    assert (sheet.state, ResidentTag.objects.count()) == ("done", 1)


class TestDutyLists:
    """职责清单 of each grid: a duty a row, each once; what stands there stays."""

    def rows(self, diecui):
        return [
            [diecui.grids[0].name, "早间巡查", ""],
            [diecui.grids[0].name, "入户走访", ""],
            [diecui.grids[1].name, "排查隐患", "老城区清单"],
        ]

    @pytest.fixture(autouse=True)
    def without_lists(self, diecui):
        Grid.objects.filter(community=diecui.community).update(duty_list=None, is_active=False)

    def test_duties_go_into_the_grid_s_own_list_or_the_one_that_is_named(self, diecui, secretary, at):
        sheet = imported(diecui, secretary, at, *self.rows(diecui), kind="duties")

        assert tally(sheet) == (3, 0, 0), problems(sheet)
        first, second = (Grid.objects.get(pk=grid.pk) for grid in diecui.grids)
        assert first.duty_list.name == f"{first.name}职责清单"
        assert [item.title for item in first.duty_list.items.all()] == ["早间巡查", "入户走访"]
        assert (second.duty_list.name, second.duty_list.items.count()) == ("老城区清单", 1)
        assert AuditEntry.objects.filter(event="grid.duties_set", actor=secretary).count() == 2

    def test_sheet_may_come_twice_and_adds_what_is_new(self, diecui, secretary, at):
        imported(diecui, secretary, at, *self.rows(diecui), kind="duties")

        again = imported(
            diecui, secretary, at, *self.rows(diecui), [diecui.grids[0].name, "调解", ""], kind="duties"
        )

        assert tally(again) == (1, 3, 0)
        assert [item.order for item in Grid.objects.get(pk=diecui.grids[0].pk).duty_list.items.all()] == [
            1,
            2,
            3,
        ]

    def test_list_of_several_grids_is_changed_by_its_name_alone(self, diecui, secretary, at):
        one, two = (grid.name for grid in diecui.grids)
        imported(diecui, secretary, at, [one, "巡查", "共用"], [two, "巡查", "共用"], kind="duties")

        sheet = imported(
            diecui,
            secretary,
            at,
            [one, "走访", ""],
            [one, "调解", "共用"],
            [two, "问需", "另一份"],
            kind="duties",
        )

        assert tally(sheet) == (1, 0, 2)
        assert [(number, words) for number, _column, words in problems(sheet)] == [
            (2, "“共用”由几个网格共用，要改它请写明清单名称。"),
            (4, "这个网格用的是“共用”，要换请先到网格里改选职责清单。"),
        ]

    def test_grid_that_is_not_there_and_too_many_duties_are_refused(self, diecui, secretary, at):
        rows = [[diecui.grids[0].name, f"职责{n}", ""] for n in range(41)]

        sheet = checked(diecui, secretary, at, *rows, ["第9网格", "巡查", ""], kind="duties")

        assert [(number, words) for number, _column, words in problems(sheet)] == [
            (42, "一份清单最多 40 条职责。"),
            (43, "本社区没有“第9网格”这个网格。"),
        ]

    def test_clerk_who_does_not_keep_places_brings_in_none(self, diecui, clerk, at):
        with pytest.raises(NotAllowedError):
            start(diecui, clerk, at, kind="duties")
