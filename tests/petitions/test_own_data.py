"""A person sees, corrects, takes along and erases what is held about them; nobody else does."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from core import actions, tasks
from core.actions import account_erase, personal_export_ask, personal_export_take, retention_sweep
from core.actions.personal import accounts_asked_erase, personal_exports_expire
from core.errors import ConflictError
from core.models import AuditEntry, InboxItem, OutboxMessage, PersonalExport, User
from core.personal import subject_of
from core.registries import DataSubject, personal_sources
from petitions.actions import contact, erasing, reporting
from petitions.models import AgendaItem, Participant, PetitionReporter
from petitions.selectors import own_polls
from tests.cast import NOW, Town
from tests.parallel import at_once
from tests.petitions.loop import Loop, file, person
from tests.petitions.pages import filed_now, statements, stored, ticket_url
from tests.petitions.polls import OPTIONS, put, vote
from tests.petitions.sessions import planned

pytestmark = pytest.mark.django_db
PHONE = "13900000001"


@pytest.fixture
def mine(diecui: Town, resident: User) -> PetitionReporter:
    """A matter of the signed-in resident, with a photo."""
    who = person(name="居民张", phone=PHONE, user=resident)
    return filed_now(diecui, who=who, text="=1+1 灯坏了", photos=[stored()])


@pytest.fixture
def theirs(diecui: Town, neighbour: User) -> PetitionReporter:
    return filed_now(diecui, who=person(name="邻居刘", phone="13900000002", user=neighbour), text="别人的事")


@pytest.fixture
def signed_in(client: Client, resident: User) -> Client:
    client.force_login(resident)
    return client


def typed_number(client: Client, reporter: PetitionReporter, phone: str = "13912345678") -> Any:
    return client.post(ticket_url(reporter, "own/"), {"phone": phone})


def test_resident_sees_all_that_is_held_and_nothing_of_others(
    signed_in: Client, mine: PetitionReporter, theirs: PetitionReporter
):
    page = signed_in.get("/account/data/").content.decode()

    assert mine.petition.number in page
    assert "灯坏了" in page
    assert PHONE in page
    assert "住户名册" in page
    assert "本人勾选，说明第 1.1 版" in page
    assert theirs.petition.number not in page
    assert "别人的事" not in page


def test_page_is_closed_to_strangers(client: Client, mine: PetitionReporter):
    for path in ("/account/data/", "/account/data/erase/"):
        assert client.get(path).status_code == 302
    assert client.post("/account/data/export/").status_code == 302
    assert not PersonalExport.objects.exists()


def test_unproved_number_opens_nothing(client: Client, mine: PetitionReporter, diecui: Town):
    user = User.objects.create_user(phone="13912345678", phone_verified=False)
    other = filed_now(diecui)
    client.force_login(user)

    assert other.petition.number not in client.get("/account/data/").content.decode()


@pytest.mark.parametrize("rows", [3, 30])
def test_page_costs_the_same_with_few_and_with_many(
    signed_in: Client, diecui: Town, resident: User, rows: int, settings: Any
):
    settings.FILINGS_PER_PHONE_PER_DAY = 1000
    for _ in range(rows):
        file(diecui, who=person(phone=PHONE, user=resident), at=timezone.now())
    signed_in.get("/account/data/")

    with statements() as used:
        assert signed_in.get("/account/data/").status_code == 200

    assert len(used) <= len(personal_sources) + 4, used


def test_each_kind_costs_one_statement(
    resident: User, mine: PetitionReporter, django_assert_num_queries: Any
):
    for source in personal_sources:
        with django_assert_num_queries(1):
            source.read(subject_of(resident))


def test_name_is_corrected(signed_in: Client, resident: User):
    signed_in.post("/account/data/", {"name": "张阿姨"})

    resident.refresh_from_db()
    assert resident.display_name == "张阿姨"


def test_person_reads_in_which_post_and_when_their_number_was_opened(
    signed_in: Client, mine: PetitionReporter, grid_worker: User
):
    contact.reporters_contact(petition=mine.petition, actor=grid_worker, at=timezone.now())

    page = signed_in.get("/account/data/").content.decode()

    assert "谁看过您的手机号" in page
    assert "网格员" in page
    assert grid_worker.display_name not in page


def test_archive_is_made_by_the_worker_for_its_owner(
    signed_in: Client, resident: User, mine: PetitionReporter, theirs: PetitionReporter
):
    signed_in.post("/account/data/export/")
    tasks.run_personal_exports()

    job = PersonalExport.objects.get()
    answer = signed_in.get(f"/account/data/export/{job.pk}.zip")
    with ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        data = json.loads(archive.read("data.json"))
        book = load_workbook(io.BytesIO(archive.read("data.xlsx")))
        photos = [name for name in archive.namelist() if name.startswith("photos/")]

    assert answer["Content-Disposition"].startswith("attachment")
    assert [row["number"] for row in data["data"]["petitions.matters"]["rows"]] == [mine.petition.number]
    assert "反映的事" in book.sheetnames
    assert {cell.data_type for cell in book["反映的事"]["F"]} == {"s"}
    assert len(photos) == 1
    assert (job.state, job.percent) == ("done", 100)


@pytest.mark.parametrize("who", ["neighbour", "secretary", None])
def test_archive_of_somebody_else_is_not_there(
    client: Client, resident: User, mine: PetitionReporter, request: Any, who: str | None
):
    job = personal_export_ask(owner=resident, at=timezone.now())
    tasks.run_personal_exports()
    if who:
        client.force_login(request.getfixturevalue(who))

    assert client.get(f"/account/data/export/{job.pk}.zip").status_code == (404 if who else 302)


def test_archive_expires_after_a_day(signed_in: Client, resident: User, mine: PetitionReporter):
    job = personal_export_ask(owner=resident, at=timezone.now() - timedelta(hours=25))
    tasks.run_personal_exports()
    job.refresh_from_db()

    assert signed_in.get(f"/account/data/export/{job.pk}.zip").status_code == 410
    assert personal_exports_expire(timezone.now()) == 1
    assert not default_storage.exists(job.file)


def test_asking_twice_makes_one_archive_and_too_often_none(resident: User, at: Any):
    first = personal_export_ask(owner=resident, at=at)
    assert personal_export_ask(owner=resident, at=at) == first
    for _ in range(4):
        PersonalExport.objects.update(state="done")
        personal_export_ask(owner=resident, at=at)
    PersonalExport.objects.update(state="done")

    with pytest.raises(ConflictError):
        personal_export_ask(owner=resident, at=at)


def test_archive_of_a_worker_that_died_is_made_by_the_next(resident: User, at: Any):
    personal_export_ask(owner=resident, at=at)
    dead = personal_export_take(at=at)
    assert personal_export_take(at=at + timedelta(minutes=1)) is None

    taken = personal_export_take(at=at + timedelta(minutes=4))

    assert taken is not None
    assert taken.pk == dead.pk
    assert taken.tries == 2


def test_account_is_erased_with_all_that_is_closed(signed_in: Client, resident: User, mine: PetitionReporter):
    reporting.petition_withdraw(reporter=mine, reason="不用了", at=timezone.now())

    answer = signed_in.post("/account/data/erase/", {"sure": "on"})

    assert answer.url == "/account/data/erased/"
    resident.refresh_from_db()
    mine.refresh_from_db()
    assert (resident.phone, resident.display_name, resident.is_active) == (None, "", False)
    assert (mine.phone, mine.name, mine.user) == ("", "", None)
    assert not OutboxMessage.objects.filter(phone=PHONE).exists()
    assert not InboxItem.objects.filter(user=resident).exists()
    assert signed_in.get("/account/data/").status_code == 302


def test_same_number_may_come_back_as_somebody_new(resident: User):
    account_erase(user=resident, at=NOW)

    again = User.objects.create_user(phone=PHONE, phone_verified=True)

    assert again.pk != resident.pk


def test_account_with_an_open_matter_waits_for_its_end(
    signed_in: Client, resident: User, mine: PetitionReporter
):
    page = signed_in.post("/account/data/erase/", {"sure": "on"}, follow=True).content.decode()

    assert f"{mine.petition.number} 办结后删除" in page
    assert accounts_asked_erase(timezone.now()) == 0
    resident.refresh_from_db()
    assert resident.is_active

    reporting.petition_withdraw(reporter=mine, reason="", at=timezone.now())
    retention_sweep(at=timezone.now())

    resident.refresh_from_db()
    mine.refresh_from_db()
    assert not resident.is_active
    assert mine.erased_at is not None


def test_erasure_without_the_tick_changes_nothing(signed_in: Client, resident: User, mine: PetitionReporter):
    assert signed_in.post("/account/data/erase/", {}).status_code == 422

    resident.refresh_from_db()
    assert resident.is_active


def test_somebody_in_post_cannot_erase_their_account(grid_worker: User):
    with pytest.raises(ConflictError):
        account_erase(user=grid_worker, at=NOW)


def test_acts_of_those_in_post_stay(loop: Loop, grid_worker: User):
    loop.triage().claim()
    acts = AuditEntry.objects.filter(actor=grid_worker).count()
    reporter = PetitionReporter.objects.get(petition_id=loop.pk)

    erasing.reporter_erase_later(reporter=reporter, at=NOW)

    assert AuditEntry.objects.filter(actor=grid_worker).count() == acts
    assert loop.petition.events.filter(actor=grid_worker).exists()


def test_person_without_account_opens_one_matter_by_code_and_number(client: Client, diecui: Town):
    reporter, other = filed_now(diecui, text="我家灯坏了"), filed_now(diecui, text="另一件事")

    assert typed_number(client, reporter, "139 1234 5678").status_code == 302
    page = client.get(ticket_url(reporter, "own/data/")).content.decode()

    assert "我家灯坏了" in page
    assert "另一件事" not in page
    assert client.get(ticket_url(other, "own/data/")).status_code == 302


@pytest.mark.parametrize(
    ("path", "method"),
    [("own/data/", "get"), ("own/data.zip", "post"), ("own/erase/", "get"), ("own/erase/", "post")],
)
def test_link_alone_is_not_enough(client: Client, diecui: Town, path: str, method: str):
    reporter = filed_now(diecui)
    link = ticket_url(reporter)

    answer = getattr(client, method)(link + path, {"sure": "on"})

    assert answer.url == link + "own/"
    reporter.refresh_from_db()
    assert (reporter.erased_at, reporter.erasure_asked_at) == (None, None)


def test_wrong_numbers_are_refused_and_counted(client: Client, diecui: Town):
    reporter = filed_now(diecui)

    tries = [typed_number(client, reporter, f"1380000000{n}").status_code for n in range(6)]

    assert tries == [422] * 5 + [429]
    assert typed_number(client, reporter).status_code == 429


def test_neighbour_behind_the_same_matter_sees_their_own_alone(client: Client, diecui: Town):
    from petitions.actions import joining

    first = filed_now(diecui, text="我家402的灯")
    joining.petition_join(
        petition_id=first.petition_id,
        person=person(name="刘", phone="13900000002"),
        words="也黑",
        key=uuid4(),
        at=timezone.now(),
    )
    joined = PetitionReporter.objects.get(is_first=False)

    typed_number(client, joined, "13900000002")
    page = client.get(ticket_url(joined, "own/data/")).content.decode()

    assert "也黑" in page
    assert "402" not in page


def test_one_matter_is_taken_along_and_erased(client: Client, diecui: Town):
    reporter = filed_now(diecui, photos=[stored()])
    reporting.petition_withdraw(reporter=reporter, reason="", at=timezone.now())
    typed_number(client, reporter)

    archive = ZipFile(io.BytesIO(client.post(ticket_url(reporter, "own/data.zip")).content))
    gone = client.post(ticket_url(reporter, "own/erase/"), {"sure": "on"})

    assert {"data.json", "data.xlsx"} < set(archive.namelist())
    assert gone.url == "/account/data/erased/"
    assert client.get(ticket_url(reporter)).status_code == 410
    reporter.refresh_from_db()
    assert reporter.erased_at is not None


def test_one_open_matter_is_put_off(client: Client, diecui: Town):
    reporter = filed_now(diecui)
    typed_number(client, reporter)

    page = client.post(ticket_url(reporter, "own/erase/"), {"sure": "on"}, follow=True).content.decode()

    assert "办结当天夜里自动删除" in page
    reporter.refresh_from_db()
    assert reporter.erasure_asked_at is not None


def test_name_behind_one_matter_is_corrected(client: Client, diecui: Town):
    reporter = filed_now(diecui)
    typed_number(client, reporter)

    client.post(ticket_url(reporter, "own/data/"), {"name": "林女士", "on_behalf_of": ""})

    reporter.refresh_from_db()
    assert reporter.name == "林女士"


@pytest.fixture
def attended(diecui: Town, resident: User, neighbour: User) -> Participant:
    """The resident signed in to a session with a neighbour, signed up for the same, and proposed a topic."""
    session = planned(diecui)
    there = {"session": session, "signed_in_at": NOW, "way": "code"}
    Participant.objects.create(name="邻居刘", phone="13900000002", user=neighbour, **there)
    AgendaItem.objects.create(
        session=session,
        source="resident",
        title="停车难",
        text="我家门口停不下",
        proposer=resident,
        proposer_name="居民张",
        proposer_phone=PHONE,
        proposed_at=NOW,
    )
    return Participant.objects.create(name="居民张", phone=PHONE, user=resident, **there)


def test_sessions_and_topics_are_among_ones_own_data(signed_in: Client, attended: Participant):
    page = signed_in.get("/account/data/").content.decode()

    assert "参加的议事会" in page
    assert "我家门口停不下" in page
    assert "邻居刘" not in page


def test_polls_of_ones_household_are_among_ones_own_data_and_never_the_choice(
    signed_in: Client, resident: User, diecui: Town, secretary: User
):
    polls = [put(diecui, secretary, question=question) for question in ("装座椅", "设晾晒区")]
    vote(polls[0], resident)

    page = signed_in.get("/account/data/").content.decode()

    assert all(words in page for words in ("装座椅", "设晾晒区", "网上"))
    assert OPTIONS[0] not in page
    rows = own_polls.voted(DataSubject(user_id=resident.pk))
    assert [bool(row["voted_at"]) for row in rows] == [False, True]
    assert own_polls.voted(DataSubject(phone="13900000001")) == []


def test_erased_person_stays_in_a_session_as_a_head_without_a_name(resident: User, attended: Participant):
    assert account_erase(user=resident, at=NOW) == []

    attended.refresh_from_db()
    topic = AgendaItem.objects.get()
    assert (attended.name, attended.phone, attended.user) == (f"#{attended.pk}", "", None)
    assert (topic.title, topic.text, topic.proposer_name, topic.proposer_phone) == ("停车难", "", "", "")
    assert Participant.objects.filter(name="邻居刘", phone="13900000002").exists()


def test_erased_person_leaves_the_list_of_a_session_to_come(resident: User, attended: Participant):
    Participant.objects.filter(pk=attended.pk).update(signed_in_at=None, way="")

    account_erase(user=resident, at=NOW)

    assert not Participant.objects.filter(pk=attended.pk).exists()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_erasing_twice_at_once_erases_once(diecui: Town, resident: User):
    reporter = filed_now(diecui, who=person(phone=PHONE, user=resident))
    reporting.petition_withdraw(reporter=reporter, reason="", at=timezone.now())

    results = at_once([lambda: account_erase(user=resident, at=NOW)] * 3)

    assert results == [[], [], []]
    assert AuditEntry.objects.filter(event="petition.erased").count() == 1
    assert AuditEntry.objects.filter(event="account.erased").count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_asking_twice_at_once_makes_one_archive(resident: User):
    jobs = at_once([lambda: actions.personal_export_ask(owner=resident, at=timezone.now())] * 4)

    assert len({job.pk for job in jobs}) == 1
    assert PersonalExport.objects.count() == 1
