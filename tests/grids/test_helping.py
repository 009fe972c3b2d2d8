"""我帮扶的人: the helper's page, their visits, and nobody else's way in (G-08)."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.errors import NotFoundError
from core.models import AuditEntry, InboxItem
from grids.actions.registers.helping import helped_visit_record
from grids.actions.registers.months import care_sweep
from grids.actions.registers.pairing import helper_release
from grids.models import CareSubject, CareVisit
from tests.cast import NOW, make_resident
from tests.grids.registers import mark
from tests.grids.test_care import DAY, elder, five, pair, take  # noqa: F401

# ruff: noqa: F811

pytestmark = pytest.mark.django_db
PAGE, FORM = "/account/helping/", "/account/helping/visit/"


@pytest.fixture
def cared(elder, five, neighbour) -> CareSubject:
    """An elder next door to `neighbour`, who helps them."""
    subject = take(elder, five, "red", at=timezone.now())
    pair(subject, neighbour, at=timezone.now())
    return subject


def statuses(client) -> set[int]:
    return {client.get(PAGE).status_code, client.get(FORM).status_code}


def test_helper_sees_whom_to_help_and_no_more(client, cared, neighbour, grid_worker):
    client.force_login(neighbour)

    shown = client.get(PAGE).content.decode()

    assert cared.resident.name in shown
    assert cared.resident.household.long_name in shown
    assert f"tel:{grid_worker.phone}" in shown
    assert cared.resident.phone not in shown
    assert cared.colour.words not in shown
    assert cared.scheme.name not in shown


def test_each_look_leaves_a_line(client, cared, neighbour):
    client.force_login(neighbour)

    client.get(PAGE)
    client.get(FORM)

    lines = AuditEntry.objects.filter(event="care.helped_read", actor=neighbour, audience="charge")
    assert [line.subject_id for line in lines] == [str(cared.pk), str(cared.pk)]


def test_helper_enters_a_visit_once_and_the_next_is_planned(client, cared, neighbour):
    client.force_login(neighbour)
    given = {"key": str(uuid4()), "visited_on": f"{timezone.localdate()}", "findings": "身体还好。"}

    answers = [client.post(FORM, given).status_code for _twice in range(2)]

    assert answers == [302, 302]
    visit = CareVisit.objects.get()
    assert (visit.by, visit.subject, visit.findings) == (neighbour, cared, "身体还好。")
    cared.refresh_from_db()
    assert cared.next_on == timezone.localdate() + 3 * DAY
    assert AuditEntry.objects.get(event="care.visited").actor == neighbour


def test_visit_without_a_word_or_on_a_day_to_come_is_refused(client, cared, neighbour):
    client.force_login(neighbour)
    given = {"key": str(uuid4()), "visited_on": f"{timezone.localdate() + DAY}", "findings": "好。"}

    assert client.post(FORM, given).status_code == 422
    assert client.post(FORM, {**given, "findings": ""}).status_code == 422
    assert not CareVisit.objects.exists()


@pytest.mark.parametrize("who", ["resident", "grid_worker", "secretary", "supervisor", "outsider"])
def test_for_everybody_else_there_is_no_such_page(client, request, cared, who):
    client.force_login(request.getfixturevalue(who))

    assert statuses(client) == {404}
    assert "我帮扶的人" not in client.get("/account/").content.decode()


def test_strangers_are_sent_to_sign_in(client, cared):
    assert statuses(client) == {302}


def test_ended_pairing_closes_the_page_at_once(client, cared, neighbour):
    client.force_login(neighbour)
    assert statuses(client) == {200}

    helper_release(subject_id=cared.pk, reason="换人。", actor=None, at=timezone.now())

    assert statuses(client) == {404}
    with pytest.raises(NotFoundError):
        helped_visit_record(
            key=uuid4(), visited_on=timezone.localdate(), findings="好。", actor=neighbour, at=timezone.now()
        )


@pytest.mark.parametrize("word", ["已故", "搬离"])
def test_whoever_falls_silent_vanishes_from_the_page_at_once(client, cared, neighbour, word):
    client.force_login(neighbour)

    mark(cared.resident, word, None, at=timezone.now())

    assert statuses(client) == {404}


def test_helper_who_moves_away_is_out_at_once(client, cared, neighbour):
    client.force_login(neighbour)

    mark(neighbour.resident, "搬离", None, at=timezone.now())

    assert statuses(client) == {404}


def test_helper_and_worker_are_both_told_with_a_page_that_opens(client, elder, five, neighbour, grid_worker):
    subject = take(elder, five, "red")
    pair(subject, neighbour)

    care_sweep(at=NOW + 3 * DAY)
    care_sweep(at=NOW + 3 * DAY)

    told = {item.user: item.url for item in InboxItem.objects.filter(kind="care.due")}
    assert {user: url.partition("/account")[1] != "" for user, url in told.items()} == {
        neighbour: True,
        grid_worker: False,
    }
    for user, url in told.items():
        client.force_login(user)
        assert client.get("/" + url.split("/", 3)[3]).status_code == 200


def test_page_takes_the_same_statements_however_many_are_paired(client, cared, neighbour, diecui, five):
    client.force_login(neighbour)
    counted = []
    for number in range(2):
        for index in range(3 * number):
            one = take(make_resident(diecui.households[0], f"老人{index}", f"139000002{index}0"), five, "red")
            pair(one, make_resident(diecui.households[1], f"邻居{index}", f"139000003{index}0").user)
        with CaptureQueriesContext(
            connection,
        ) as found:
            client.get(PAGE)
        counted.append(len(found))

    assert counted[0] == counted[1]
