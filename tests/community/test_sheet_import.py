"""Excel in: checked by the worker row by row, looked at, confirmed, written in batches, each row once."""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta
from functools import partial
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from community import actions
from community.actions import sheet_import as engine
from community.duties import Duty
from community.imports.reading import file_check, lines_read
from community.imports.running import sheet_import_run, values_of
from community.models import (
    Household,
    Organisation,
    Place,
    Post,
    Resident,
    ServicePlace,
    SheetImport,
    SheetRow,
    TalkPoint,
)
from community.models.place import PlaceKind
from community.sheet_kinds import import_kinds
from community.sheets import template_of
from community.tasks import run_sheet_imports
from core.errors import ConflictError, InvalidInputError, NotAllowedError
from core.models import AuditEntry
from tests.cast import make_user
from tests.parallel import at_once, overlapping
from tests.petitions.pages import statements

pytestmark = pytest.mark.django_db
GOOD = ["翠微小区", "3号楼", "单元楼", "1单元", "301", "张三", "13812340001", "否"]
ADD = reverse("admin:community_sheetimport_add")
LIST = reverse("admin:community_sheetimport_changelist")


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def book(*rows, kind="roll", heads=None):
    made = Workbook()
    made.active.append(heads or [column.title for column in import_kinds.get(kind).columns])
    for row in rows:
        made.active.append(row)
    return made


def packed(made):
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def start(town, actor, at, *rows, kind="roll", content=None):
    file = ContentFile(content or packed(book(*rows, kind=kind)), "x.xlsx")
    return actions.sheet_import_start(community=town.community, kind=kind, file=file, actor=actor, at=at)


def checked(town, actor, at, *rows, **how):
    sheet = start(town, actor, at, *rows, **how)
    run_sheet_imports()
    sheet.refresh_from_db()
    return sheet


def imported(town, actor, at, *rows, **how):
    sheet = checked(town, actor, at, *rows, **how)
    actions.sheet_import_confirm(import_id=sheet.pk, actor=actor, at=at)
    run_sheet_imports()
    sheet.refresh_from_db()
    return sheet


def problems(sheet):
    return [(row.number, *problem) for row in sheet.rows.filter(state="wrong") for problem in row.problems]


def counts():
    tables = (Place, Household, Resident, Organisation, Post, TalkPoint, ServicePlace)
    return [table.objects.count() for table in tables]


def tally(sheet):
    return (sheet.new, sheet.known, sheet.wrong)


def doors(many, estate="大小区"):
    return [
        [estate, f"{n // 100 + 1}号楼", "", f"{n // 25 % 4 + 1}单元", str(n % 25 + 100), f"居民{n}", "", ""]
        for n in range(many)
    ]


# What a file may be


@pytest.mark.parametrize("content", [b"", b"name,phone\n", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0old excel"])
def test_file_that_is_no_xlsx_is_refused(content):
    with pytest.raises(InvalidInputError, match="Excel"):
        file_check(BytesIO(content))


def test_zip_bomb_is_refused_before_it_unpacks():
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/worksheets/sheet1.xml", b"0" * 70_000_000)

    with pytest.raises(InvalidInputError, match="文件太大"):
        file_check(out)


def test_hidden_sheet_wrong_columns_and_empty_sheet_are_refused_with_a_sentence(diecui, secretary, at):
    hidden = book(GOOD)
    hidden.create_sheet("暗").sheet_state = "hidden"
    sheets = [
        checked(diecui, secretary, at, content=packed(hidden)),
        checked(diecui, secretary, at, content=packed(book(GOOD, heads=["小区", "楼栋", "姓名"]))),
        checked(diecui, secretary, at, content=template_of(import_kinds.get("roll"))),
    ]

    assert [sheet.state for sheet in sheets] == ["failed"] * 3
    assert ["隐藏" in sheets[0].note, "户号" in sheets[1].note, "没有数据" in sheets[2].note] == [True] * 3
    assert not SheetRow.objects.exists()


def test_cell_of_a_megabyte_is_an_error_and_not_kept(diecui, secretary, at):
    made = book(GOOD)
    made.active["F3"] = "三" * 32_000
    made.active["A3"] = "翠微小区"
    sheet = checked(diecui, secretary, at, content=packed(made))

    assert (3, "姓名", "最多 40 个字。") in problems(sheet)
    assert max(len(cell) for row in sheet.rows.all() for cell in row.cells) <= 4000


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({0: ""}, ("小区", "必填。")),
        ({1: ""}, ("楼栋", "填了单元、户号或姓名，就必须填楼栋。")),
        ({4: ""}, ("户号", "填了姓名，就必须填户号。")),
        ({5: ""}, ("姓名", "填了手机号，就必须填姓名。")),
        ({6: "12345"}, ("手机号", "请填写 11 位手机号。")),
        ({2: "城堡"}, ("楼栋类型", "只能填：单元楼、别墅、商铺、其他。")),
        ({7: "也许"}, ("租户", "只能填：是、否。")),
        ({5: '=HYPERLINK("https://evil.example","x")'}, ("姓名", "不能以“=”开头；公式请改成文字。")),
        ({5: "@SUM(A1)"}, ("姓名", "不能以“@”开头；公式请改成文字。")),
        ({0: "#REF!"}, ("小区", "单元格是错误值，请改成文字。")),
    ],
)
def test_error_names_row_and_column(change, error):
    row = [change.get(at, value) for at, value in enumerate(GOOD)]

    line = next(lines_read(BytesIO(packed(book(row))), import_kinds.get("roll")))

    assert (line.number, line.problems[0]) == (2, error)


def test_numbers_days_and_ticks_are_read_as_people_mean_them(diecui, secretary, at):
    sheet = imported(
        diecui, secretary, at, ["一号小区", "1号楼", "", "1单元", 301.0, "张三", 13812340001, True]
    )

    person = Resident.objects.get(name="张三")
    assert (sheet.new, person.household.room, person.phone, person.is_tenant) == (
        1,
        "301",
        "13812340001",
        True,
    )


# Check, look, yes


def test_check_changes_nothing_and_says_what_would_be_new_known_and_wrong(
    diecui, secretary, at, django_capture_on_commit_callbacks
):
    before = counts()

    with django_capture_on_commit_callbacks(execute=True):
        sheet = checked(
            diecui,
            secretary,
            at,
            GOOD,
            ["一号小区", "1号楼", "", "1单元", "101", "", "", ""],
            [*GOOD[:6], "1", ""],
            GOOD,
        )

    assert counts() == before
    assert (sheet.step, tally(sheet)) == ("confirm", (1, 1, 2))
    assert problems(sheet) == [(4, "手机号", "请填写 11 位手机号。"), (5, "", "与第 2 行重复。")]
    assert not default_storage.exists(sheet.file)


def test_yes_writes_what_is_right_and_leaves_what_is_wrong(diecui, secretary, at):
    sheet = imported(
        diecui,
        secretary,
        at,
        GOOD,
        [*GOOD[:6], "1", ""],
        ["翠微小区", "别墅1号", "别墅", "", "1", "王五", "", "是"],
    )

    assert (sheet.step, tally(sheet)) == ("applied", (2, 0, 1))
    person = Resident.objects.select_related("household__place__parent__parent").get(name="张三")
    entrance = person.household.place
    assert entrance.path == f"{entrance.parent.path}{entrance.pk}/"
    assert entrance.depth == diecui.place.depth + 3
    villa = Resident.objects.get(name="王五")
    assert (villa.is_tenant, villa.household.place.building_kind) == (True, "villa")
    events = set(AuditEntry.objects.filter(subject_id=str(sheet.pk)).values_list("event", flat=True))
    assert events == {"sheet_import.started", "sheet_import.confirmed", "sheet_import.applied"}


def test_places_made_by_hand_afterwards_do_not_clash(diecui, secretary, at):
    imported(diecui, secretary, at, GOOD)

    assert actions.place_create(kind=PlaceKind.ESTATE, name="另一个", parent=diecui.place, at=at).pk


ROWS = {
    "roll": [GOOD, [*GOOD[:4], "302", "李四", "", ""]],
    "organisations": [["翠微物业", "物业服务企业", "一号小区", "0359-1"], ["商会", "共建单位", "", ""]],
    "posts": [
        ["colleague", "", "网格员", "第1网格", "2026-01-01", ""],
        ["colleague", "", "楼长", "一号小区 1号楼", "", ""],
    ],
    "venues": [
        ["东门", "说事凳", "一号小区", "", "", ""],
        ["便民站", "便民服务站", "", "东街1号", "", "8:00"],
    ],
}


@pytest.mark.parametrize("kind", ROWS)
def test_same_sheet_twice_adds_nothing(diecui, secretary, at, kind):
    make_user("colleague", "同事")
    sheet = imported(diecui, secretary, at, *ROWS[kind], kind=kind)
    before = counts()

    again = checked(diecui, secretary, at, *ROWS[kind], kind=kind)

    assert (tally(sheet), tally(again)) == ((2, 0, 0), (0, 2, 0))
    with pytest.raises(ConflictError):
        actions.sheet_import_confirm(import_id=again.pk, actor=secretary, at=at)
    assert counts() == before


def test_posts_are_given_as_at_the_desk_and_nothing_beyond(diecui, fuxi, secretary, grid_worker, at):
    make_user("colleague", "同事", phone="13812349999")
    make_user("resident9", "居民", staff=False)
    sheet = imported(
        diecui,
        secretary,
        at,
        ["colleague", "", "系统管理员", "", "", ""],
        ["secretary", "", "社区工作人员", "", "", ""],
        ["colleague", "", "网格员", "第1网格", "2026-03-01", ""],
        ["resident9", "", "网格员", "第2网格", "", ""],
        ["colleague", "", "社区书记", "第2网格", "", ""],
        ["colleague", "", "网格员", "府西社区", "", ""],
        ["", "", "网格员", "第2网格", "", ""],
        ["", "13812349999", "社区工作人员", "叠翠社区", "2026年2月1日", "2026/12/31"],
        kind="posts",
    )

    assert tally(sheet) == (1, 0, 7)
    post = Post.objects.get(user__username="colleague")
    assert (post.duty, post.place, post.starts_on, post.ends_on) == (
        Duty.CLERK,
        diecui.place,
        date(2026, 2, 1),
        date(2026, 12, 31),
    )
    said = " ".join(problem for _row, _column, problem in problems(sheet))
    for words in (
        "您的任职不允许",
        "不能给自己任职",
        "已有人担任",
        "没有这个用户名",
        "不能任在",
        "没有“府西社区”",
        "至少填一个",
    ):
        assert words in said


EMPLOYED = ["colleague", "", "网格员", "第1网格", "2026-01-01", "", "专职"]


def employments():
    return list(Post.objects.filter(user__username="colleague").values_list("duty", "employment"))


def test_posts_are_full_time_or_part_time_where_the_crew_of_a_grid_is_meant(diecui, secretary, at):
    make_user("colleague", "同事")
    sheet = imported(
        diecui, secretary, at, EMPLOYED, ["colleague", "", "社区工作人员", "", "", "", "兼职"], kind="posts"
    )

    assert (tally(sheet), employments()) == ((1, 0, 1), [(Duty.GRID_WORKER, "full")])
    assert "只有网格长、网格员和辅助网格员分专职、兼职" in problems(sheet)[0][2]


def test_sheet_completes_what_nobody_had_said_and_corrects_nothing(diecui, secretary, at):
    make_user("colleague", "同事")
    imported(diecui, secretary, at, EMPLOYED[:6], kind="posts")
    assert employments() == [(Duty.GRID_WORKER, "")]

    completed = imported(diecui, secretary, at, EMPLOYED, kind="posts")
    again = checked(diecui, secretary, at, [*EMPLOYED[:6], "兼职"], kind="posts")

    assert (tally(completed), tally(again)) == ((1, 0, 0), (0, 1, 0))
    assert employments() == [(Duty.GRID_WORKER, "full")]


def test_sheet_of_posts_from_before_is_read_as_it_was(diecui, secretary, at):
    make_user("colleague", "同事")
    heads = [column.title for column in import_kinds.get("posts").columns[:6]]
    content = packed(book(EMPLOYED[:6], heads=heads))

    sheet = imported(diecui, secretary, at, kind="posts", content=content)

    assert (tally(sheet), employments()) == ((1, 0, 0), [(Duty.GRID_WORKER, "")])
    kept = values_of(import_kinds.get("posts"), EMPLOYED[:6])
    assert (kept["duty"], kept["employment"]) == ("grid_worker", "")


def test_venues_become_spots_with_codes_and_stations(diecui, secretary, at):
    imported(diecui, secretary, at, *ROWS["venues"], kind="venues")

    assert TalkPoint.objects.get(name="东门").place == diecui.estate
    assert ServicePlace.objects.get(name="便民站").address == "东街1号"


# Permissions


@pytest.mark.parametrize("who", ["grid_worker", "outsider", "secretary_of_another_community", "supervisor"])
@pytest.mark.parametrize("kind", ROWS)
def test_others_may_not_begin(diecui, request, at, who, kind):
    with pytest.raises(NotAllowedError):
        start(diecui, request.getfixturevalue(who), at, *ROWS[kind], kind=kind)

    assert not SheetImport.objects.exists()


def test_clerk_adds_people_but_neither_places_nor_posts(diecui, clerk, at):
    sheet = imported(diecui, clerk, at, GOOD, ["一号小区", "1号楼", "", "1单元", "101", "赵六", "", ""])

    assert problems(sheet) == [(2, "", "没有“翠微小区”，您的任职不能新增地点。")]
    assert Resident.objects.filter(name="赵六").exists()
    with pytest.raises(NotAllowedError):
        start(diecui, clerk, at, *ROWS["posts"], kind="posts")


def test_importer_who_lost_the_post_before_the_worker_came_writes_nothing(diecui, secretary, at):
    sheet = checked(diecui, secretary, at, GOOD)
    actions.sheet_import_confirm(import_id=sheet.pk, actor=secretary, at=at)
    before = counts()
    Post.objects.filter(user=secretary).update(ends_on=date(2026, 1, 2))

    run_sheet_imports()

    sheet.refresh_from_db()
    assert (sheet.state, Resident.objects.count(), counts()[:3]) == ("failed", 0, before[:3])


# Killed, resumed, cancelled


class Killed(BaseException):
    pass


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(engine, "BATCH", 10)
    monkeypatch.setattr("community.imports.running.BATCH", 10)


def killed_after(monkeypatch, batches):
    """A worker that dies inside its transaction, behind the writes of one more batch."""
    real, left = engine._advance, iter(range(batches))

    def advance(*args, **more):
        real(*args, **more)
        if next(left, None) is None:
            raise Killed

    monkeypatch.setattr(engine, "_advance", advance)


def test_check_goes_on_where_a_killed_worker_stopped(diecui, secretary, at, small_batches, monkeypatch):
    start(diecui, secretary, at, *doors(45))
    with monkeypatch.context() as patch:
        killed_after(patch, 2)
        with pytest.raises(Killed):
            run_sheet_imports()
    sheet = SheetImport.objects.get()
    assert (sheet.done, sheet.rows.count(), sheet.state) == (20, 20, "running")

    job = actions.sheet_import_take(at=sheet.beat_at + timedelta(minutes=4))
    assert sheet_import_run(job)

    sheet.refresh_from_db()
    assert (sheet.step, tally(sheet), sheet.rows.count()) == ("confirm", (45, 0, 0), 45)


def test_writing_goes_on_where_a_killed_worker_stopped_and_doubles_nothing(
    diecui, secretary, at, small_batches, monkeypatch
):
    sheet = checked(diecui, secretary, at, *doors(45))
    actions.sheet_import_confirm(import_id=sheet.pk, actor=secretary, at=at)
    with monkeypatch.context() as patch:
        killed_after(patch, 2)
        with pytest.raises(Killed):
            run_sheet_imports()
    assert Resident.objects.count() == 20
    sheet.refresh_from_db()

    job = actions.sheet_import_take(at=sheet.beat_at + timedelta(minutes=4))
    assert sheet_import_run(job)

    sheet.refresh_from_db()
    assert (sheet.step, tally(sheet), Resident.objects.count()) == ("applied", (45, 0, 0), 45)
    assert (
        Household.objects.filter(place__path__contains=f"/{Place.objects.get(name='大小区').pk}/").count()
        == 45
    )


def test_worker_that_was_overtaken_writes_nothing_more(diecui, secretary, at):
    sheet = checked(diecui, secretary, at, *doors(5))
    actions.sheet_import_confirm(import_id=sheet.pk, actor=secretary, at=at)
    slow = actions.sheet_import_take(at=at)
    actions.sheet_import_take(at=at + timedelta(minutes=4))

    sheet_import_run(slow)

    assert not Resident.objects.exists()


def test_cancelled_sheet_stops_at_the_next_batch_and_keeps_what_was_written(
    diecui, secretary, at, small_batches, monkeypatch
):
    sheet = checked(diecui, secretary, at, *doors(25))
    actions.sheet_import_confirm(import_id=sheet.pk, actor=secretary, at=at)
    job = actions.sheet_import_take(at=at)
    parse = partial(values_of, engine.kind_of("roll"))
    assert engine.sheet_import_apply(job=job, parse=parse, at=at)

    actions.sheet_import_cancel(import_id=sheet.pk, actor=secretary, at=at)
    sheet_import_run(job)

    sheet.refresh_from_db()
    assert (sheet.step, Resident.objects.count(), sheet.rows.count()) == ("cancelled", 10, 10)
    with pytest.raises(ConflictError):
        actions.sheet_import_confirm(import_id=sheet.pk, actor=secretary, at=at)


def test_row_that_became_impossible_after_the_check_is_left_alone(diecui, secretary, at):
    sheet = checked(diecui, secretary, at, GOOD, ["一号小区", "1号楼", "", "9单元", "901", "赵六", "", ""])
    actions.sheet_import_confirm(import_id=sheet.pk, actor=secretary, at=at)
    actions.place_deactivate(place_id=diecui.entrances[0].pk, actor=None, at=at)
    actions.place_deactivate(place_id=diecui.buildings[0].pk, actor=None, at=at)

    run_sheet_imports()

    sheet.refresh_from_db()
    assert tally(sheet) == (1, 0, 1)
    assert problems(sheet) == [(3, "", "“1号楼”已停用，请先恢复启用。")]
    assert not Resident.objects.filter(name="赵六").exists()


def test_confirming_twice_is_refused(diecui, secretary, at):
    sheet = imported(diecui, secretary, at, GOOD)

    with pytest.raises(ConflictError):
        actions.sheet_import_confirm(import_id=sheet.pk, actor=secretary, at=at)


def test_what_was_typed_is_gone_after_a_day(diecui, secretary, at, media):
    sheet = start(diecui, secretary, at, GOOD)
    checked(diecui, secretary, at, GOOD)

    gone = actions.sheet_imports_expire(at=at + timedelta(hours=25))

    assert (gone, SheetRow.objects.count(), list(media.rglob("*.xlsx"))) == (2, 0, [])
    sheet.refresh_from_db()
    assert sheet.new == 1


def test_statements_of_a_batch_do_not_grow_with_its_rows(diecui, secretary, at):
    def spent(rows):
        sheet = checked(diecui, secretary, at, *rows)
        actions.sheet_import_confirm(import_id=sheet.pk, actor=secretary, at=at)
        job = actions.sheet_import_take(at=at)
        with statements() as few:
            sheet_import_run(job)
        return len(few)

    assert spent(doors(3, "甲")) == spent(doors(30, "乙"))


# Pages


def upload(client, town, content, kind="roll"):
    file = SimpleUploadedFile("x.xlsx", content)
    return client.post(ADD, {"community": town.community.pk, "kind": kind, "file": file})


def test_pages_lead_from_template_to_the_last_row(client, diecui, secretary):
    client.force_login(secretary)

    listed = client.get(LIST).content.decode()
    template = client.get(reverse("admin:community_sheetimport_template", args=["roll"]))
    assert "模板：花名册" in listed
    assert load_workbook(BytesIO(template.content))["数据"]["A1"].value == "小区"
    page_of = upload(client, diecui, packed(book(GOOD, [*GOOD[:6], "1", ""]))).url
    assert "正在检查" in client.get(page_of).content.decode()
    run_sheet_imports()
    page = client.get(page_of).content.decode()
    assert "“手机号”：请填写 11 位手机号。" in page
    assert "导入这 1 行" in page
    client.post(f"{page_of.removesuffix('change/')}confirm/")
    run_sheet_imports()

    assert "导入完成，新增 1 行" in client.get(page_of).content.decode()
    assert Resident.objects.filter(name="张三").exists()


def test_wrong_lines_come_back_with_the_error_beside_them_and_can_be_sent_again(
    client, diecui, secretary, at
):
    client.force_login(secretary)
    sheet = checked(diecui, secretary, at, GOOD, [*GOOD[:6], "1", ""], ["=1+1", *[""] * 7])

    got = client.get(reverse("admin:community_sheetimport_errors", args=[sheet.pk]))

    table = load_workbook(io.BytesIO(got.content)).active
    assert [table["G2"].value, table["I2"].value, table["J2"].value] == [
        "1",
        3,
        "“手机号”：请填写 11 位手机号。",
    ]
    assert (table["A3"].value, table["A3"].data_type) == ("=1+1", "s")
    table["G2"] = "13812340009"
    table.delete_rows(3)
    assert tally(imported(diecui, secretary, at, content=packed(table.parent))) == (1, 0, 0)


@pytest.mark.parametrize("who", [None, "outsider", "grid_worker", "secretary_of_another_community", "clerk"])
def test_pages_are_closed_to_others(client, diecui, secretary, request, at, who):
    sheet = checked(diecui, secretary, at, GOOD)
    if who:
        client.force_login(request.getfixturevalue(who))
    own = [reverse(f"admin:community_sheetimport_{name}", args=[sheet.pk]) for name in ("change", "errors")]
    posts = [
        reverse(f"admin:community_sheetimport_{name}", args=[sheet.pk]) for name in ("confirm", "cancel")
    ]

    answers = [client.get(path) for path in own] + [client.post(path) for path in posts]
    upload(client, diecui, packed(book(GOOD)), kind="posts")

    assert {answer.status_code for answer in answers} <= {302, 403, 404}
    assert "张三" not in "".join(answer.content.decode() for answer in answers)
    assert SheetImport.objects.count() == 1
    sheet.refresh_from_db()
    assert sheet.step == "confirm"


def test_page_refuses_what_is_no_sheet(client, diecui, secretary):
    client.force_login(secretary)

    assert "另存为" in upload(client, diecui, b"hello").content.decode()
    assert not SheetImport.objects.exists()


def test_page_of_a_sheet_costs_the_same_with_three_rows_and_with_thirty(client, diecui, secretary, at):
    client.force_login(secretary)
    client.get(LIST)

    def spent(rows):
        page = reverse("admin:community_sheetimport_change", args=[checked(diecui, secretary, at, *rows).pk])
        with statements() as few:
            client.get(page)
        return len(few)

    assert spent(doors(3)) == spent(doors(30))


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
class TestRaces:
    @pytest.fixture
    def sheet(self, diecui, secretary, at):
        return checked(diecui, secretary, at, *doors(25))

    def test_confirmed_twice_at_once_it_is_written_once(self, sheet, secretary, at):
        def confirm():
            return actions.sheet_import_confirm(import_id=sheet.pk, actor=secretary, at=at)

        done = overlapping(confirm, confirm)
        at_once([run_sheet_imports] * 3)

        sheet.refresh_from_db()
        assert isinstance(done[1], ConflictError)
        assert (sheet.step, sheet.done, Resident.objects.count()) == ("applied", 25, 25)
        assert AuditEntry.objects.filter(event="sheet_import.confirmed").count() == 1

    def test_confirmed_again_while_the_worker_takes_it_nothing_begins_anew(self, sheet, secretary, at):
        actions.sheet_import_confirm(import_id=sheet.pk, actor=secretary, at=at)

        done = overlapping(
            lambda: actions.sheet_import_take(at=at),
            lambda: actions.sheet_import_confirm(import_id=sheet.pk, actor=secretary, at=at),
        )

        sheet.refresh_from_db()
        assert isinstance(done[1], ConflictError)
        assert (sheet.state, sheet.tries) == ("running", 1)

    @pytest.mark.parametrize("order", [1, -1])
    def test_confirmed_or_cancelled_never_both(self, sheet, secretary, at, order):
        calls = (actions.sheet_import_confirm, actions.sheet_import_cancel)

        overlapping(*[partial(call, import_id=sheet.pk, actor=secretary, at=at) for call in calls][::order])
        run_sheet_imports()

        sheet.refresh_from_db()
        assert (sheet.step, Resident.objects.count()) == ("cancelled", 0)

    def test_taken_by_two_workers_at_once_it_is_one_workers(self, sheet, secretary, at):
        actions.sheet_import_confirm(import_id=sheet.pk, actor=secretary, at=at)

        taken = overlapping(*[lambda: actions.sheet_import_take(at=at)] * 2)

        assert sum(one is not None for one in taken) == 1
