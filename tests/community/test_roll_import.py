"""The roll from Excel: errors by row and column, all or nothing, and no formula gets in."""

from __future__ import annotations

import time
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from community import actions
from community.imports import COLUMNS, roll_read
from community.models import Household, Place, Resident, RollImport
from community.models.place import PlaceKind
from community.sheets import roll_template
from core.errors import ConflictError, InvalidInputError, NotAllowedError

HEADS = [title for _field, title, _longest in COLUMNS]
GOOD = ["翠微小区", "3号楼", "单元楼", "1单元", "301", "张三", "13812340001", "否"]
ADD = reverse("admin:community_rollimport_add")


def sheet(*rows, heads=HEADS):
    book = Workbook()
    book.active.append(heads)
    for row in rows:
        book.active.append(row)
    packed = BytesIO()
    book.save(packed)
    packed.seek(0)
    return packed


def read(*rows):
    found, errors = roll_read(sheet(*rows))
    return found, [str(error) for error in errors]


def stage(town, actor, at, *rows):
    found, _errors = roll_read(sheet(*rows))
    return actions.roll_import_stage(
        community=town.community, rows=[r.as_list() for r in found], actor=actor, at=at
    )


def confirm(staged, actor, at):
    return actions.roll_import_confirm(import_id=staged.pk, actor=actor, at=at)


def counts():
    return (Place.objects.count(), Household.objects.count(), Resident.objects.count())


def test_template_is_read_back_as_an_empty_roll():
    with pytest.raises(InvalidInputError, match="没有数据"):
        roll_read(BytesIO(roll_template()))


def test_filled_in_template_is_read():
    book = load_workbook(BytesIO(roll_template()))
    book["花名册"].append(GOOD)
    packed = BytesIO()
    book.save(packed)
    packed.seek(0)

    rows, errors = roll_read(packed)

    assert not errors
    assert rows[0].room == "301"


def test_numbers_typed_as_numbers_are_text():
    rows, errors = read(["翠微小区", "3号楼", "", "", 301.0, "张三", 13812340001, ""])

    assert not errors
    assert (rows[0].room, rows[0].phone) == ("301", "13812340001")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({0: ""}, "第 2 行“小区”：必填。"),
        ({1: ""}, "第 2 行“楼栋”：填了单元、户号或姓名，就必须填楼栋。"),
        ({4: ""}, "第 2 行“户号”：填了姓名，就必须填户号。"),
        ({5: ""}, "第 2 行“姓名”：填了手机号，就必须填姓名。"),
        ({6: "12345"}, "第 2 行“手机号”：请填写 11 位手机号。"),
        ({2: "城堡"}, "第 2 行“楼栋类型”：只能填：单元楼、别墅、商铺、其他。"),
        ({7: "也许"}, "第 2 行“租户”：只能填“是”或“否”。"),
        ({5: "三" * 41}, "第 2 行“姓名”：最多 40 个字。"),
        ({5: "@SUM(A1)"}, "第 2 行“姓名”：不能以“@”开头。"),
        ({5: "+86"}, "第 2 行“姓名”：不能以“+”开头。"),
    ],
)
def test_error_names_row_and_column(change, error):
    row = [change.get(at, value) for at, value in enumerate(GOOD)]

    _rows, errors = read(row)

    assert errors == [error]


def test_formula_never_becomes_a_name():
    book = Workbook()
    book.active.append(HEADS)
    book.active.append([*GOOD[:5], '=HYPERLINK("https://evil.example","x")', "", ""])
    packed = BytesIO()
    book.save(packed)
    packed.seek(0)

    rows, errors = roll_read(packed)

    assert not rows
    assert str(errors[0]) == "第 2 行“姓名”：不能以“=”开头。"


def test_row_given_twice_is_named():
    _rows, errors = read(GOOD, GOOD)

    assert errors == ["第 3 行：与第 2 行重复。"]


def test_empty_rows_are_passed_over_and_numbers_stay_right():
    _rows, errors = read(GOOD, [""] * 8, [*GOOD[:6], "1", "否"])

    assert errors == ["第 4 行“手机号”：请填写 11 位手机号。"]


def test_missing_columns_are_named():
    with pytest.raises(InvalidInputError, match="户号、手机号"):
        roll_read(sheet(GOOD, heads=["小区", "楼栋", "楼栋类型", "单元", "姓名", "租户"]))


@pytest.mark.parametrize("content", [b"", b"not excel", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0old excel"])
def test_file_that_is_no_sheet_is_refused(content):
    with pytest.raises(InvalidInputError, match="不是 Excel"):
        roll_read(BytesIO(content))


def test_zip_bomb_is_refused_before_it_unpacks():
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/worksheets/sheet1.xml", b"0" * 130_000_000)
    packed.seek(0)

    with pytest.raises(InvalidInputError, match="文件太大"):
        roll_read(packed)


def test_staging_changes_nothing_but_says_what_would_be_new(diecui, secretary, at):
    before = counts()

    staged = stage(diecui, secretary, at, GOOD, [*GOOD[:4], "302", "李四", "", ""])

    assert counts() == before
    assert staged.counts == {"estates": 1, "buildings": 1, "entrances": 1, "households": 2, "residents": 2}


def test_confirming_writes_everything_with_right_paths(diecui, secretary, at):
    staged = stage(diecui, secretary, at, GOOD, ["翠微小区", "别墅1号", "别墅", "", "1", "王五", "", "是"])

    confirm(staged, secretary, at)

    resident = Resident.objects.select_related("household__place__parent__parent").get(name="张三")
    entrance = resident.household.place
    assert entrance.path == f"{entrance.parent.path}{entrance.pk}/"
    assert entrance.path.startswith(f"{diecui.place.path}{entrance.parent.parent.pk}/")
    assert entrance.depth == diecui.place.depth + 3
    villa = Resident.objects.get(name="王五")
    assert (villa.is_tenant, villa.household.place.building_kind) == (True, "villa")
    staged.refresh_from_db()
    assert staged.rows == []


def test_places_made_by_hand_afterwards_do_not_clash(diecui, secretary, at):
    confirm(stage(diecui, secretary, at, GOOD), secretary, at)

    place = actions.place_create(kind=PlaceKind.ESTATE, name="另一个", parent=diecui.place, at=at)

    assert Place.objects.filter(pk=place.pk).count() == 1


def test_second_import_of_the_same_roll_adds_nothing(diecui, secretary, at):
    confirm(stage(diecui, secretary, at, GOOD), secretary, at)
    before = counts()

    staged = stage(diecui, secretary, at, GOOD)
    confirm(staged, secretary, at)

    assert counts() == before
    assert set(staged.counts.values()) == {0}


def test_import_joins_what_is_there(diecui, secretary, at):
    confirm(
        stage(diecui, secretary, at, ["一号小区", "1号楼", "", "1单元", "101", "赵六", "", ""]), secretary, at
    )

    assert Resident.objects.get(name="赵六").household == diecui.households[0]


def test_confirming_twice_is_refused(diecui, secretary, at):
    staged = stage(diecui, secretary, at, GOOD)
    confirm(staged, secretary, at)
    before = counts()

    with pytest.raises(ConflictError):
        confirm(staged, secretary, at)

    assert counts() == before


def test_failure_in_the_middle_leaves_nothing_behind(diecui, secretary, at):
    """The last row goes below a building that was closed in the meantime."""
    staged = stage(diecui, secretary, at, GOOD, ["一号小区", "1号楼", "", "9单元", "901", "赵六", "", ""])
    actions.place_deactivate(place_id=diecui.entrances[0].pk, actor=None, at=at)
    actions.place_deactivate(place_id=diecui.buildings[0].pk, actor=None, at=at)
    before = counts()

    with pytest.raises(ConflictError, match="1号楼"):
        confirm(staged, secretary, at)

    assert counts() == before


@pytest.mark.parametrize("who", ["grid_worker", "outsider", "secretary_of_another_community", "supervisor"])
def test_others_may_not_stage_or_confirm(diecui, secretary, request, who, at):
    staged = stage(diecui, secretary, at, GOOD)
    other = request.getfixturevalue(who)
    before = counts()

    with pytest.raises(NotAllowedError):
        stage(diecui, other, at, GOOD)
    with pytest.raises(NotAllowedError):
        confirm(staged, other, at)

    assert counts() == before


def test_clerk_adds_people_but_no_places(diecui, clerk, at):
    with pytest.raises(NotAllowedError):
        confirm(stage(diecui, clerk, at, GOOD), clerk, at)

    confirm(stage(diecui, clerk, at, ["一号小区", "1号楼", "", "1单元", "101", "赵六", "", ""]), clerk, at)
    assert Resident.objects.filter(name="赵六").exists()


def test_unconfirmed_roll_is_emptied_after_a_day(diecui, secretary, at):
    staged = stage(diecui, secretary, at, GOOD)

    assert actions.roll_imports_sweep(at=at + timedelta(hours=25)) == 1

    with pytest.raises(InvalidInputError):
        confirm(staged, secretary, at)


def test_two_thousand_households_take_a_few_seconds(diecui, secretary, at):
    rows = [
        [
            "大小区",
            f"{n // 100 + 1}号楼",
            "",
            f"{n // 25 % 4 + 1}单元",
            str(n % 25 + 100),
            f"居民{n}",
            str(13_600_000_000 + n),
            "",
        ]
        for n in range(2000)
    ]
    began = time.monotonic()

    staged = confirm(stage(diecui, secretary, at, *rows), secretary, at)

    assert staged.counts == {
        "estates": 1,
        "buildings": 20,
        "entrances": 80,
        "households": 2000,
        "residents": 2000,
    }
    assert time.monotonic() - began < 15


def test_number_of_statements_does_not_grow_with_the_roll(
    diecui, secretary, at, django_assert_max_num_queries
):
    rows = [["大小区", f"{n}号楼", "", "", "1", f"居民{n}", "", ""] for n in range(200)]
    staged = stage(diecui, secretary, at, *rows)

    with django_assert_max_num_queries(24):
        confirm(staged, secretary, at)


def upload(client, town, content, name="roll.xlsx"):
    return client.post(ADD, {"community": town.community.pk, "file": SimpleUploadedFile(name, content)})


def test_pages_lead_from_template_to_yes(client, diecui, secretary):
    client.force_login(secretary)

    template = client.get(reverse("admin:community_rollimport_template"))
    assert load_workbook(BytesIO(template.content))["花名册"]["A1"].value == "小区"
    response = upload(client, diecui, sheet(GOOD).getvalue())
    staged = RollImport.objects.get()
    assert response.url == reverse("admin:community_rollimport_confirm", args=[staged.pk])
    assert (
        "楼栋 1"
        in client.get(reverse("admin:community_rollimport_change", args=[staged.pk])).content.decode()
    )
    assert client.get(response.url).status_code == 200
    client.post(response.url)

    assert Resident.objects.filter(name="张三").exists()


def test_page_lists_errors_by_row_and_keeps_nothing(client, diecui, secretary):
    client.force_login(secretary)

    page = upload(client, diecui, sheet(GOOD, [*GOOD[:6], "1", "否"]).getvalue()).content.decode()

    assert "第 3 行“手机号”：请填写 11 位手机号。" in page
    assert not RollImport.objects.exists()


def test_page_refuses_what_is_no_sheet(client, diecui, secretary):
    client.force_login(secretary)

    assert "不是 Excel" in upload(client, diecui, b"hello").content.decode()


@pytest.mark.parametrize("who", [None, "outsider", "grid_worker", "secretary_of_another_community"])
def test_pages_are_closed_to_others(client, diecui, request, who):
    if who:
        client.force_login(request.getfixturevalue(who))

    response = upload(client, diecui, sheet(GOOD).getvalue())

    assert response.status_code in (200, 302, 403)
    assert not RollImport.objects.exists()
