"""Polls on the web: what strangers read, how a household votes, what the desk does."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from community.models import Household
from petitions.actions.polls.putting import poll_cancel
from petitions.actions.polls.sweeping import polls_sweep
from petitions.models import Poll, PollTick
from tests.cast import make_resident
from tests.petitions.loop import file
from tests.petitions.pages import SCRIPT, statements
from tests.petitions.polls import DAY, HOUR, paper, put, vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def poll(diecui, secretary, now) -> Poll:
    return put(diecui, secretary, at=now - HOUR)


def address(poll: Poll, page: str = "") -> str:
    return f"/diecui/polls/{poll.pk}/{page}"


def over(poll: Poll, now) -> Poll:
    polls_sweep(at=now + 8 * DAY)
    return poll


class TestStrangers:
    def test_the_list_has_what_is_open_and_what_is_over(self, client, diecui, secretary, poll, now):
        over(put(diecui, secretary, at=now - 9 * DAY, question="是否装门禁"), now - 9 * DAY)

        page = client.get("/diecui/polls/").content.decode()

        assert poll.question in page
        assert "是否装门禁" in page

    def test_the_home_shows_what_is_being_voted_on(self, client, poll):
        assert poll.question in client.get("/diecui/").content.decode()

    def test_what_has_not_begun_is_not_found(self, client, diecui, secretary, now):
        later = put(diecui, secretary, at=now, opens_at=now + DAY)

        assert client.get(address(later)).status_code == 404
        assert client.get(address(later, "vote/")).status_code == 404
        assert later.question not in client.get("/diecui/polls/").content.decode()

    def test_a_poll_of_another_community_is_not_found(self, client, fuxi, poll):
        assert client.get(f"/fuxi/polls/{poll.pk}/").status_code == 404

    def test_a_running_poll_shows_turnout_and_no_counts(self, client, poll, resident, now):
        vote(poll, resident, at=now)

        page = client.get(address(poll)).content.decode()

        assert "1 户（网上 1，纸质 0）" in page
        assert "谁都看不到各选项的票数" in page
        assert "<progress" not in page

    def test_the_result_stands_in_a_table_without_names_and_doors(
        self, client, poll, resident, clerk, diecui, now
    ):
        vote(poll, resident, at=now)
        paper(poll, clerk, diecui.households[2], at=now)
        over(poll, now)

        page = client.get(address(poll)).content.decode()

        assert "表决通过" in page
        assert '<progress class="meter" max="100" value="100"' in page
        assert "（网上 1，纸质 1）" in page
        for hidden in (resident.display_name, clerk.display_name, "101", "102"):
            assert hidden not in page

    def test_an_inquorate_poll_says_so_plainly(self, client, poll, resident, now):
        vote(poll, resident, at=now)
        over(poll, now)

        page = client.get(address(poll)).content.decode()

        assert "这次表决无效，不形成决定" in page
        assert "表决通过" not in page

    def test_a_cancelled_poll_says_why(self, client, poll, secretary, now):
        poll_cancel(poll_id=poll.pk, actor=secretary, reason="问题写错了", at=now)

        page = client.get(address(poll)).content.decode()

        assert "问题写错了" in page
        assert "代表我家投票" not in page

    def test_a_private_matter_is_not_named(self, client, diecui, secretary, now):
        matter = file(diecui, is_private=True)
        poll = put(diecui, secretary, at=now - HOUR, petition=matter)

        assert matter.number not in client.get(address(poll)).content.decode()

    def test_voting_asks_to_sign_in(self, client, poll):
        answer = client.get(address(poll, "vote/"))

        assert answer.status_code == 302
        assert answer.url.startswith(reverse("account_login"))


class TestHousehold:
    def test_a_resident_votes_for_the_household_and_nobody_votes_again(self, client, poll, resident, diecui):
        client.force_login(resident)

        answer = client.post(address(poll, "vote/"), {"choice": "1", "adult": "on"})

        assert answer.status_code == 302
        assert PollTick.objects.count() == 1
        partner = make_resident(diecui.households[0], "居民王", "13900000011").user
        client.force_login(partner)
        page = client.get(address(poll)).content.decode()
        assert "您家已经投过票" in page
        assert "代表我家投票" not in page
        again = client.post(address(poll, "vote/"), {"choice": "0", "adult": "on"})
        assert again.status_code == 409
        assert "这一户已经在网上投过票" in again.content.decode()

    def test_age_is_declared_and_an_option_chosen(self, client, poll, resident):
        client.force_login(resident)

        for sent in ({"choice": "1"}, {"adult": "on"}, {"choice": "9", "adult": "on"}):
            assert client.post(address(poll, "vote/"), sent).status_code == 422
        assert not PollTick.objects.exists()

    def test_an_account_that_is_on_no_roll_is_told_what_to_do(self, client, poll, outsider):
        client.force_login(outsider)

        assert "请到社区核实" in client.get(address(poll, "vote/")).content.decode()
        assert client.post(address(poll, "vote/"), {"choice": "0", "adult": "on"}).status_code == 403

    def test_a_household_outside_the_scope_is_told_so(self, client, diecui, secretary, resident, now):
        poll = put(diecui, secretary, at=now - HOUR, places=[diecui.buildings[1]])
        client.force_login(resident)

        assert "不包括您家" in client.get(address(poll, "vote/")).content.decode()


class TestDesk:
    PUT = "admin:petitions_poll_put"

    def page(self, poll: Poll, name: str) -> str:
        return reverse(f"admin:petitions_poll_{name}", args=[poll.pk])

    def test_the_desk_puts_a_poll(self, client, diecui, secretary):
        client.force_login(secretary)
        local = timezone.localtime()
        sent = {
            "community": diecui.place.pk,
            "question": "是否划停车位",
            "options": "同意\n不同意\n",
            "estates": [diecui.estate.pk],
            "opens_at": f"{local:%Y-%m-%dT%H:%M}",
            "closes_at": f"{local + 3 * DAY:%Y-%m-%dT%H:%M}",
            "quorum_percent": "60",
            "majority": "two_thirds",
        }

        answer = client.post(reverse(self.PUT), sent)

        poll = Poll.objects.get()
        assert answer.url == self.page(poll, "change")
        assert (poll.options, poll.quorum_percent, poll.majority) == (["同意", "不同意"], 60, "two_thirds")
        assert client.get(answer.url).status_code == 200

    def test_a_refused_poll_keeps_what_was_typed(self, client, diecui, secretary):
        client.force_login(secretary)
        sent = {
            "community": diecui.place.pk,
            "question": "只有一个选项",
            "options": "同意",
            "opens_at": "2030-01-01T08:00",
            "closes_at": "2030-01-02T08:00",
            "quorum_percent": "50",
            "majority": "half",
        }

        answer = client.post(reverse(self.PUT), sent)

        assert answer.status_code == 422
        assert "请写二到六个选项" in answer.content.decode()
        assert "只有一个选项" in answer.content.decode()

    def test_paper_is_entered_building_by_building(self, client, diecui, clerk, poll):
        client.force_login(clerk)
        building = diecui.buildings[1]
        place = f"{self.page(poll, 'paper')}?building={building.pk}"
        assert "2 户，还有 2 户没有投票" in client.get(place).content.decode()

        answer = client.post(place, {"household": diecui.households[2].pk, "choice": "2"})

        assert answer.url == place
        assert "2 户，还有 1 户没有投票" in client.get(place).content.decode()
        assert PollTick.objects.get().entered_by == clerk
        again = client.post(place, {"household": diecui.households[2].pk, "choice": "2"})
        assert again.status_code == 409
        elsewhere = client.post(place, {"household": diecui.households[0].pk, "choice": "2"})
        assert elsewhere.status_code == 422

    def test_the_desk_sees_no_counts_either_before_the_end(self, client, secretary, poll, resident, now):
        vote(poll, resident, at=now)
        client.force_login(secretary)

        assert "谁都看不到各选项的票数" in client.get(self.page(poll, "change")).content.decode()

    def test_a_poll_is_cancelled_with_a_reason(self, client, secretary, poll):
        client.force_login(secretary)

        assert client.post(self.page(poll, "cancel"), {"reason": ""}).status_code == 422
        assert client.post(self.page(poll, "cancel"), {"reason": "写错了"}).status_code == 302

    def test_people_without_the_power_open_nothing(
        self, client, poll, resident, grid_worker, secretary_of_another_community
    ):
        for user in (None, resident, grid_worker, secretary_of_another_community):
            client.logout()
            if user:
                client.force_login(user)
            for name in ("change", "paper", "cancel"):
                assert client.get(self.page(poll, name)).status_code in {302, 403, 404}

    def test_nothing_is_changed_but_by_buttons(self, client, secretary, poll):
        client.force_login(secretary)

        assert client.post(self.page(poll, "change"), {"question": "x"}).status_code == 403


class TestSafetyAndCost:
    def test_typed_words_are_shown_as_words(self, client, diecui, secretary, now):
        poll = put(
            diecui, secretary, at=now - HOUR, question=SCRIPT, options=[SCRIPT, "b"], explanation=SCRIPT
        )

        for path in ("/diecui/polls/", address(poll)):
            assert SCRIPT not in client.get(path).content.decode()

    def test_the_list_costs_the_same_for_three_and_thirty(self, client, diecui, secretary, now):
        def fill(count: int) -> int:
            for _number in range(count):
                put(diecui, secretary, at=now - 9 * DAY)
            polls_sweep(at=now - DAY)
            with statements() as seen:
                client.get("/diecui/polls/")
            return len(seen)

        assert fill(3) == fill(27)

    def test_the_page_and_the_paper_costs_the_same_for_any_number_of_doors(
        self, client, diecui, secretary, poll
    ):
        client.force_login(secretary)
        path = reverse("admin:petitions_poll_paper", args=[poll.pk])
        client.get(path)
        with statements() as few:
            client.get(path)
        Household.objects.bulk_create(
            Household(place=diecui.entrances[0], room=str(number)) for number in range(200, 230)
        )
        big = put(diecui, secretary, at=timezone.now())
        with statements() as many:
            client.get(reverse("admin:petitions_poll_paper", args=[big.pk]))

        assert len(few) == len(many)
        assert len(few) <= 12
