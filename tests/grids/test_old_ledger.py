"""旧台账: hazards of an older ledger come in from Excel; what was over rests, what is open is followed up."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from community.actions.sheet_import import sheet_import_confirm, sheet_import_take
from community.duties import Duty
from community.imports.running import sheet_import_run
from community.models import Estate, Organisation, SheetImport
from community.sheet_kinds import import_kinds
from community.sheets import template_of
from community.tasks import run_sheet_imports
from core.errors import NotAllowedError
from core.models import InboxItem, OutboxMessage, ReminderClaim
from grids.actions.hazards.expiring import hazards_expire
from grids.actions.hazards.importing import OldHazard, hazards_import
from grids.actions.hazards.rectifying import hazard_close, hazard_done
from grids.actions.hazards.sweeping import hazards_sweep
from grids.imports.hazards import STATES
from grids.models import Campaign, Hazard, HazardState, Violation
from grids.selectors.hazard_figures import hazard_figures
from tests.cast import NOW, make_staff
from tests.community.test_sheet_import import (
    Killed,
    checked,
    imported,
    killed_after,
    problems,
    small_batches,  # noqa: F401 - a fixture
    start,
    tally,
)
from tests.grids.hazards import DAY, TODAY, a_type, photo
from tests.petitions.pages import statements

pytestmark = pytest.mark.django_db
OVER = {
    "旧编号": "2026-037",
    "类型": "飞线充电",
    "地点": "一号小区 1号楼",
    "具体位置": "1单元 3 层",
    "隐患情况": "三楼窗口拉线给电动车充电。",
    "发现日期": "2026-03-05",
    "排查人": "王队长",
    "责任人": "住户老韩",
    "责任人手机号": "",
    "整改时限": "2026-03-10",
    "整改情况": "线已拆除。",
    "整改日期": "2026-03-07",
    "复查日期": "2026-03-09",
    "状态": "已销号",
}
SOON = f"{TODAY + 10 * DAY}"
OPEN = {
    **OVER,
    **{
        "旧编号": "2026-050",
        "整改时限": SOON,
        "整改情况": "",
        "整改日期": "",
        "复查日期": "",
        "状态": "整改中",
    },
}


@pytest.fixture(autouse=True)
def media(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def over(**changes: object) -> list[object]:
    return list({**OVER, **changes}.values())


def still(**changes: object) -> list[object]:
    return list({**OPEN, **changes}.values())


def bring(town, actor, at, *rows) -> SheetImport:
    return imported(town, actor, at, *rows, kind="hazards")


def look(town, actor, at, *rows) -> SheetImport:
    return checked(town, actor, at, *rows, kind="hazards")


def told() -> set[tuple[int, str]]:
    return set(InboxItem.objects.exclude(kind="job.import").values_list("user", "kind"))


@pytest.fixture
def past(diecui, clerk, at) -> Hazard:
    assert tally(bring(diecui, clerk, at, over())) == (1, 0, 0)
    return Hazard.objects.get()


@pytest.fixture
def leader(diecui):
    leader = make_staff("leader1", "网格长", Duty.GRID_LEADER, diecui.grids[0].place)
    leader.phone = "13900000071"
    leader.save(update_fields=["phone"])
    return leader


def test_template_has_the_columns_and_an_example_that_fits():
    kind = import_kinds.get("hazards")

    assert [column.title for column in kind.columns] == list(OVER)
    assert len(kind.example) == len(kind.columns)
    assert template_of(kind)
    assert {word: str(HazardState(code).label) for word, code in STATES.items()} == {w: w for w in STATES}


# What was over


def test_past_hazard_is_closed_as_the_ledger_says(diecui, past):
    assert (past.state, past.is_past, past.old_number) == ("closed", True, "2026-037")
    assert (past.place, past.scope) == (diecui.buildings[0], diecui.grids[0].place)
    assert (past.found_at.date(), past.closed_at.date()) == (date(2026, 3, 5), date(2026, 3, 9))
    assert (past.finder, past.answerable, past.rectify_by) == ("王队长", "住户老韩", date(2026, 3, 10))
    assert [(event.kind, event.note) for event in past.events.all()] == [("imported", "线已拆除。")]


def test_fixed_on_the_spot_ends_on_the_day_it_was_found(diecui, clerk, at):
    bring(diecui, clerk, at, over(状态="当场整改", 整改日期="", 复查日期="", 整改时限="", 责任人=""))

    hazard = Hazard.objects.get()
    assert (hazard.state, hazard.closed_at.date(), hazard.answerable) == ("fixed", date(2026, 3, 5), "")


def test_nobody_hears_of_what_was_over_and_no_sweep_finds_it(past, at):
    for days in range(40):
        assert hazards_sweep(at=at + days * DAY) == 0

    assert not told()
    assert not OutboxMessage.objects.exists()
    assert not ReminderClaim.objects.exists()


def test_what_was_over_counts_by_itself_and_in_no_campaign(client, diecui, secretary, clerk, at):
    campaign = Campaign.objects.create(
        community=diecui.community,
        name="整治",
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
        days=7,
    )
    campaign.types.add(a_type())

    bring(
        diecui,
        clerk,
        at,
        over(),
        over(旧编号="2020-001", 发现日期="2024-03-05", 整改日期="2024-03-08", 复查日期=""),
    )

    whole = hazard_figures([diecui.place.path], TODAY).whole
    assert (whole.total, whole.closed, whole.on_time, whole.past, whole.rate) == (1, 0, 0, 1, "")
    assert not Violation.objects.exists()
    client.force_login(secretary)
    assert "其中旧台账导入" in client.get(reverse("admin:grids_hazard_figures")).content.decode()


def test_page_shows_it_without_photos_and_steps(client, past, grid_worker, diecui):
    client.force_login(grid_worker)

    page = client.get(reverse("grids:hazard", args=[past.pk])).content.decode()

    assert "2026-037" in page
    assert "王队长" in page
    assert "线已拆除。" in page
    assert "照片" not in page
    assert "bar-bottom" not in page


def test_desk_finds_it_by_its_old_number_and_narrows_by_origin(client, past, secretary):
    client.force_login(secretary)
    address = reverse("admin:grids_hazard_changelist")

    assert past.number in client.get(f"{address}?q=2026-037").content.decode()
    assert past.number not in client.get(f"{address}?q=2026").content.decode()
    assert past.number in client.get(f"{address}?origin=old").content.decode()
    assert past.number not in client.get(f"{address}?origin=own").content.decode()
    assert client.get(reverse("admin:grids_hazard_change", args=[past.pk])).status_code == 200


def test_what_is_older_than_the_community_keeps_comes_without_words_and_names(diecui, clerk, at):
    old = over(发现日期="2019-03-05", 整改日期="2019-03-07", 复查日期="")

    sheet = look(diecui, clerk, at, old)
    assert "保存期限" in sheet.rows.get().problems[0][1]
    bring(diecui, clerk, at, old)

    hazard = Hazard.objects.get()
    assert (hazard.text, hazard.spot, hazard.finder, hazard.answerable) == ("—", "", "", "—")
    assert (hazard.anonymised_at, hazard.events.get().note) == (at, "")


def test_words_go_with_the_rest_once_their_time_has_come(past, at):
    assert hazards_expire(at + timedelta(days=3000)) == 1

    past.refresh_from_db()
    assert (past.text, past.finder, past.events.get().note, past.is_past) == ("—", "", "", True)


def test_database_keeps_the_past_over_and_found_by_somebody(past, secretary):
    for change in (
        {"responsible": secretary},
        {"sweep_on": TODAY},
        {"old_number": ""},
        {"found_by": secretary},
        {"state": "open"},
        {"is_past": False},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Hazard.objects.filter(pk=past.pk).update(**change)


# What is open


def test_open_one_without_day_or_person_is_refused_by_its_number(diecui, clerk, at):
    sheet = look(
        diecui,
        clerk,
        at,
        over(),
        still(整改时限=""),
        still(旧编号="2", 责任人=""),
        still(旧编号="3", 整改时限="2026-03-10"),
        still(旧编号="4", 状态="待复查"),
        still(旧编号="5", 整改日期="2026-03-07"),
        over(旧编号="6", 整改情况=""),
        over(旧编号="7", 整改日期="", 复查日期=""),
        over(旧编号="8", 整改日期="2026-03-01"),
        over(旧编号="9", 发现日期="2027-03-01"),
        over(旧编号="10", 类型="外星人"),
        over(旧编号="11", 地点="九号小区"),
        over(),
    )

    assert [(number, column, words) for number, column, words in problems(sheet)] == [
        (3, "整改时限", "没有销号的，要写明整改时限。"),
        (4, "责任人", "没有销号的，要写明责任人。"),
        (5, "", "整改时限要在今天到一年之内。"),
        (6, "", "待复查的，要写明整改日期和整改情况。"),
        (7, "", "写了整改日期的，状态请填“待复查”或“已销号”。"),
        (8, "", "已经整改的，要写明整改情况。"),
        (9, "", "已销号的，要写明整改日期或复查日期。"),
        (10, "", "整改和复查的日期不能早于发现日期。"),
        (11, "", "发现、整改和复查的日期都不能晚于今天。"),
        (12, "类型", problems(sheet)[9][2]),
        (13, "地点", problems(sheet)[10][2]),
        (14, "", "与第 2 行重复。"),
    ]
    assert "外星人" in problems(sheet)[9][2]
    assert not Hazard.objects.exists()


def test_person_with_an_account_hears_once_of_all_and_is_reminded_by_each_day(diecui, clerk, leader, at):
    theirs = {"责任人": "", "责任人手机号": leader.phone}

    bring(diecui, clerk, at, still(**theirs), still(旧编号="2", **theirs), over(旧编号="3", **theirs))

    assert told() == {(leader.pk, "hazard.imported")}
    assert "2 处" in InboxItem.objects.get(kind="hazard.imported").body
    hazard = Hazard.objects.get(old_number="2026-050")
    assert (hazard.responsible, hazard.sweep_on) == (leader, TODAY + 7 * DAY)
    assert hazards_sweep(at=at + 7 * DAY) == 2
    assert (leader.pk, "hazard.due") in told()


def test_notice_leads_to_a_page_that_its_reader_may_open(client, diecui, clerk, leader, at):
    bring(diecui, clerk, at, still(责任人="", 责任人手机号=leader.phone))
    client.force_login(leader)

    page = client.get(InboxItem.objects.get(kind="hazard.imported").url)

    assert (page.status_code, "三楼窗口拉线" in page.content.decode()) == (200, True)


def test_property_company_of_the_estate_answers_by_its_name_and_its_people_hear(diecui, clerk, at):
    estate = diecui.buildings[0].parent
    firm = Organisation.objects.create(community=diecui.community, kind="property_company", name="安居物业")
    Estate.objects.update_or_create(place=estate, defaults={"property_company": firm})
    rep = make_staff("rep", "物业经理", Duty.PROPERTY_REP, estate)

    bring(diecui, clerk, at, still(责任人="安居物业"), still(旧编号="2", 责任人="别的公司"))

    assert Hazard.objects.get(old_number="2026-050").responsible_body == firm
    assert Hazard.objects.get(old_number="2").responsible_name == "别的公司"
    assert told() == {(rep.pk, "hazard.imported")}
    assert InboxItem.objects.get(kind="hazard.imported").url.endswith(reverse("grids:company_hazards"))


def test_phone_of_nobody_in_post_there_is_refused(diecui, fuxi, clerk, at):
    far = make_staff("far", "别处书记", Duty.SECRETARY, fuxi.place)
    far.phone = "13900000072"
    far.save(update_fields=["phone"])

    sheet = look(
        diecui, clerk, at, still(责任人手机号=far.phone), still(旧编号="2", 责任人手机号="13900000079")
    )

    assert [(number, column) for number, column, _words in problems(sheet)] == [
        (2, "责任人手机号"),
        (3, "责任人手机号"),
    ]


def test_open_one_is_closed_here_by_a_photo_of_somebody_else(diecui, clerk, leader, grid_worker, at):
    bring(diecui, clerk, at, still(责任人="", 责任人手机号=leader.phone))
    hazard = Hazard.objects.get()
    hazard_done(hazard_id=hazard.pk, note="已拆。", photos=[], actor=leader, at=at)

    with pytest.raises(NotAllowedError):
        hazard_close(hazard_id=hazard.pk, note="", photos=[photo()], actor=leader, at=at)
    hazard_close(hazard_id=hazard.pk, note="", photos=[photo()], actor=grid_worker, at=at)

    hazard.refresh_from_db()
    assert (hazard.state, hazard.is_past) == ("closed", False)
    assert hazard_figures([diecui.place.path], TODAY).whole.on_time == 1


def test_what_waits_for_a_recheck_is_asked_after_from_the_next_day(diecui, clerk, leader, at):
    row = still(状态="待复查", 整改日期="2026-03-07", 整改情况="线已拆除。", 责任人="住户老韩")

    bring(diecui, clerk, at, row)

    assert not told()
    assert hazards_sweep(at=at + DAY) == 1
    assert {kind for _user, kind in told()} == {"hazard.recheck"}


# Each row once


def test_sheet_may_come_twice(diecui, clerk, leader, at):
    rows = [over(), still(责任人="", 责任人手机号=leader.phone)]
    bring(diecui, clerk, at, *rows)

    again = bring(diecui, clerk, at, *rows, over(旧编号="2026-038"))

    assert (tally(again), Hazard.objects.count()) == ((1, 2, 0), 3)
    assert InboxItem.objects.filter(kind="hazard.imported").count() == 1


def test_killed_worker_leaves_each_hazard_once(diecui, clerk, at, small_batches, monkeypatch):  # noqa: F811
    start(diecui, clerk, at, *(over(旧编号=f"第{n}号") for n in range(25)), kind="hazards")
    run_sheet_imports()
    sheet = SheetImport.objects.get()
    sheet_import_confirm(import_id=sheet.pk, actor=clerk, at=at)
    with monkeypatch.context() as patch:
        killed_after(patch, 1)
        with pytest.raises(Killed):
            run_sheet_imports()
    assert Hazard.objects.count() == 10

    sheet.refresh_from_db()
    job = sheet_import_take(at=sheet.beat_at + timedelta(minutes=4))
    assert sheet_import_run(job)

    assert Hazard.objects.count() == 25


def test_look_writes_nothing(diecui, clerk, at):
    assert tally(look(diecui, clerk, at, over(), still())) == (2, 0, 0)

    assert not Hazard.objects.exists()
    assert not told()


def test_many_cost_the_statements_of_few(diecui, clerk, at):
    building = diecui.buildings[0]

    def cost(first: int, many: int) -> int:
        rows = [
            OldHazard(f"{n}", building, a_type(), "堆物", date(2026, 3, 5), HazardState.FIXED, done="已清")
            for n in range(first, first + many)
        ]
        with statements() as made:
            hazards_import(community=diecui.community, hazards=rows, actor=clerk, at=at)
        return len(made)

    cost(0, 1)
    assert cost(100, 3) == cost(200, 30)


def test_who_leads_one_grid_or_another_community_brings_in_nothing(
    diecui, grid_worker, grid_leader, secretary_of_another_community, outsider, at
):
    for actor in (grid_worker, grid_leader, secretary_of_another_community, outsider):
        with pytest.raises(NotAllowedError):
            start(diecui, actor, at, kind="hazards")
