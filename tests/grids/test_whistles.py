"""社区吹哨、党员报到: as many come as are needed, silence is called twice, too few go up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError, RepeatedError
from core.models import InboxItem, User
from grids.actions.whistle_sweeping import whistles_sweep
from grids.actions.whistles import (
    Call,
    member_report,
    whistle_answer,
    whistle_arrive,
    whistle_blow,
    whistle_close,
)
from grids.models import ReportingMember, Whistle, WhistleResponse
from tests.cast import NOW, make_resident
from tests.parallel import at_once

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
CALLS = "/account/whistles/"
LIST = "/work/whistles/"


def members(town: Any, number: int) -> list[User]:
    """Residents with accounts who have reported."""
    made = []
    for index in range(number):
        phone = f"1390000{7000 + index}"
        make_resident(town.households[0], f"党员{index}", phone)
        reported = member_report(
            community=town.community, phone=phone, skills="", is_active=True, actor=None, at=NOW
        )
        made.append(reported.user)
    return made


def blow(place: Any, actor: User, *, needed: int = 2, at: datetime = NOW, **given: Any) -> Whistle:
    call = {"topic": "清楼道", "needed_by": at + 4 * HOUR, **given}
    return whistle_blow(call=Call(place=place, needed=needed, **call), key=uuid4(), actor=actor, at=at)


def answer(whistle: Whistle, user: User, what: str = "coming", *, at: datetime = NOW) -> WhistleResponse:
    return whistle_answer(whistle_id=whistle.pk, answer=what, actor=user, at=at)


def arrive(whistle: Whistle, user: User, *, at: datetime = NOW + HOUR) -> Whistle:
    return whistle_arrive(whistle_id=whistle.pk, actor=user, at=at)


@pytest.fixture
def people(diecui) -> list[User]:
    return members(diecui, 5)


@pytest.fixture
def whistle(diecui, secretary, people) -> Whistle:
    return blow(diecui.estate, secretary)


class TestReporting:
    def test_number_without_an_account_on_the_roll_is_refused(self, community, fuxi):
        make_resident(fuxi.households[0], "别处的人", "13900009999")
        given = {"skills": "", "is_active": True, "actor": None, "at": NOW}

        with pytest.raises(InvalidInputError):
            member_report(community=community, phone="13900009999", **given)

    def test_leader_of_a_grid_keeps_no_members(self, diecui, resident, grid_leader):
        given = {"skills": "", "is_active": True, "actor": grid_leader, "at": NOW}
        with pytest.raises(NotAllowedError):
            member_report(community=diecui.community, phone="13900000001", **given)


class TestCalling:
    def test_every_member_of_the_area_is_called(self, whistle, people):
        told = InboxItem.objects.filter(kind="whistle.called").values_list("user_id", flat=True)

        assert sorted(told) == sorted(user.pk for user in people)
        assert whistle.called == 5

    def test_of_another_community_nobody_is_called(self, fuxi, secretary_of_another_community, people):
        with pytest.raises(InvalidInputError):
            blow(fuxi.estate, secretary_of_another_community)

    def test_who_does_not_run_the_grids_there_calls_nobody(self, diecui, grid_leader, people):
        with pytest.raises(NotAllowedError):
            blow(diecui.estate, grid_leader)

    @pytest.mark.parametrize(
        "given", [{"topic": " "}, {"needed": 0}, {"needed_by": NOW}, {"needed_by": NOW + 200 * HOUR}]
    )
    def test_what_cannot_be_meant_is_refused(self, diecui, secretary, people, given):
        with pytest.raises(InvalidInputError):
            blow(diecui.estate, secretary, **given)

    def test_sent_twice_it_is_one_call(self, diecui, secretary, people):
        key, call = uuid4(), Call(diecui.estate, "清楼道", 2, NOW + HOUR)
        made = {whistle_blow(call=call, key=key, actor=secretary, at=NOW).pk for _ in range(2)}

        assert len(made) == Whistle.objects.count() == 1


class TestAnswering:
    def test_with_enough_coming_the_next_is_thanked(self, whistle, people):
        for user in people[:2]:
            answer(whistle, user)

        with pytest.raises(ConflictError, match="够了"):
            answer(whistle, people[2])

    def test_who_cannot_come_after_all_leaves_the_place_to_another(self, whistle, people):
        for user in people[:2]:
            answer(whistle, user)
        answer(whistle, people[0], "not_coming")
        answer(whistle, people[2])

        whistle.refresh_from_db()
        assert whistle.accepted == 2

    def test_answered_twice_it_counts_once(self, whistle, people):
        answer(whistle, people[0])
        answer(whistle, people[0])

        whistle.refresh_from_db()
        assert whistle.accepted == 1

    @pytest.mark.django_db(transaction=True)
    def test_answered_by_five_at_once_two_come(self, whistle, people):
        results = at_once([lambda user=user: answer(whistle, user) for user in people])

        whistle.refresh_from_db()
        coming = WhistleResponse.objects.filter(answer="coming").count()
        assert (whistle.accepted, coming) == (2, 2)
        assert sum(isinstance(result, ConflictError) for result in results) == 3

    def test_who_was_not_called_finds_nothing(self, whistle, resident, secretary):
        for user in (resident, secretary):
            with pytest.raises(NotFoundError):
                answer(whistle, user)

    def test_after_its_time_nobody_is_taken_on(self, whistle, people):
        with pytest.raises(ConflictError):
            answer(whistle, people[0], at=NOW + 4 * HOUR)

    def test_database_takes_no_more_than_needed(self, whistle):
        with pytest.raises(IntegrityError, match="whistle_takes_no_more"), transaction.atomic():
            Whistle.objects.update(accepted=3)


class TestArriving:
    def test_with_enough_arrived_it_closes_by_itself(self, whistle, people):
        for user in people[:2]:
            answer(whistle, user)
            arrive(whistle, user)

        whistle.refresh_from_db()
        assert (whistle.arrived, whistle.closed_at, whistle.sweep_at) == (2, NOW + HOUR, None)

    def test_who_did_not_say_that_they_come_has_not_arrived(self, whistle, people):
        with pytest.raises(ConflictError):
            arrive(whistle, people[0])

    def test_arrived_twice_it_counts_once(self, whistle, people):
        answer(whistle, people[0])
        arrive(whistle, people[0])

        with pytest.raises(RepeatedError):
            arrive(whistle, people[0])
        whistle.refresh_from_db()
        assert whistle.arrived == 1

    @pytest.mark.django_db(transaction=True)
    def test_arrived_at_once_both_count_and_it_is_closed(self, whistle, people):
        for user in people[:2]:
            answer(whistle, user)
        at_once([lambda user=user: arrive(whistle, user) for user in people[:2]])

        whistle.refresh_from_db()
        assert whistle.arrived == 2
        assert whistle.closed_at is not None

    def test_closed_by_hand_with_a_reason(self, whistle, people, secretary):
        by = {"whistle_id": whistle.pk, "actor": secretary, "at": NOW}
        with pytest.raises(InvalidInputError):
            whistle_close(why=" ", **by)
        whistle_close(why="雨停了", **by)

        with pytest.raises(ConflictError):
            answer(whistle, people[0])
        with pytest.raises(RepeatedError):
            whistle_close(why="雨停了", **by)


class TestSweeping:
    def told(self, at: datetime) -> list[tuple[str, int]]:
        before = InboxItem.objects.count()
        for _ in range(2):
            whistles_sweep(at=at)
        return [(item.kind, item.user_id) for item in InboxItem.objects.order_by("pk")[before:]]

    def test_at_half_time_whoever_is_silent_is_called_again_once(self, diecui, secretary, people):
        whistle = blow(diecui.estate, secretary, needed=5)
        for user in people[:3]:
            answer(whistle, user)
        told = self.told(NOW + 2 * HOUR)

        whistle.refresh_from_db()
        assert sorted(told) == sorted(("whistle.called", user.pk) for user in people[3:])
        assert (whistle.accepted, whistle.needed, whistle.second_at) == (3, 5, NOW + 2 * HOUR)

    def test_before_half_time_nobody_is_called_again(self, whistle):
        assert self.told(NOW + HOUR) == []

    def test_with_enough_coming_nobody_is_called_again(self, whistle, people):
        for user in people[:2]:
            answer(whistle, user)

        assert self.told(NOW + 2 * HOUR) == []

    def test_who_cannot_come_is_left_in_peace(self, whistle, people):
        answer(whistle, people[0], "not_coming")

        assert people[0].pk not in {user_id for _kind, user_id in self.told(NOW + 2 * HOUR)}

    def test_unmet_goes_up_once_and_stays_open(self, whistle, people, secretary, supervisor):
        answer(whistle, people[0])
        arrive(whistle, people[0])
        told = self.told(NOW + 4 * HOUR)

        whistle.refresh_from_db()
        assert sorted(told) == sorted(("whistle.unmet", user.pk) for user in (supervisor, secretary))
        assert (whistle.escalated_at, whistle.closed_at) == (NOW + 4 * HOUR, None)

    def test_met_in_time_it_does_not_go_up(self, whistle, people):
        for user in people[:2]:
            answer(whistle, user)
            arrive(whistle, user)

        assert self.told(NOW + 4 * HOUR) == []

    @pytest.mark.django_db(transaction=True)
    def test_two_sweeps_at_once_call_once(self, whistle):
        at_once([lambda: whistles_sweep(at=NOW + 2 * HOUR)] * 3)

        assert InboxItem.objects.filter(kind="whistle.called", title__startswith="还差人").count() == 5


class TestPages:
    @pytest.fixture
    def whistle(self, diecui, secretary, people) -> Whistle:
        return blow(diecui.estate, secretary, at=timezone.now())

    def test_call_is_made_answered_and_met(self, client, diecui, secretary, people):
        client.force_login(secretary)
        later = timezone.localtime() + 3 * HOUR
        given = {
            "topic": "扫雪",
            "place": diecui.estate.pk,
            "needed": 1,
            "needed_by": f"{later:%Y-%m-%dT%H:%M}",
            "key": str(uuid4()),
        }
        assert client.get(f"{LIST}new/").status_code == 200
        assert client.post(f"{LIST}new/", {**given, "needed": 0}).status_code == 422
        page = client.post(f"{LIST}new/", given)["Location"]
        whistle = Whistle.objects.get()
        client.force_login(people[0])
        assert "扫雪" in client.get(CALLS).content.decode()
        assert any(tile.code == "whistle" for tile in client.get("/account/").context["tiles"])
        assert client.post(f"{CALLS}{whistle.pk}/arrived/").status_code == 409
        assert client.post(f"{CALLS}{whistle.pk}/coming/").status_code == 302
        assert client.post(f"{CALLS}{whistle.pk}/elsewhere/").status_code == 404
        assert client.post(f"{CALLS}{whistle.pk}/arrived/").status_code == 302
        client.force_login(secretary)
        assert "党员0" in client.get(page).content.decode()
        assert page in client.get(LIST).content.decode()

        whistle.refresh_from_db()
        assert whistle.closed_why == "人到齐了"

    def test_leader_ends_it_on_the_page(self, client, whistle, secretary):
        client.force_login(secretary)
        page = f"{LIST}{whistle.pk}/"
        tile = next(tile for tile in client.get("/today/").context["tiles"] if tile.code == "whistle")
        assert (tile.count, tile.text) == (1, "来几个：0/2")
        assert client.post(page, {"why": ""}).status_code == 422
        assert client.post(page, {"why": "不用了"}).status_code == 302

    def test_others_see_nothing(
        self, client, whistle, outsider, resident, secretary_of_another_community, grid_worker
    ):
        paths = (LIST, f"{LIST}new/", f"{LIST}{whistle.pk}/")
        assert {client.get(path).status_code for path in (*paths, CALLS)} == {302}
        for user in (outsider, grid_worker):
            client.force_login(user)
            assert {client.get(path).status_code for path in paths} == {403}
        client.force_login(secretary_of_another_community)
        assert client.get(f"{LIST}{whistle.pk}/").status_code == 404
        client.force_login(resident)
        assert whistle.topic not in client.get(CALLS).content.decode()
        assert client.post(f"{CALLS}{whistle.pk}/coming/").status_code == 404

    def test_pages_take_as_many_statements_for_many(self, client, diecui, secretary, people):
        counted = []
        for number in (3, 12):
            for index in range(number):
                whistle = blow(diecui.estate, secretary, at=timezone.now())
                answer(whistle, people[index % 5], at=timezone.now())
            numbers = []
            for user, path in ((secretary, LIST), (people[0], CALLS)):
                client.force_login(user)
                client.get(path)
                with CaptureQueriesContext(connection) as queries:
                    client.get(path)
                numbers.append(len(queries))
            counted.append(numbers)

        assert counted[0] == counted[1]


def test_desk_keeps_members_and_shows_calls(client, diecui, resident, secretary, people):
    client.force_login(secretary)
    pages = reverse("admin:grids_reportingmember_changelist")
    given = {"community": diecui.community.pk, "skills": "电工", "is_active": "on"}
    assert "名册上没有" in client.post(f"{pages}add/", {**given, "phone": "13900008888"}).content.decode()
    assert client.post(f"{pages}add/", {**given, "phone": "13900000001"}).status_code == 302
    whistle = blow(diecui.estate, secretary)
    row = reverse("admin:grids_whistle_change", args=[whistle.pk])

    assert ReportingMember.objects.get(user=resident).skills == "电工"
    assert whistle.topic in client.get(reverse("admin:grids_whistle_changelist")).content.decode()
    assert f"{LIST}{whistle.pk}/" in client.get(row).content.decode()
