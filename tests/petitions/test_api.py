"""`/api/v1/petitions/`: closed by default, canonical, and one shape for every refusal."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from community.workflow import Stage
from core.models import AuditEntry, OutboxMessage, StoredImage
from petitions.actions import hiding, reporting
from petitions.models import Petition, PetitionEvent
from tests.cast import NOW, Town
from tests.petitions.loop import file, person
from tests.petitions.pages import SCRIPT, picture

LIST = "/api/v1/petitions/"
pytestmark = pytest.mark.django_db


def one(petition: Petition) -> str:
    return f"{LIST}{petition.number}/"


def body(town: Town, **fields: Any) -> dict[str, Any]:
    """What a program sends; None leaves a field out."""
    given = {
        "community": town.community.slug,
        "place": town.buildings[0].pk,
        "text": "热线反映：二单元楼道灯不亮。",
        "topic": "lamp",
        "channel": "hotline",
        "reporter": {"name": "林阿姨", "phone": "13912345678", "has_consented": True},
        **fields,
    }
    return {name: value for name, value in given.items() if value is not None}


def post(client: Client, given: Any, **headers: str) -> Any:
    return client.post(LIST, json.dumps(given), content_type="application/json", headers=headers)


def refused(response: Any, status: int, code: str) -> None:
    """The one shape of every refusal."""
    assert response.status_code == status, response.content
    answer = response.json()
    assert answer["code"] == code
    assert answer["message"]
    assert set(answer) == {"code", "message", "extra"}


@pytest.fixture
def as_secretary(client, secretary) -> Client:
    client.force_login(secretary)
    return client


# Who sees what


@pytest.mark.parametrize("path", [LIST, f"{LIST}20261120-0001/", f"{LIST}20261120-0001/history/"])
def test_reading_without_signing_in_is_401(client, path):
    response = client.get(path)

    refused(response, 401, "not_signed_in")


def test_filing_without_signing_in_is_401_and_files_nothing(client, diecui):
    response = post(client, body(diecui))

    refused(response, 401, "not_signed_in")
    assert not Petition.objects.exists()


@pytest.mark.parametrize("who", ["outsider", "resident", "administrator", "worker_of_another_grid"])
def test_whoever_has_no_post_over_a_matter_does_not_find_it(client, petition, who, request):
    client.force_login(request.getfixturevalue(who))

    assert client.get(LIST).json()["results"] == []
    refused(client.get(one(petition)), 404, "not_found")
    refused(client.get(f"{one(petition)}history/"), 404, "not_found")


@pytest.mark.parametrize("who", ["grid_worker", "grid_leader", "clerk", "secretary", "supervisor"])
def test_whoever_has_a_post_over_a_matter_reads_it_in_all_three_places(client, petition, who, request):
    client.force_login(request.getfixturevalue(who))

    listed, single = client.get(LIST).json()["results"], client.get(one(petition)).json()

    assert [row["number"] for row in listed] == [petition.number]
    assert single["text"] == petition.text
    assert client.get(f"{one(petition)}history/").json()["results"][0]["event"] == "filed"


def test_a_secretary_of_another_community_reads_only_their_own(
    client, petition, fuxi, secretary_of_another_community
):
    theirs = file(fuxi)
    client.force_login(secretary_of_another_community)

    listed = client.get(LIST).json()["results"]

    assert [row["number"] for row in listed] == [theirs.number]


def test_answers_name_nobody_who_asked(as_secretary, petition):
    texts = [as_secretary.get(path).content.decode() for path in (LIST, one(petition))]

    assert not any("林阿姨" in text or "13912345678" in text for text in texts)


# What is answered


def test_codes_are_canonical_and_the_label_is_the_communitys_own(
    client, fuxi, secretary_of_another_community
):
    petition = file(fuxi)
    client.force_login(secretary_of_another_community)

    answer = client.get(one(petition)).json()

    assert (answer["stage"], answer["stage_label"]) == ("received", "五个渠道")
    assert answer["community"] == "fuxi"
    assert answer["place"] == {"id": fuxi.buildings[0].pk, "name": "1号楼", "within": "一号小区"}


def test_history_is_in_order_with_posts_and_without_names(as_secretary, loop, secretary):
    loop.triage().claim()

    lines = as_secretary.get(f"{one(loop.petition)}history/").json()["results"]

    assert [line["event"] for line in lines][:2] == ["filed", "triaged"]
    assert lines[1]["duty"] == "community_secretary"
    assert secretary.display_name not in json.dumps(lines, ensure_ascii=False)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("stage=triaged", 1),
        ("stage=archived", 0),
        ("severity=blue", 1),
        ("severity=red", 0),
        ("topic=lamp", 2),
        ("topic=road", 0),
        ("channel=web_form", 2),
        ("channel=patrol", 0),
        ("community=diecui", 2),
        ("community=fuxi", 0),
        ("since=2026-11-20", 2),
        ("since=2026-11-21T00:00:00%2B08:00", 0),
        ("stage=triaged&topic=lamp&severity=blue&community=diecui", 1),
    ],
)
def test_filters_narrow_the_list(as_secretary, loop, diecui, query, found):
    loop.triage(topic="lamp")
    file(diecui)

    response = as_secretary.get(f"{LIST}?{query}")

    assert len(response.json()["results"]) == found


@pytest.mark.parametrize(
    "query",
    ["stage=done", "channel=fax", "community=%27--", "since=soon"],
)
def test_a_filter_that_means_nothing_is_422(as_secretary, petition, query):
    refused(as_secretary.get(f"{LIST}?{query}"), 422, "invalid_input")


def test_pages_lead_through_everything_and_back(as_secretary, diecui):
    numbers = [file(diecui, at=NOW + timedelta(minutes=n)).number for n in range(5)][::-1]

    first = as_secretary.get(f"{LIST}?page_size=2").json()
    second = as_secretary.get(first["next"]).json()
    last = as_secretary.get(f"{LIST}?page_size=2&cursor=last").json()

    assert [row["number"] for row in first["results"]] == numbers[:2]
    assert [row["number"] for row in second["results"]] == numbers[2:4]
    assert [row["number"] for row in last["results"]] == numbers[3:]
    assert as_secretary.get(second["previous"]).json()["results"] == first["results"]
    assert (first["previous"], last["next"]) == (None, None)


@pytest.mark.parametrize(
    "cursor",
    ["x", "%00", "last%00", "A" * 3000, "W10", "WzAsIjIwMjYiLDFd", "WzAsMTIzLDk5OTk5OTk5OTk5OTk5OTk5OTk5XQ"],
)
def test_a_cursor_that_cannot_be_read_is_the_first_page(as_secretary, petition, cursor):
    response = as_secretary.get(f"{LIST}?cursor={cursor}&page_size={'9' * 900}")

    assert [row["number"] for row in response.json()["results"]] == [petition.number]


# How much it costs


def statements(client: Client, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(path).status_code == 200
    return len(caught)


def test_the_list_costs_the_same_for_3_and_for_30(as_secretary, diecui):
    for n in range(3):
        file(diecui, who=person(phone=f"139111100{n:02}"))
    as_secretary.get(LIST)  # what the account owes is asked once in five minutes
    few = statements(as_secretary, f"{LIST}?page_size=30")
    for n in range(3, 30):
        file(diecui, who=person(phone=f"139111100{n:02}"))

    many = statements(as_secretary, f"{LIST}?page_size=30")

    assert few == many <= 6


def test_one_matter_and_its_history_cost_the_same_however_long(as_secretary, loop):
    as_secretary.get(LIST)  # what the account owes is asked once in five minutes
    before = (
        statements(as_secretary, one(loop.petition)),
        statements(as_secretary, f"{one(loop.petition)}history/"),
    )
    loop.triage().claim().resolve()

    after = (
        statements(as_secretary, one(loop.petition)),
        statements(as_secretary, f"{one(loop.petition)}history/"),
    )

    assert before == after
    assert max(after) <= 6


def test_filing_costs_at_most_15_statements(as_secretary, diecui):
    given = body(diecui)

    with CaptureQueriesContext(connection) as caught:
        response = post(as_secretary, given)

    work = [query["sql"] for query in caught if "SAVEPOINT" not in query["sql"]]
    assert response.status_code == 201
    assert len(work) <= 15, "\n".join(sql[:120] for sql in work)


# Filing


def test_filing_writes_matter_history_trail_and_message(as_secretary, diecui, secretary):
    response = post(as_secretary, body(diecui))

    petition = Petition.objects.get()
    assert response.status_code == 201
    assert response.json()["number"] == petition.number
    assert response.json()["url"].endswith(f"/work/{petition.number}/")
    assert (petition.channel, petition.entered_by, petition.stage) == ("hotline", secretary, Stage.RECEIVED)
    assert PetitionEvent.objects.filter(petition=petition, actor=secretary).count() == 1
    assert AuditEntry.objects.filter(event="petition.filed", subject_id=str(petition.pk)).exists()
    assert OutboxMessage.objects.filter(kind="petition.received").exists()


@pytest.mark.parametrize("who", ["outsider", "resident", "administrator", "worker_of_another_grid"])
def test_filing_without_a_post_there_is_403_and_files_nothing(client, diecui, who, request):
    client.force_login(request.getfixturevalue(who))

    refused(post(client, body(diecui)), 403, "not_allowed")
    assert not Petition.objects.exists()


def test_a_grid_worker_files_in_their_own_grid(client, diecui, grid_worker):
    client.force_login(grid_worker)

    assert post(client, body(diecui)).status_code == 201


def test_filing_without_the_cross_site_token_is_403(diecui, secretary):
    client = Client(enforce_csrf_checks=True)
    client.force_login(secretary)

    refused(post(client, body(diecui)), 403, "not_allowed")
    assert not Petition.objects.exists()


def test_the_same_key_gives_the_same_receipt(as_secretary, diecui):
    first = post(as_secretary, body(diecui), **{"Idempotency-Key": "hotline-77"})
    again = post(as_secretary, body(diecui), **{"Idempotency-Key": "hotline-77"})

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["number"] == again.json()["number"]
    assert (first.json()["is_new"], again.json()["is_new"]) == (True, False)
    assert Petition.objects.count() == 1


@pytest.mark.parametrize(
    "other",
    [{"text": "别的事"}, {"is_private": True}, {"channel": "visit"}, {"reporter": {"phone": "13800138000"}}],
)
def test_the_same_key_with_another_body_is_409(as_secretary, diecui, other):
    first = post(as_secretary, body(diecui), **{"Idempotency-Key": "k"})

    response = post(as_secretary, body(diecui, **other), **{"Idempotency-Key": "k"})

    refused(response, 409, "conflict")
    assert response.json()["extra"]["number"] == first.json()["number"]
    assert Petition.objects.count() == 1


def test_a_late_retry_gives_the_same_receipt_after_words_phone_and_privacy_were_corrected(
    as_secretary, diecui, secretary
):
    first = post(as_secretary, body(diecui), **{"Idempotency-Key": "late"})
    petition = Petition.objects.get()
    reporter, at = petition.reporters.get(), petition.changed_at
    reporting.petition_correct(reporter=reporter, text="是二单元，不是三单元。", spot="", at=at)
    reporting.reporter_phone_correct(
        petition_id=petition.pk, reporter_id=reporter.pk, phone="13800138999", actor=secretary, at=at
    )
    hiding.petition_hide(petition_id=petition.pk, actor=secretary, reason="涉及隐私", at=at)

    again = post(as_secretary, body(diecui), **{"Idempotency-Key": "late"})
    other = post(as_secretary, body(diecui, text="是二单元，不是三单元。"), **{"Idempotency-Key": "late"})

    assert (again.status_code, again.json()["number"]) == (200, first.json()["number"])
    refused(other, 409, "conflict")
    assert Petition.objects.count() == 1


def test_a_key_belongs_to_the_account_that_chose_it(client, diecui, secretary, clerk):
    for user in (secretary, clerk):
        client.force_login(user)
        assert post(client, body(diecui), **{"Idempotency-Key": "k"}).status_code == 201

    assert Petition.objects.count() == 2


def test_photos_come_as_multipart_and_are_kept_once(as_secretary, diecui, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    given = body(diecui, reporter=None) | {"reporter.phone": "13912345678"}
    headers = {"Idempotency-Key": "with-photo"}

    answers = [
        as_secretary.post(LIST, given | {"photos": [picture(), picture()]}, headers=headers) for _ in range(2)
    ]

    petition = Petition.objects.get()
    assert [answer.status_code for answer in answers] == [201, 200]
    assert petition.photos.count() == StoredImage.objects.count() == 2
    assert petition.reporters.get().phone == "13912345678"
    photo = as_secretary.get(one(petition)).json()["photos"][0]
    assert as_secretary.get(photo["url"])["Content-Type"] == "image/jpeg"


def test_a_file_that_is_no_photo_is_422_and_files_nothing(as_secretary, diecui):
    drawing = io.BytesIO(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    drawing.name = "photo.jpg"

    response = as_secretary.post(LIST, body(diecui, reporter=None) | {"photos": [drawing]})

    refused(response, 422, "upload_refused")
    assert not Petition.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": "字" * 10_000},
        {"text": "有\x00空字符"},
        {"text": ["一", "二"]},
        {"text": "  "},
        {"text": None},
        {"place": "abc"},
        {"place": 10**30},
        {"place": -1},
        {"place": 999_999},
        {"place": None},
        {"community": "nowhere"},
        {"community": {"slug": "diecui"}},
        {"topic": "everything"},
        {"channel": "fax"},
        {"is_private": "vielleicht"},
        {"received_at": "gestern"},
        {"received_at": "0001-01-01T00:00:00+14:00"},
        {"received_at": "2020-01-01T00:00:00+08:00"},
        {"reporter": "林阿姨"},
        {"reporter": {"phone": "12"}},
        {"reporter": {"name": "名" * 41}},
        {"photos": ["x"]},
        {"spot": "x" * 101},
    ],
)
def test_what_cannot_be_used_is_422_and_files_nothing(as_secretary, diecui, wrong):
    response = post(as_secretary, body(diecui, **wrong))

    refused(response, 422, "invalid_input")
    assert not Petition.objects.exists()


def test_a_place_of_another_community_is_422(as_secretary, diecui, fuxi):
    refused(post(as_secretary, body(diecui, place=fuxi.buildings[0].pk)), 422, "invalid_input")


@pytest.mark.parametrize(("sent", "status"), [(b"{", 400), (b"[]", 422), (b'"x"', 422), (b"\xff\xfe", 400)])
def test_what_is_no_object_is_refused(as_secretary, sent, status):
    response = as_secretary.post(LIST, sent, content_type="application/json")

    assert response.status_code == status
    assert set(response.json()) == {"code", "message", "extra"}


def test_an_unknown_kind_of_body_is_415(as_secretary):
    response = as_secretary.post(LIST, b"<a/>", content_type="application/xml")

    assert response.status_code == 415
    assert set(response.json()) == {"code", "message", "extra"}


def test_markup_in_words_stays_words(as_secretary, diecui):
    number = post(as_secretary, body(diecui, text=SCRIPT)).json()["number"]

    response = as_secretary.get(f"{LIST}{number}/")

    assert response.json()["text"] == SCRIPT
    assert response["Content-Type"] == "application/json"


# What cannot be done


@pytest.mark.parametrize("method", ["put", "patch", "delete", "post"])
def test_a_stage_cannot_be_written(as_secretary, petition, method):
    given = json.dumps({"stage": "archived"})

    response = getattr(as_secretary, method)(one(petition), given, content_type="application/json")

    refused(response, 405, "method_not_allowed")
    petition.refresh_from_db()
    assert petition.stage == Stage.RECEIVED


def test_a_stage_sent_along_with_a_new_matter_is_not_taken(as_secretary, diecui):
    response = post(as_secretary, body(diecui, stage="archived", severity="red"))

    assert response.json()["stage"] == "received"
    assert Petition.objects.get().severity == ""


@pytest.mark.parametrize("number", ["1", "20261120-", "..", "20261120-9999", "٢٠٢٦١١٢٠-0001"])
def test_a_number_that_is_none_is_404(as_secretary, number):
    assert as_secretary.get(f"{LIST}{number}/").status_code == 404


def test_a_nul_in_the_address_is_refused_and_in_a_filter_is_dropped(as_secretary, petition):
    refused(as_secretary.get(f"{LIST}{petition.number}%00/"), 422, "invalid_input")
    assert len(as_secretary.get(f"{LIST}?topic=lamp%00").json()["results"]) == 1


def test_floods_are_429_with_the_time_to_wait(as_secretary, settings):
    settings.API_WRITES_PER_MINUTE = 3

    answers = [as_secretary.post(LIST, b"{}", content_type="application/json") for _ in range(4)]

    refused(answers[-1], 429, "too_many_requests")
    assert int(answers[-1]["Retry-After"]) > 0
    assert {answer.status_code for answer in answers[:-1]} == {422}


# What is promised


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    out = io.StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    return yaml.safe_load(out.getvalue())


def test_every_operation_promises_its_refusals(schema):
    operations = {
        operation["operationId"]: set(operation["responses"])
        for path in schema["paths"].values()
        for operation in path.values()
    }

    assert operations["petitions_list"] == {"200", "401", "422", "429"}
    assert operations["petitions_read"] == {"200", "401", "404", "429"}
    assert operations["petitions_history"] == {"200", "401", "404", "429"}
    assert operations["petitions_file"] == {"200", "201", "400", "401", "403", "409", "415", "422", "429"}


@pytest.mark.parametrize(("component", "path"), [("PetitionOutput", "list"), ("PetitionFullOutput", "one")])
def test_answers_hold_exactly_what_the_schema_promises(as_secretary, petition, schema, component, path):
    answer = (
        as_secretary.get(LIST).json()["results"][0]
        if path == "list"
        else as_secretary.get(one(petition)).json()
    )

    name = component.removesuffix("Output") if component not in schema["components"]["schemas"] else component
    promised = schema["components"]["schemas"][name]
    assert set(answer) == set(promised["properties"]) == set(promised["required"])


def test_the_schema_and_its_page_are_open_and_inline_nothing(client):
    page = client.get("/api/docs/")

    text = page.content.decode()
    assert client.get("/api/schema/").status_code == 200
    assert page.status_code == 200
    assert "<style" not in text
    assert " style=" not in text
    assert "<script>" not in text
    assert "unsafe-inline" not in page["Content-Security-Policy"]
    assert "//cdn" not in text
