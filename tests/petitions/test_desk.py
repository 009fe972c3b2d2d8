"""The desk: who sees what, what it costs, and that nothing changes but by actions."""

from __future__ import annotations

import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from community.workflow import Stage
from core.models import AuditEntry, SavedFilter
from petitions.actions.desk import export_take, exports_expire
from petitions.actions.merging import petitions_merge
from petitions.models import ExportJob, Petition, WallPost
from petitions.tasks import run_exports
from tests.petitions.loop import Loop, file, person

LIST = "admin:petitions_petition_changelist"
PAGES = ("changelist", "day", "day_sheet", "exports", "intake")


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def matter(diecui, now) -> Petition:
    return file(diecui, at=now)


def desk(petition: Petition) -> str:
    return reverse("admin:petitions_petition_change", args=[petition.pk])


def step(petition: Petition, name: str) -> str:
    return reverse("admin:petitions_petition_step", args=[petition.pk, name])


def rows(response) -> list[int]:
    return [petition.pk for petition in response.context["cl"].result_list]


@pytest.mark.parametrize("page", PAGES)
def test_desk_sends_strangers_to_sign_in(client, db, page):
    response = client.get(reverse(f"admin:petitions_petition_{page}"))

    assert response.status_code == 302
    assert "/admin/login/" in response["Location"]


@pytest.mark.parametrize("page", PAGES)
def test_administrator_reads_no_matter(client, matter, administrator, page):
    client.force_login(administrator)

    response = client.get(reverse(f"admin:petitions_petition_{page}"))

    assert response.status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_secretary_opens_every_page(client, matter, secretary, page):
    client.force_login(secretary)

    response = client.get(reverse(f"admin:petitions_petition_{page}"))

    assert response.status_code == 200


def test_list_holds_what_a_post_covers(client, matter, secretary, supervisor, secretary_of_another_community):
    seen = {}
    for user in (secretary, supervisor, secretary_of_another_community):
        client.force_login(user)
        seen[user] = rows(client.get(reverse(LIST)))

    assert seen == {secretary: [matter.pk], supervisor: [matter.pk], secretary_of_another_community: []}


def test_page_of_another_community_is_not_found(client, matter, secretary_of_another_community):
    client.force_login(secretary_of_another_community)

    answers = {client.get(desk(matter)).status_code, client.post(step(matter, "triage")).status_code}

    assert answers == {404}


@pytest.mark.parametrize("count", [3, 30])
def test_list_costs_a_fixed_number_of_statements(
    client, diecui, secretary, now, count, django_assert_max_num_queries
):
    for number in range(count):
        file(diecui, at=now, who=person(phone=f"139000000{number:02}"))
    client.force_login(secretary)
    client.get(reverse(LIST))

    with django_assert_max_num_queries(6):
        first = client.get(reverse(LIST))
    with django_assert_max_num_queries(6):
        last = client.get(reverse(LIST), {"cursor": "last"})

    assert len(rows(first)) == min(count, 20)
    assert len(rows(last)) == min(count, 20)


def test_page_of_a_matter_costs_a_fixed_number_of_statements(
    client, matter, secretary, grid_worker, now, django_assert_max_num_queries
):
    Loop(matter, desk=secretary, worker=grid_worker, at=now).triage().claim().resolve().feed_back().publish()
    client.force_login(secretary)
    client.get(desk(matter))

    with django_assert_max_num_queries(6):
        response = client.get(desk(matter))

    assert response.status_code == 200


def test_page_of_a_matter_that_runs_with_another_and_is_in_a_colleagues_hands_costs_no_more(
    client, diecui, secretary, grid_worker, clerk, now, django_assert_max_num_queries
):
    one, other = (file(diecui, at=now, who=person(phone=f"1390000000{n}")) for n in range(2))
    Loop(other, desk=secretary, worker=grid_worker, at=now).triage().claim()
    petitions_merge(petition_ids=[one.pk], into_id=other.pk, actor=secretary, at=now + timedelta(days=1))
    client.force_login(clerk)
    client.get(desk(one))

    with django_assert_max_num_queries(6):
        merged = client.get(desk(one)).content.decode()
    with django_assert_max_num_queries(6):
        claimed = client.get(desk(other)).content.decode()

    assert f"已并入 {other.number} 一起办理" in merged
    assert f"已由 {grid_worker} 认领" in claimed


def test_queues_hold_what_waits_for_each_step(client, diecui, secretary, grid_worker, now):
    at = [file(diecui, at=now, who=person(phone=f"1390000000{n}")) for n in range(5)]
    walks = [Loop(one, desk=secretary, worker=grid_worker, at=now) for one in at]
    walks[1].triage()
    walks[2].triage().claim().resolve()
    walks[3].triage().claim().resolve().feed_back()
    walks[4].triage().claim().resolve().feed_back().publish()
    client.force_login(secretary)

    found = {
        queue: rows(client.get(reverse(LIST), {"queue": queue}))
        for queue in ("received", "handling", "resolved", "publish", "judge", "visit", "decision", "spam")
    }

    assert found == {
        "received": [at[0].pk],
        "handling": [at[1].pk],
        "resolved": [at[2].pk],
        "publish": [at[3].pk],
        "judge": [at[4].pk],
        "visit": [],
        "decision": [],
        "spam": [],
    }


def test_late_queue_holds_what_is_past_its_time(client, matter, secretary, now):
    Petition.objects.filter(pk=matter.pk).update(due_at=now - timedelta(hours=1))
    client.force_login(secretary)

    response = client.get(reverse(LIST), {"queue": "late"})

    assert rows(response) == [matter.pk]
    assert "已超时1小时" in response.content.decode()


@pytest.mark.parametrize("term", ["{number}", "13912345678", "139 1234 5678"])
def test_search_finds_by_exact_number_and_phone(client, matter, secretary, term):
    client.force_login(secretary)

    response = client.get(reverse(LIST), {"q": term.format(number=matter.number)})

    assert rows(response) == [matter.pk]


@pytest.mark.parametrize("term", ["1391234567", "20261120", "道灯亮", "' OR 1=1 --"])
def test_search_guesses_nothing(client, matter, secretary, term):
    client.force_login(secretary)

    response = client.get(reverse(LIST), {"q": term})

    assert rows(response) == []


@pytest.mark.parametrize(
    "query", ["severity=green", "grid=x", "grid=9" * 9, "queue=nope", "o=9", "cursor=%00", "e=1"]
)
def test_strange_addresses_show_a_list_and_no_failure(client, matter, secretary, query):
    client.force_login(secretary)

    response = client.get(f"{reverse(LIST)}?{query}")

    assert response.status_code == 200


def test_stage_cannot_be_posted(client, matter, secretary):
    client.force_login(secretary)

    answers = [
        client.post(desk(matter), {"stage": "archived", "_save": "1"}).status_code,
        client.post(
            reverse("admin:petitions_petition_delete", args=[matter.pk]), {"post": "yes"}
        ).status_code,
        client.post(reverse("admin:petitions_petition_add"), {"text": "x"}).status_code,
        client.post(step(matter, "archive")).status_code,
        client.post(step(matter, "feed-back"), {"answer": "好了"}).status_code,
    ]

    matter.refresh_from_db()
    assert answers == [403, 403, 403, 409, 409]
    assert matter.stage == Stage.RECEIVED
    assert matter.events.count() == 1


def test_archived_matter_is_read_only(client, matter, secretary, grid_worker, now):
    walk = Loop(matter, desk=secretary, worker=grid_worker, at=now)
    walk.triage().claim().resolve().feed_back().publish().judge(satisfied=True)
    client.force_login(secretary)
    before = Petition.objects.values().get(pk=matter.pk)

    answers = {
        name: client.post(step(matter, name), {"note": "x", "reason": "x", "title_text": "x"}).status_code
        for name in ("progress", "pause", "title", "spam", "hide")
    }

    assert set(answers.values()) == {409}
    assert Petition.objects.values().get(pk=matter.pk) == before


def test_triage_at_the_desk_starts_the_handling_clock(client, matter, secretary, grid_worker):
    client.force_login(secretary)
    given = {"scale": 1, "difficulty": 2, "social_impact": 3, "route": "self_help", "topic": "lamp"}

    response = client.post(step(matter, "triage"), given)

    matter.refresh_from_db()
    assert response.status_code == 302
    assert (matter.stage, matter.severity, matter.assignee) == (Stage.TRIAGED, "red", grid_worker)


def test_lower_colour_without_reason_is_refused_and_keeps_what_was_typed(client, matter, secretary):
    client.force_login(secretary)
    given = {
        **{"scale": 1, "difficulty": 2, "social_impact": 3, "severity": "yellow", "route": "self_help"},
        **{"topic": "lamp", "public_title": "楼道灯不亮"},
    }

    response = client.post(step(matter, "triage"), given)

    matter.refresh_from_db()
    assert response.status_code == 422
    assert "请写明理由" in response.content.decode()
    assert "楼道灯不亮" in response.content.decode()
    assert matter.stage == Stage.RECEIVED


def published(**fields: object) -> dict[str, object]:
    return {
        "title_text": "楼道灯修好了",
        "question": "有居民反映楼道灯不亮。",
        "answer": "已换新灯。",
        **fields,
    }


@pytest.fixture
def answered(matter, secretary, grid_worker, now) -> Petition:
    Loop(matter, desk=secretary, worker=grid_worker, at=now).triage().claim().resolve().feed_back()
    return matter


def test_personal_data_is_shown_and_has_to_be_confirmed(client, answered, secretary):
    client.force_login(secretary)
    photo = answered.photos.get().pk
    given = published(answer="已给3单元502王女士换灯。", after=photo)

    warned = client.post(step(answered, "publish"), given)
    shown_before = WallPost.objects.count()
    confirmed = client.post(step(answered, "publish"), {**given, "confirmed": "on"})

    assert warned.status_code == 422
    assert "<mark>3单元502</mark>" in warned.content.decode()
    assert "<mark>王女士</mark>" in warned.content.decode()
    assert (shown_before, confirmed.status_code, WallPost.objects.count()) == (0, 302, 1)


def test_name_of_the_reporter_is_shown_whatever_stands_around_it(client, answered, secretary):
    answered.reporters.update(name="水生", on_behalf_of="老白")
    client.force_login(secretary)

    warned = client.post(
        step(answered, "publish"), published(answer="水生说的灯换好了。", after=answered.photos.get().pk)
    )

    assert warned.status_code == 422
    assert "<mark>水生</mark>" in warned.content.decode()
    assert not WallPost.objects.exists()


def test_raw_words_are_not_published(client, answered, secretary):
    client.force_login(secretary)
    given = published(question=answered.text, after=answered.photos.get().pk, confirmed="on")

    response = client.post(step(answered, "publish"), given)

    assert response.status_code == 422
    assert "不能照搬" in response.content.decode()
    assert not WallPost.objects.exists()


def test_photo_of_another_matter_is_not_published(client, answered, diecui, secretary, grid_worker, now):
    other = file(diecui, at=now, who=person(phone="13900000001"))
    Loop(other, desk=secretary, worker=grid_worker, at=now).triage().claim().resolve()
    client.force_login(secretary)

    response = client.post(step(answered, "publish"), published(after=other.photos.get().pk))

    assert response.status_code == 422
    assert not WallPost.objects.exists()


def test_bulk_claim_tells_each_result(client, diecui, secretary, grid_worker, grid_leader, now):
    mine, taken = (file(diecui, at=now, who=person(phone=f"1390000000{n}")) for n in range(2))
    for one in (mine, taken):
        Loop(one, desk=secretary, worker=grid_worker, at=now).triage()
    Loop(taken, desk=secretary, worker=grid_worker, at=now).claim()
    client.force_login(grid_leader)

    response = client.post(
        reverse(LIST), {"action": "claim_chosen", "index": 0, "_selected_action": [mine.pk, taken.pk]}
    )

    mine.refresh_from_db()
    page = response.content.decode()
    assert mine.assignee == grid_leader
    assert "2 件里办成 1 件" in page
    assert "已由 王网格 认领" in page


def test_bulk_assign_gives_each_matter_to_the_chosen_person(
    client, diecui, secretary, grid_worker, clerk, now
):
    chosen = [file(diecui, at=now, who=person(phone=f"1390000000{n}")) for n in range(2)]
    for one in chosen:
        Loop(one, desk=secretary, worker=grid_worker, at=now).triage()
    ids = [one.pk for one in chosen]
    client.force_login(secretary)

    asked = client.post(reverse(LIST), {"action": "assign_chosen", "index": 0, "_selected_action": ids})
    done = client.post(reverse("admin:petitions_petition_assign"), {"chosen": ids, "to": clerk.pk})

    assert "周干事" in asked.content.decode()
    assert "2 件里办成 2 件" in done.content.decode()
    assert set(Petition.objects.values_list("assignee", flat=True)) == {clerk.pk}


def test_bulk_assign_reaches_nothing_out_of_sight(
    client, matter, secretary_of_another_community, grid_worker
):
    client.force_login(secretary_of_another_community)

    client.post(reverse("admin:petitions_petition_assign"), {"chosen": [matter.pk], "to": grid_worker.pk})

    matter.refresh_from_db()
    assert matter.assignee is None


def test_saved_filter_is_kept_shown_and_dropped_by_its_owner_alone(client, matter, secretary, supervisor):
    client.force_login(secretary)
    client.post(
        reverse("admin:petitions_petition_filter_save"),
        {"name": "急件", "list": "queue=late&severity=red&cursor=abc&evil=1"},
    )
    kept = SavedFilter.objects.get()
    drop = reverse("admin:petitions_petition_filter_drop", args=[kept.pk])
    shown = "急件" in client.get(reverse(LIST)).content.decode()

    client.force_login(supervisor)
    client.post(drop)
    after_another = SavedFilter.objects.count()
    client.force_login(secretary)
    client.post(drop)

    assert (kept.user, kept.querystring, shown) == (secretary, "queue=late&severity=red", True)
    assert (after_another, SavedFilter.objects.count()) == (1, 0)


def sheet_of(response) -> list[tuple]:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return list(load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))


def export(client, **params: str) -> ExportJob:
    client.post(
        reverse("admin:petitions_petition_export_ask"),
        {"list": "&".join(f"{k}={v}" for k, v in params.items())},
    )
    return ExportJob.objects.latest("created_at")


def test_export_holds_the_filtered_list_for_its_owner_alone(
    client, diecui, secretary, supervisor, grid_worker, now
):
    plain = file(diecui, at=now, text='=HYPERLINK("http://x.invalid","点我")')
    other = file(diecui, at=now, who=person(phone="13900000001"))
    Loop(other, desk=secretary, worker=grid_worker, at=now).triage()
    client.force_login(secretary)
    job = export(client, queue="received")

    made = run_exports()
    got = client.get(reverse("admin:petitions_petition_export_file", args=[job.pk]))
    client.force_login(supervisor)
    refused = client.get(reverse("admin:petitions_petition_export_file", args=[job.pk]))

    table = sheet_of(got)
    assert (made, refused.status_code) == (1, 404)
    assert [row[0] for row in table[1:]] == [plain.number]
    assert table[1][8] == plain.text
    assert "13912345678" not in str(table)
    assert AuditEntry.objects.filter(event="petition.export_asked", actor=secretary).count() == 1


def test_text_that_looks_like_a_formula_stays_text(client, diecui, secretary, now):
    file(diecui, at=now, text="=1+1")
    client.force_login(secretary)
    job = export(client)
    run_exports()

    response = client.get(reverse("admin:petitions_petition_export_file", args=[job.pk]))

    cell = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active["I2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_export_left_by_a_dead_worker_is_begun_again_and_given_up_after_three(client, matter, secretary, now):
    client.force_login(secretary)
    export(client)
    for turn in range(3):
        assert export_take(at=now + timedelta(minutes=10 * turn)).tries == turn + 1

    assert export_take(at=now + timedelta(minutes=25)) is None
    assert export_take(at=now + timedelta(minutes=60)) is None
    assert ExportJob.objects.get().state == "failed"


def test_export_is_gone_after_a_day_with_its_file(client, matter, secretary, now, tmp_path):
    client.force_login(secretary)
    export(client)
    run_exports()
    held = list(tmp_path.rglob("*.xlsx"))

    expired = exports_expire(at=now + timedelta(days=1, minutes=5))

    assert (len(held), expired, list(tmp_path.rglob("*.xlsx"))) == (1, 1, [])


def test_list_of_the_day_holds_what_is_due_by_tonight(client, diecui, secretary, now):
    due, later = (file(diecui, at=now, who=person(phone=f"1390000000{n}")) for n in range(2))
    Petition.objects.filter(pk=due.pk).update(due_at=now)
    Petition.objects.filter(pk=later.pk).update(due_at=now + timedelta(days=2))
    client.force_login(secretary)

    page = client.get(reverse("admin:petitions_petition_day")).content.decode()
    table = sheet_of(client.get(reverse("admin:petitions_petition_day_sheet")))

    assert (due.number in page, later.number in page) == (True, False)
    assert [row[0] for row in table[1:]] == [due.number]


def intake(town, now, **fields: object) -> dict[str, object]:
    return {
        "text": "下水道堵了，味道很大。",
        "place": town.buildings[0].pk,
        "channel": "hotline",
        "received_at": (timezone.localtime(now) - timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M"),
        "name": "张大爷",
        "key": str(uuid4()),
        **fields,
    }


def test_hotline_call_is_entered_with_its_own_time_and_without_a_phone(client, diecui, secretary, now):
    client.force_login(secretary)

    response = client.post(reverse("admin:petitions_petition_intake"), intake(diecui, now))
    receipt = client.get(response["Location"]).content.decode()

    petition = Petition.objects.get()
    assert petition.filed_at < now - timedelta(minutes=110)
    assert (petition.channel, petition.entered_by) == ("hotline", secretary)
    assert petition.number in receipt
    assert "没有留手机号" in receipt


def test_intake_sent_twice_is_entered_once(client, diecui, secretary, now):
    client.force_login(secretary)
    given = intake(diecui, now)

    answers = {client.post(reverse("admin:petitions_petition_intake"), given)["Location"] for _ in range(2)}

    assert len(answers) == 1
    assert Petition.objects.count() == 1


def test_receipt_is_told_to_the_person_who_entered_it_alone(client, diecui, secretary, supervisor, now):
    client.force_login(secretary)
    address = client.post(reverse("admin:petitions_petition_intake"), intake(diecui, now))["Location"]
    client.force_login(supervisor)

    response = client.get(address)

    assert response.status_code == 404


def test_worker_enters_and_settles_on_the_spot(client, diecui, grid_worker, now):
    client.force_login(grid_worker)
    given = intake(diecui, now, channel="patrol", place=diecui.grids[0].pk, outcome="当场疏通了。")

    response = client.post(reverse("petitions:work_new"), given)

    petition = Petition.objects.get()
    times = list(petition.events.order_by("id").values_list("at", flat=True))
    assert response["Location"] == reverse("petitions:work_filed", args=[petition.number])
    assert (petition.stage, petition.grid) == (Stage.RESOLVED, diecui.grids[0])
    assert times == sorted(times)


def test_worker_cannot_enter_a_matter_of_another_grid(client, diecui, grid_worker, now):
    client.force_login(grid_worker)
    given = intake(diecui, now, channel="patrol", place=diecui.buildings[1].pk)

    response = client.post(reverse("petitions:work_new"), given)

    assert response.status_code == 403
    assert not Petition.objects.exists()


@pytest.mark.parametrize(
    ("who", "place"), [("grid_worker", "/today/"), ("secretary", "/admin/"), ("supervisor", "/admin/")]
)
def test_staff_come_home_to_their_own_page(client, request, who, place):
    client.force_login(request.getfixturevalue(who))

    response = client.get(reverse("petitions:staff_home"))

    assert response["Location"] == place
