"""旧档: past matters come in from Excel, archived and read-only, and nobody hears of them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from community import actions as community_actions
from community.actions import sheet_import as engine
from community.imports.running import sheet_import_run
from community.models import Post, SheetImport
from community.sheet_kinds import import_kinds
from community.sheets import template_of
from community.tasks import run_sheet_imports
from community.workflow import Channel, Severity, Topic
from core.errors import ConflictError, IllegalMoveError, NotAllowedError
from core.models import AuditEntry, InboxItem, OutboxMessage, ReminderClaim
from petitions.actions import following_on, publishing, supervising
from petitions.actions.erasing import petitions_anonymise
from petitions.actions.figures import figures_refresh
from petitions.actions.importing import past_matters_add
from petitions.imports.history import CHANNELS, COLOURS, TOPICS
from petitions.models import (
    CommunityFigures,
    Evaluation,
    MonthFigures,
    Origin,
    Petition,
    PetitionEvent,
    PetitionReporter,
    WallPost,
)
from petitions.selectors.desk import desk_rows
from petitions.selectors.figures.report import report_of_community
from petitions.selectors.figures.tables import headlines, tables
from petitions.selectors.matter import matter_of
from petitions.selectors.neglect import neglect_reasons
from petitions.selectors.queues import queue_counts
from petitions.selectors.steps import Step, possible_steps
from petitions.tasks import look_after, settle_overdue, sweep
from tests.cast import NOW
from tests.community.test_sheet_import import (
    Killed,
    checked,
    imported,
    killed_after,
    problems,
    small_batches,  # noqa: F401 - a fixture
    tally,
)
from tests.parallel import at_once
from tests.petitions.history import WORDS, past
from tests.petitions.loop import Loop, file, person

pytestmark = pytest.mark.django_db
GOOD = {
    "旧编号": "2026-037",
    "收到日期": "2026-03-05",
    "渠道": "电话热线",
    "事项": "路灯楼道灯",
    "类别": "",
    "地点": "一号小区 1号楼",
    "原话": WORDS,
    "反映人数": "2",
    "经办": "翠微物业",
    "办理结果": "已更换声控灯。",
    "办结日期": "2026-03-08",
    "应办结日期": "2026-03-12",
    "定级": "蓝色",
    "规模": "1",
    "满意": "是",
    "公开": "否",
    "公开标题": "",
}
SHOWN = {"公开": "是", "公开标题": "楼道灯修好了"}


def line(**changes: object) -> list[object]:
    return list({**GOOD, **changes}.values())


def many(number: int) -> list[list[object]]:
    return [line(旧编号=f"第{n}号") for n in range(number)]


def bring(town, actor, at, *rows):
    return imported(town, actor, at, *rows, kind="history")


def look(town, actor, at, *rows):
    return checked(town, actor, at, *rows, kind="history")


@pytest.fixture
def old(diecui, clerk, at) -> Petition:
    bring(diecui, clerk, at, line())
    return Petition.objects.get(old_number="2026-037")


@pytest.fixture
def shown(diecui, clerk, at) -> Petition:
    bring(diecui, clerk, at, line(**SHOWN))
    return Petition.objects.get(old_number="2026-037")


def test_template_has_the_columns_and_an_example_that_fits():
    kind = import_kinds.get("history")

    assert [column.title for column in kind.columns] == list(GOOD)
    assert len(kind.example) == len(kind.columns)
    assert template_of(kind)


def test_words_of_the_sheet_are_the_labels_of_the_portal():
    with translation.override("zh-hans"):
        assert {word: str(Channel(code).label) for word, code in CHANNELS.items()} == {w: w for w in CHANNELS}
        assert [str(Topic(code).label) for word, code in TOPICS.items() if word] == list(TOPICS)[1:]
        assert [str(Severity(code).label) for word, code in COLOURS.items() if word] == list(COLOURS)[1:]
    assert set(CHANNELS.values()) == set(Channel.values)
    assert set(TOPICS.values()) == set(Topic.values)


# What a matter of the past is


def test_past_matter_is_archived_as_the_register_says(diecui, clerk, old):
    assert (old.stage, old.origin, old.is_imported) == ("archived", "imported", True)
    assert (old.channel, old.topic, old.severity, old.scale) == ("hotline", "lamp", "blue", 1)
    assert (old.place, old.grid) == (diecui.buildings[0], diecui.grids[0])
    assert (old.text, old.outcome, old.old_handler) == (WORDS, "已更换声控灯。", "翠微物业")
    assert (old.reporters_count, old.old_satisfied, old.entered_by) == (2, True, clerk)
    assert (old.filed_at.date(), old.closed_at.date()) == (date(2026, 3, 5), date(2026, 3, 8))
    assert (old.clock, old.due_at, old.sweep_at, old.assignee) == ("", None, None, None)
    assert [event.event for event in old.events.all()] == ["imported"]


def test_community_s_own_category_counts_under_the_common_one(diecui, clerk, at):
    category = diecui.community.profile.categories.first()

    bring(diecui, clerk, at, line(类别=category.label))

    old = Petition.objects.get()
    assert (old.category, old.canonical_category) == (category, category.canonical)


def test_nobody_who_asked_is_kept_or_told(old, clerk):
    assert not PetitionReporter.objects.exists()
    assert not Evaluation.objects.exists()
    assert not OutboxMessage.objects.exists()
    assert set(InboxItem.objects.values_list("user", "kind")) == {(clerk.pk, "job.import")}


def test_no_sweep_finds_anything_to_do(old):
    before = Petition.objects.filter(pk=old.pk).values().get()

    for _twice in range(2):
        assert (sweep(), look_after(), settle_overdue()) == (0, 0, 0)

    assert Petition.objects.filter(pk=old.pk).values().get() == before
    assert not ReminderClaim.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_past_matter_is_read_only(old, secretary, clerk, at):
    steps = set(possible_steps(matter_of(secretary, pk=old.pk, at=at), secretary, at))

    assert steps <= {Step.FOLLOW_ON, Step.SERVICE}
    text = publishing.PublicText("标题", "问", "答")
    with pytest.raises(IllegalMoveError):
        publishing.petition_publish(petition_id=old.pk, actor=clerk, text=text, at=at)
    with pytest.raises(IllegalMoveError):
        supervising.petition_supervise(
            petition_id=old.pk, actor=secretary, supervisor=secretary, is_tracked=True, seen=None, at=at
        )
    assert not WallPost.objects.exists()


def test_new_topic_may_follow_on_it_and_nobody_hears_of_that(diecui, old, grid_worker, at):
    InboxItem.objects.all().delete()

    fresh = following_on.petition_follow_on(
        petition_id=old.pk, actor=grid_worker, text="灯好了，接着说停车。", topic="parking", at=at
    )

    assert (fresh.follow_on_of_id, Petition.objects.get(pk=old.pk).stage) == (old.pk, "archived")
    assert not OutboxMessage.objects.exists()
    assert not InboxItem.objects.filter(url__contains=old.number).exists()


def test_there_is_no_receipt_of_it(client, old, secretary):
    client.force_login(secretary)

    assert client.get(reverse("petitions:work_filed", args=[old.number])).status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"stage": "in_progress"},
        {"sweep_at": NOW},
        {"due_at": NOW},
        {"neglect_at": NOW},
        {"supervise_at": NOW},
        {"clock": "evaluate"},
        {"origin": Origin.REPORTED},
        {"old_number": ""},
    ],
)
def test_database_keeps_it_closed_and_without_a_clock(old, change):
    with pytest.raises(IntegrityError, match="petition_imported_is_over"), transaction.atomic():
        Petition.objects.filter(pk=old.pk).update(**change)


def test_it_is_no_sign_that_something_keeps_coming_back(diecui, secretary, grid_worker, clerk, at):
    days = [f"{at - timedelta(days=n):%Y-%m-%d}" for n in (9, 5)]
    bring(diecui, clerk, at, *(line(旧编号=day, 收到日期=day, 办结日期=day, 应办结日期="") for day in days))
    fresh = Loop(file(diecui), desk=secretary, worker=grid_worker).triage()

    assert neglect_reasons([fresh.pk]) == {}


# Numbers


def test_numbers_come_from_a_count_of_their_own(diecui, clerk, at):
    first = file(diecui, who=person(phone="13700000001"))

    bring(diecui, clerk, at, *many(3))

    after = file(diecui, who=person(phone="13700000002"))
    assert int(after.number.split("-")[1]) == int(first.number.split("-")[1]) + 1
    numbers = set(Petition.objects.exclude(old_number="").values_list("number", flat=True))
    assert len(numbers) == 3
    assert all(number.startswith("H20260305-") for number in numbers)


def test_old_number_is_there_once_in_a_community_and_again_in_another(
    diecui, fuxi, clerk, secretary_of_another_community, at, old
):
    again = look(diecui, clerk, at, line(原话="另一段话"))
    elsewhere = bring(fuxi, secretary_of_another_community, at, line())

    assert (tally(again), again.rows.get().get_state_display()) == ((0, 1, 0), "已有，不变")
    with pytest.raises(ConflictError):
        community_actions.sheet_import_confirm(import_id=again.pk, actor=clerk, at=at)
    assert tally(elsewhere) == (1, 0, 0)
    assert Petition.objects.get(pk=old.pk).text == WORDS
    twin = Petition.objects.get(community=fuxi.community)
    with pytest.raises(IntegrityError, match="petition_old_number_once"), transaction.atomic():
        Petition.objects.filter(pk=twin.pk).update(community=diecui.community)


@pytest.mark.django_db(transaction=True)
def test_the_same_register_brought_by_two_at_once_is_there_once(diecui, clerk, secretary, at):
    sheets = [look(diecui, who, at, *many(40)) for who in (clerk, secretary)]
    for sheet in sheets:
        community_actions.sheet_import_confirm(import_id=sheet.pk, actor=sheet.created_by, at=at)

    at_once([run_sheet_imports, run_sheet_imports])

    told = sorted(tally(sheet)[0] for sheet in SheetImport.objects.all())
    assert (Petition.objects.count(), told) == (40, [0, 40])


# Errors by row


TO_COME = "2999-01-01"


@pytest.mark.parametrize(
    ("changes", "column", "sentence"),
    [
        ({"旧编号": ""}, "旧编号", "必填。"),
        ({"收到日期": ""}, "收到日期", "必填。"),
        ({"收到日期": "三月五日"}, "收到日期", "请填写日期，如 2026-01-31。"),
        ({"收到日期": TO_COME}, "", "收到日期不能晚于今天。"),
        ({"办结日期": TO_COME}, "", "办结日期不能晚于今天；没有办结的事请直接登记。"),
        ({"办结日期": "2026-03-04"}, "", "办结日期不能早于收到日期。"),
        ({"应办结日期": "2026-03-01"}, "", "应办结日期不能早于收到日期。"),
        ({"收到日期": "26-3-5"}, "", "收到日期太早，请写四位数的年份，如 2021-03-05。"),
        ({"渠道": "托梦"}, "渠道", "只能填："),
        ({"事项": "天气"}, "事项", "只能填："),
        ({"类别": "没有的"}, "类别", "本社区没有“没有的”这个类别，可以填："),
        ({"地点": "月亮小区"}, "地点", "本社区没有“月亮小区”这个地点。"),
        ({"地点": "1单元"}, "地点", "有 2 个“1单元”"),
        ({"原话": ""}, "原话", "必填。"),
        ({"原话": "灯" * 501}, "原话", "最多 500 个字。"),
        ({"办理结果": ""}, "办理结果", "必填。"),
        ({"办理结果": "修" * 1001}, "办理结果", "最多 1000 个字。"),
        ({"反映人数": "许多"}, "反映人数", "请填写人数，如 3。"),
        ({"反映人数": "0"}, "", "反映人数请填 1 到 10000。"),
        ({"定级": "紫色"}, "定级", "只能填："),
        ({"满意": "还行"}, "满意", "只能填："),
        ({"公开": "是"}, "公开标题", "“公开”填了“是”，就必须填公开标题。"),
        ({**SHOWN, "公开标题": "灯" * 41}, "公开标题", "最多 40 个字。"),
        ({**SHOWN, "办理结果": "已联系13812345678。"}, "", "要公开的标题或办理结果里可能有电话号码"),
    ],
)
def test_row_that_cannot_be_is_named_with_its_error(diecui, clerk, at, changes, column, sentence):
    sheet = look(diecui, clerk, at, line(旧编号="好的"), line(**changes))

    [(row, said_of, said)] = problems(sheet)
    assert (tally(sheet), row, said_of) == ((1, 0, 1), 3, column)
    assert sentence in said


def test_wrong_rows_are_skipped_and_the_rest_comes_in(diecui, clerk, at):
    sheet = bring(diecui, clerk, at, line(), line(旧编号="二", 地点="月亮小区"), line())

    assert (tally(sheet), Petition.objects.count()) == ((1, 0, 2), 1)
    assert (4, "", "与第 2 行重复。") in problems(sheet)


def test_check_writes_nothing(diecui, clerk, at):
    sheet = look(diecui, clerk, at, line(**SHOWN))

    assert (sheet.step, tally(sheet)) == ("confirm", (1, 0, 0))
    assert not Petition.objects.exists()
    assert not WallPost.objects.exists()


def test_words_that_look_personal_are_pointed_out_before_the_yes(client, diecui, clerk, at):
    sheet = look(diecui, clerk, at, line(原话="业主张三说灯坏了，电话13812345678。"))
    client.force_login(clerk)

    page = client.get(reverse("admin:community_sheetimport_change", args=[sheet.pk])).content.decode()

    assert tally(sheet) == (1, 0, 0)
    assert "可能有姓名、电话号码" in page or "可能有电话号码、姓名" in page


# Personal data at the end of their time


def test_what_is_older_than_matters_are_kept_comes_without_its_words(diecui, clerk, at):
    long_ago = {"收到日期": "2015-03-05", "办结日期": "2015-03-08", "应办结日期": ""}

    sheet = bring(diecui, clerk, at, line(**long_ago, 地点="一号小区 1号楼 1单元"))

    old = Petition.objects.get()
    assert (old.text, old.outcome, old.old_handler) == ("", "", "")
    assert old.anonymised_at is not None
    assert (old.place, old.closed_at.year) == (diecui.buildings[0], 2015)
    assert "超过保存期限" in sheet.rows.get().problems[0][1]
    assert petitions_anonymise(at) == 0


def test_words_go_when_their_time_is_over_and_no_figure_changes(diecui, old, at):
    later = at + timedelta(days=366 * 10)
    figures_refresh(at=at)
    before = MonthFigures.objects.filter(place=diecui.place).values("received", "imported", "splits").get()

    assert petitions_anonymise(later) == 1
    figures_refresh(at=later)

    old.refresh_from_db()
    assert (old.text, old.outcome, old.old_handler, old.old_number) == ("", "", "", "2026-037")
    assert (
        MonthFigures.objects.filter(place=diecui.place).values("received", "imported", "splits").get()
        == before
    )


# What strangers see


@pytest.mark.parametrize("changes", [{}, {"公开标题": "楼道灯修好了"}])
def test_nothing_is_public_without_title_and_yes(client, diecui, clerk, at, changes):
    bring(diecui, clerk, at, line(**changes))
    old = Petition.objects.get()

    assert not WallPost.objects.exists()
    for name in ("echo_wall", "problem_wall"):
        page = client.get(reverse(f"petitions:{name}", args=["diecui"])).content.decode()
        assert "楼道灯修好了" not in page
        assert WORDS not in page
    assert client.get(reverse("petitions:matter", args=["diecui", old.number])).status_code == 404


def test_public_matter_stands_on_the_wall_at_its_own_day_and_says_where_it_comes_from(client, diecui, shown):
    wall = client.get(reverse("petitions:echo_wall", args=["diecui"])).content.decode()
    page = client.get(reverse("petitions:matter", args=["diecui", shown.number])).content.decode()

    post = WallPost.objects.get()
    assert (post.title, post.answer, post.published_at) == ("楼道灯修好了", "已更换声控灯。", shown.closed_at)
    for html in (wall, page):
        assert "旧档导入" in html
        assert "旧档记载满意" in html
        assert "居民已确认" not in html
        assert WORDS not in html
        assert "翠微物业" not in html


def test_public_matter_can_be_taken_down(shown, secretary, at):
    post = WallPost.objects.get()

    publishing.wall_post_take_down(post_id=post.pk, actor=secretary, reason="写错了", at=at)

    post.refresh_from_db()
    assert post.taken_down_at == at


# Figures


def test_figures_count_it_apart_from_what_was_judged_here(diecui, clerk, old, at):
    bring(diecui, clerk, at, line(旧编号="二", 满意="否"), line(旧编号="三", 满意="不清楚", 应办结日期=""))
    bring(diecui, clerk, at, line(旧编号="四", 办结日期="2026-03-20"))
    figures_refresh(at=at)

    kept = MonthFigures.objects.get(place=diecui.place, month=date(2026, 3, 1))
    assert (kept.received, kept.opinions, kept.answered, kept.imported) == (4, 8, 4, 4)
    assert (kept.old_ratings, kept.old_satisfied) == (3, 2)
    assert (kept.ratings, kept.satisfied, kept.confirmed, kept.unasked) == (0, 0, 0, 0)
    assert (kept.promised, kept.on_time) == (3, 2)
    assert (kept.splits["topic"], kept.days) == ({"lamp": [4, 4, 0]}, {})
    home = CommunityFigures.objects.get(pk=diecui.community.pk)
    assert (home.received, home.imported, home.closed_by_unit, home.ratings) == (4, 4, 0, 0)


def test_pages_of_figures_say_what_was_imported(client, diecui, old, at):
    figures_refresh(at=at)
    report = report_of_community(diecui.community.pk)

    notes = [note for one in headlines(report) for note in one.notes if "旧档" in note]
    found = {table.code: table for table in tables(report, [], at.date())}
    pages = [
        client.get(reverse("petitions:figures", args=["diecui"])).content.decode(),
        client.get(reverse("community:home", args=["diecui"])).content.decode(),
    ]

    assert notes == ["其中旧档导入 1 件"] * 2
    assert [list(row.cells) for row in found["imported"].rows] == [[1, "100%"], [0, "0%"], [0, "0%"]]
    assert all("其中旧档导入 1 件" in page for page in pages)


def test_queues_of_the_desk_are_as_before(old, secretary, at):
    assert set(queue_counts(secretary, at=at).values()) == {0}


# Found at the desk


@pytest.mark.parametrize("typed", ["楼道灯不亮", "2026-037", "声控灯", "number"])
def test_desk_finds_it_by_words_and_by_either_number(old, secretary, at, typed):
    typed = old.number if typed == "number" else typed

    assert list(desk_rows(secretary, {"q": typed}, at=at)) == [old]


@pytest.mark.parametrize("number", ["信访〔2026〕37号", "20260305-12", "20260037"])
def test_numbers_of_any_look_are_found(diecui, clerk, secretary, at, number):
    bring(diecui, clerk, at, line(旧编号=number))

    assert [row.old_number for row in desk_rows(secretary, {"q": number}, at=at)] == [number]


def test_queue_of_old_matters_shows_them_alone(diecui, old, secretary, at):
    file(diecui)

    assert list(desk_rows(secretary, {"queue": "imported"}, at=at)) == [old]


def test_page_at_the_desk_says_what_the_register_said(client, old, secretary):
    client.force_login(secretary)

    for path in (
        reverse("admin:petitions_petition_change", args=[old.pk]),
        reverse("petitions:work", args=[old.number]),
    ):
        page = client.get(path).content.decode()
        for words in ("旧档导入", "2026-037", "翠微物业", WORDS, "3月5日", "满意"):
            assert words in page, (path, words)
        assert "打电话给诉求人" not in page


# Who may


@pytest.mark.parametrize("who", ["grid_worker", "outsider", "secretary_of_another_community", "supervisor"])
def test_others_may_not_begin(diecui, request, at, who):
    with pytest.raises(NotAllowedError):
        community_actions.sheet_import_start(
            community=diecui.community,
            kind="history",
            file=ContentFile(b"", "x.xlsx"),
            actor=request.getfixturevalue(who),
            at=at,
        )


@pytest.mark.parametrize(
    "who", ["grid_worker", "outsider", "secretary_of_another_community", "administrator"]
)
def test_action_refuses_others_and_writes_nothing(diecui, request, at, who):
    with pytest.raises(NotAllowedError):
        past_matters_add(
            community=diecui.community, matters=[past(diecui)], actor=request.getfixturevalue(who), at=at
        )

    assert not Petition.objects.exists()


def test_place_of_another_community_is_refused(diecui, fuxi, clerk, at):
    matters = [past(diecui, place=fuxi.estate)]

    [outcome] = past_matters_add(community=diecui.community, matters=matters, actor=clerk, at=at)

    assert "不属于本社区" in outcome.problem
    assert not Petition.objects.exists()


def test_trail_says_who_brought_what_and_when(old):
    events = list(AuditEntry.objects.filter(event__startswith="sheet_import").values_list("event", flat=True))

    assert events == ["sheet_import.started", "sheet_import.confirmed", "sheet_import.applied"]


# Killed and resumed


def test_killed_in_the_middle_it_goes_on_and_nothing_is_lost_or_doubled(
    diecui,
    clerk,
    at,
    small_batches,  # noqa: F811
    monkeypatch,
):
    sheet = look(diecui, clerk, at, *many(45))
    community_actions.sheet_import_confirm(import_id=sheet.pk, actor=clerk, at=at)
    with monkeypatch.context() as patch:
        killed_after(patch, 2)
        with pytest.raises(Killed):
            run_sheet_imports()
    assert (Petition.objects.count(), PetitionEvent.objects.count()) == (20, 20)
    sheet.refresh_from_db()

    job = engine.sheet_import_take(at=sheet.beat_at + timedelta(minutes=4))
    assert sheet_import_run(job)

    sheet.refresh_from_db()
    assert (sheet.step, tally(sheet), Petition.objects.count()) == ("applied", (45, 0, 0), 45)


def test_importer_who_lost_the_post_writes_nothing(diecui, clerk, at):
    sheet = look(diecui, clerk, at, line())
    community_actions.sheet_import_confirm(import_id=sheet.pk, actor=clerk, at=at)
    Post.objects.filter(user=clerk).update(ends_on=date(2026, 1, 2))

    run_sheet_imports()

    sheet.refresh_from_db()
    assert (sheet.state, Petition.objects.count()) == ("failed", 0)
