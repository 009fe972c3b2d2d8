"""Lists of the desk in Excel: what one may see, with its filters, by the worker, and with a reason kept."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from community import actions
from community.admin.exporting import ExportMixin, list_export_run
from community.models import ListExport, Organisation, Post, Resident
from community.tasks import run_list_exports
from core.errors import ConflictError, InvalidInputError, NotAllowedError
from core.models import AuditEntry
from tests.parallel import at_once
from tests.petitions.pages import statements

pytestmark = pytest.mark.django_db
LISTS = "admin:community_listexport_changelist"
WHY = "入户走访"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def people(diecui):
    home = diecui.households[0]
    Resident.objects.create(household=home, name="张三", phone="13812340001")
    Resident.objects.create(household=home, name='=HYPERLINK("http://x.invalid","点我")', phone="13812340002")


def ask(client, table="community_resident", query="", **given):
    return client.post(reverse(f"admin:{table}_export") + query, {"purpose": WHY, **given})


def job_of(owner, at, table="community.resident", **given):
    wanted = {"title": "居民", "querystring": "", "purpose": WHY, "unmasked": False, **given}
    return actions.list_export_ask(owner=owner, table=table, at=at, **wanted)


def table_of(client, job=None):
    job = job or ListExport.objects.latest("created_at")
    got = client.get(reverse("admin:community_listexport_file", args=[job.pk]))
    assert got.status_code == 200, got.status_code
    return load_workbook(io.BytesIO(b"".join(got.streaming_content))).active


def values(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_list_is_exported_as_it_is_shown_with_numbers_masked(client, diecui, secretary, people):
    client.force_login(secretary)

    answer = ask(client)
    made = run_list_exports()

    rows = values(table_of(client))
    assert (answer.url, made) == (reverse(LISTS), 1)
    assert rows[0] == ["姓名", "住址", "手机号", "租户", "状态"]
    assert rows[1] == ["张三", "一号小区 1号楼 1单元 101", "138****0001", "否", "在住"]


def test_words_that_look_like_a_formula_stay_words(client, diecui, secretary, people):
    client.force_login(secretary)
    ask(client)
    run_list_exports()

    cell = table_of(client)["A3"]

    assert (cell.value, cell.data_type) == ('=HYPERLINK("http://x.invalid","点我")', "s")


def test_filters_and_search_of_the_list_hold(client, diecui, secretary):
    for name, kind in (
        ("甲物业", "property_company"),
        ("乙物业", "property_company"),
        ("业委会", "owners_committee"),
    ):
        Organisation.objects.create(community=diecui.community, name=name, kind=kind)
    client.force_login(secretary)
    query = "?kind__exact=property_company&q=甲"

    page = client.get(reverse("admin:community_organisation_export") + query).content.decode()
    ask(client, "community_organisation", query)
    run_list_exports()

    assert "类型：物业服务企业" in page
    assert "查找：甲" in page
    assert [row[0] for row in values(table_of(client))[1:]] == ["甲物业"]


def test_posts_are_exported_with_full_time_and_part_time(client, grid_worker, secretary):
    Post.objects.filter(user=grid_worker).update(employment="part")
    client.force_login(secretary)

    ask(client, "community_post")
    run_list_exports()

    head, *rows = values(table_of(client))
    at = head.index("专职或兼职")
    assert {(row[0], row[at] or "") for row in rows} == {(str(grid_worker), "兼职"), (str(secretary), "")}


def test_whole_numbers_go_to_whoever_keeps_the_roll_and_are_on_the_trail(client, diecui, secretary, people):
    client.force_login(secretary)

    ask(client, unmasked="on")
    run_list_exports()

    assert values(table_of(client))[1][2] == "13812340001"
    line = AuditEntry.objects.get(event="list.export_unmasked")
    assert (line.actor, line.audience, line.subject_id) == (
        secretary,
        "charge",
        str(ListExport.objects.get().pk),
    )


def test_reader_of_the_roll_gets_no_whole_numbers(client, grid_leader, people, at):
    with pytest.raises(NotAllowedError):
        job_of(grid_leader, at, unmasked=True)

    client.force_login(grid_leader)
    assert "unmasked" not in client.get(reverse("admin:community_resident_export")).content.decode()
    assert not ListExport.objects.exists()


def test_list_about_people_needs_a_purpose(client, secretary, people, at):
    client.force_login(secretary)

    ask(client, purpose="")
    with pytest.raises(InvalidInputError):
        job_of(secretary, at, purpose=" ")

    assert not ListExport.objects.exists()


def test_who_what_how_many_and_why_stay_after_the_file_is_gone(client, secretary, people, media):
    client.force_login(secretary)
    ask(client)
    run_list_exports()
    held = list(media.rglob("*.xlsx"))

    gone = actions.list_exports_expire(at=timezone.now() + timedelta(days=1, minutes=1))
    again = actions.list_exports_expire(at=timezone.now() + timedelta(days=1, minutes=1))
    page = client.get("/admin/core/sensitiveaccess/").content.decode()

    job = ListExport.objects.get()
    assert (len(held), gone, again, list(media.rglob("*.xlsx"))) == (1, 1, 0, [])
    assert (job.owner, job.done, job.purpose) == (secretary, 2, WHY)
    assert "居民，2 行：入户走访" in page
    assert client.get(reverse("admin:community_listexport_file", args=[job.pk])).status_code == 410


@pytest.mark.parametrize("who", ["outsider", "grid_worker", None])
def test_list_is_closed_to_whoever_may_not_see_it(client, request, people, secretary, at, who):
    if who:
        client.force_login(request.getfixturevalue(who))

    answer = ask(client)

    assert answer.status_code in (302, 403)
    assert not ListExport.objects.exists()
    if who:
        with pytest.raises(NotAllowedError):
            job_of(request.getfixturevalue(who), at)


def test_another_community_exports_its_own_rows_and_fetches_no_file_of_ours(
    client, secretary, secretary_of_another_community, people
):
    client.force_login(secretary)
    ask(client)
    run_list_exports()
    ours = ListExport.objects.get()
    client.force_login(secretary_of_another_community)
    ask(client, unmasked="on")
    run_list_exports()

    assert len(values(table_of(client))) == 1
    assert client.get(reverse("admin:community_listexport_file", args=[ours.pk])).status_code == 404
    assert str(ours.pk) not in client.get(reverse(LISTS)).content.decode()


def test_post_that_ended_before_the_worker_came_gives_no_file(client, secretary, people, at):
    job_of(secretary, at)
    Post.objects.filter(user=secretary).delete()

    run_list_exports()

    job = ListExport.objects.get()
    assert (job.state, job.file) == ("failed", "")


def test_worker_that_was_overtaken_leaves_no_file(secretary, people, at, media):
    job_of(secretary, at)
    slow = actions.list_export_take(at=at)
    actions.list_export_take(at=at + timedelta(minutes=5))

    assert list_export_run(slow) is False
    assert not list(media.rglob("*.xlsx"))


def test_fourth_list_at_once_is_refused(secretary, at):
    for _ in range(3):
        job_of(secretary, at)

    with pytest.raises(ConflictError):
        job_of(secretary, at)


def test_forged_filter_is_refused_with_a_sentence(client, secretary):
    client.force_login(secretary)

    answer = client.get(reverse("admin:community_resident_export") + "?household=abc")

    assert answer.status_code in (400, 422)


def test_statements_do_not_grow_with_the_rows(secretary, diecui, people, at):
    def spent():
        job_of(secretary, at)
        taken = actions.list_export_take(at=at)
        with statements() as few:
            list_export_run(taken)
        return len(few)

    first = spent()
    for n in range(30):
        Resident.objects.create(household=diecui.households[n % 4], name=f"居民{n}")

    assert spent() == first


def test_every_list_of_the_desk_can_be_exported(client, diecui, secretary, people):
    client.force_login(secretary)
    desks = [
        desk
        for model, desk in admin.site._registry.items()
        if isinstance(desk, ExportMixin) and desk.exportable
    ]
    done = []
    for desk in desks:
        name = f"{desk.opts.app_label}_{desk.opts.model_name}"
        listed = client.get(reverse(f"admin:{name}_changelist"))
        assert reverse(f"admin:{name}_export") in listed.content.decode(), name
        assert ask(client, name).status_code == 302, name
        run_list_exports()
        done.append(ListExport.objects.latest("created_at"))

    assert [(job.table, job.note) for job in done if job.state != "done"] == []
    wanted = {"core.auditentry", "core.outboxmessage", "core.user", "grids.grid", "petitions.poll"}
    assert wanted < {job.table for job in done}


@pytest.mark.race
def test_asked_for_six_times_at_once_three_are_made_and_each_once(
    transactional_db, diecui, secretary, people
):
    now = timezone.now()

    asked = at_once([lambda: job_of(secretary, now)] * 6)
    made = at_once([run_list_exports] * 3)

    assert sum(isinstance(one, ListExport) for one in asked) == 3
    assert sum(isinstance(one, ConflictError) for one in asked) == 3
    assert sum(made) == ListExport.objects.filter(state="done").count() == 3
    assert AuditEntry.objects.filter(event="list.exported").count() == 3
