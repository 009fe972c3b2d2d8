"""住户表决: who is asked, one vote a household, a secret choice, quorum, and what happens once (P-45)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DataError
from django.test.utils import CaptureQueriesContext

from community.models import Household, Resident
from community.models.people import Standing
from core.errors import ConflictError, InvalidInputError, NotAllowedError, RepeatedError
from core.models import AuditEntry, InboxItem, OutboxMessage
from petitions.actions.polls.putting import poll_cancel
from petitions.actions.polls.sweeping import polls_sweep
from petitions.models import Majority, Poll, PollHousehold, PollState, PollTally, PollTick
from petitions.selectors.polls import result_of
from petitions.selectors.tally import carried_option
from tests.cast import NOW, make_resident
from tests.parallel import at_once
from tests.petitions.loop import file
from tests.petitions.polls import DAY, HOUR, OPTIONS, paper, put, vote, votes

pytestmark = pytest.mark.django_db


@pytest.fixture
def poll(diecui, secretary) -> Poll:
    return put(diecui, secretary)


@pytest.fixture
def partner(diecui, resident):
    """A second grown-up of the household of `resident`."""
    return make_resident(diecui.households[0], "居民王", "13900000011").user


def refreshed(poll: Poll) -> Poll:
    return Poll.objects.select_related("community").get(pk=poll.pk)


class TestPutting:
    def test_an_open_poll_has_the_active_households_of_the_community(self, diecui, secretary):
        Household.objects.filter(pk=diecui.households[3].pk).update(is_active=False)

        poll = put(diecui, secretary)

        assert poll.state == PollState.OPEN
        assert poll.eligible == 3
        assert set(poll.households.values_list("household_id", flat=True)) == {
            home.pk for home in diecui.households[:3]
        }

    def test_a_poll_of_one_building_asks_its_households_alone(self, diecui, secretary):
        poll = put(diecui, secretary, places=[diecui.buildings[1]])

        assert poll.eligible == 2

    def test_overlapping_places_ask_a_household_once(self, diecui, secretary):
        poll = put(diecui, secretary, places=[diecui.estate, diecui.buildings[0]])

        assert poll.eligible == 4

    def test_the_roll_counts_as_it_stood_at_opening(self, diecui, secretary, poll):
        late = Household.objects.create(place=diecui.entrances[0], room="201")
        Household.objects.filter(pk=diecui.households[0].pk).update(is_active=False)

        with pytest.raises(InvalidInputError):
            paper(poll, secretary, late)
        paper(poll, secretary, diecui.households[0])

        assert refreshed(poll).eligible == 4

    def test_a_later_poll_opens_at_its_hour_with_the_roll_of_that_hour(self, diecui, secretary):
        poll = put(diecui, secretary, opens_at=NOW + DAY)
        Household.objects.create(place=diecui.entrances[0], room="201")

        assert polls_sweep(at=NOW) == 0
        assert polls_sweep(at=NOW + DAY) == 1
        assert polls_sweep(at=NOW + DAY) == 0

        poll = refreshed(poll)
        assert (poll.state, poll.eligible) == (PollState.OPEN, 5)

    @pytest.mark.parametrize(
        "fields",
        [
            {"options": ["同意"]},
            {"options": [f"选项{n}" for n in range(7)]},
            {"options": ["同意", "同意"]},
            {"closes_at": NOW - HOUR},
            {"opens_at": NOW + DAY, "closes_at": NOW + HOUR},
            {"quorum_percent": 0},
            {"question": " "},
        ],
    )
    def test_what_cannot_be_voted_on_is_refused(self, diecui, secretary, fields):
        with pytest.raises(InvalidInputError):
            put(diecui, secretary, **fields)
        assert not Poll.objects.exists()

    def test_places_and_matters_of_another_community_are_refused(self, diecui, fuxi, secretary):
        for fields in ({"places": [fuxi.estate]}, {"places": [diecui.place]}, {"petition": file(fuxi)}):
            with pytest.raises(InvalidInputError):
                put(diecui, secretary, **fields)

    def test_only_the_desk_of_the_community_puts_polls(
        self, diecui, grid_worker, resident, secretary_of_another_community
    ):
        for user in (grid_worker, resident, secretary_of_another_community):
            with pytest.raises(NotAllowedError):
                put(diecui, user)

    def test_the_database_refuses_one_option_and_more_votes_than_households(self, poll):
        for changes in ({"options": ["同意"]}, {"cast_online": 3, "cast_paper": 2}, {"eligible": None}):
            with pytest.raises((IntegrityError, DataError)), transaction.atomic():
                Poll.objects.filter(pk=poll.pk).update(**changes)

    def test_a_cancelled_poll_says_why_and_takes_no_vote(self, poll, secretary, resident):
        poll_cancel(poll_id=poll.pk, actor=secretary, reason="问题写错了", at=NOW + HOUR)

        with pytest.raises(ConflictError):
            vote(poll, resident)
        assert polls_sweep(at=NOW + 8 * DAY) == 0
        with pytest.raises(ConflictError):
            poll_cancel(poll_id=poll.pk, actor=secretary, reason="x", at=NOW + HOUR)


class TestVoting:
    def test_a_vote_is_counted_once(self, poll, resident):
        vote(poll, resident, choice=1)

        assert votes(poll) == [0, 1, 0]
        assert refreshed(poll).cast_online == 1

    def test_a_second_member_of_the_household_is_refused(self, poll, resident, partner):
        vote(poll, resident)

        with pytest.raises(RepeatedError, match="网上"):
            vote(poll, partner, choice=1)
        assert votes(poll) == [1, 0, 0]

    def test_a_paper_vote_of_a_household_that_voted_online_is_refused_as_duplicate(
        self, poll, resident, clerk, diecui
    ):
        vote(poll, resident)

        with pytest.raises(RepeatedError, match="这一户已经在网上投过票"):
            paper(poll, clerk, diecui.households[0])
        assert votes(poll) == [1, 0, 0]

    def test_an_online_vote_after_paper_is_refused(self, poll, resident, clerk, diecui):
        paper(poll, clerk, diecui.households[0])

        with pytest.raises(RepeatedError, match="纸质"):
            vote(poll, resident)

    def test_a_paper_vote_is_marked_with_who_entered_it(self, poll, clerk, diecui):
        paper(poll, clerk, diecui.households[2], choice=2)

        tick = PollTick.objects.get()
        assert (tick.way, tick.entered_by, tick.elector.household) == ("paper", clerk, diecui.households[2])
        assert refreshed(poll).cast_paper == 1

    def test_only_verified_present_people_of_the_households_asked_vote(
        self, diecui, fuxi, secretary, resident, neighbour, outsider
    ):
        poll = put(diecui, secretary, places=[diecui.buildings[1]])
        stranger = make_resident(fuxi.households[0], "外社区", "13900000012").user
        for user in (resident, stranger, outsider):
            with pytest.raises(NotAllowedError):
                vote(poll, user)

        whole = put(diecui, secretary)
        Resident.objects.filter(user=neighbour).update(standing=Standing.MOVED_OUT)
        with pytest.raises(NotAllowedError):
            vote(whole, neighbour)

    @pytest.mark.parametrize("at", [NOW - HOUR, NOW + 7 * DAY])
    def test_nobody_votes_before_or_after(self, diecui, secretary, resident, at):
        poll = put(diecui, secretary, opens_at=NOW, closes_at=NOW + 7 * DAY)
        poll = poll if at > NOW else put(diecui, secretary, opens_at=NOW + DAY)

        with pytest.raises(ConflictError):
            vote(poll, resident, at=at)

    def test_an_option_that_is_not_there_is_refused(self, poll, resident):
        for choice in (-1, 3):
            with pytest.raises(InvalidInputError):
                vote(poll, resident, choice=choice)

    def test_paper_is_entered_by_the_desk_of_the_community_alone(
        self, poll, diecui, grid_worker, resident, secretary_of_another_community
    ):
        for user in (grid_worker, resident, secretary_of_another_community):
            with pytest.raises(NotAllowedError):
                paper(poll, user, diecui.households[0])

    def test_the_database_refuses_a_second_tick_and_paper_without_a_name(self, poll, resident, clerk):
        vote(poll, resident)
        elector = PollHousehold.objects.get(tick__isnull=False)

        with pytest.raises(IntegrityError), transaction.atomic():
            PollTick.objects.create(elector=elector, way="paper", voted_at=NOW, entered_by=clerk)
        other = PollHousehold.objects.filter(tick=None).first()
        with pytest.raises(IntegrityError), transaction.atomic():
            PollTick.objects.create(elector=other, way="paper", voted_at=NOW)

    def test_what_is_kept_of_a_vote_does_not_say_what_was_chosen(self, diecui, secretary, resident):
        first, second = put(diecui, secretary), put(diecui, secretary)

        vote(first, resident, choice=0)
        vote(second, resident, choice=2)

        kept = [
            (tick.way, tick.voted_at, tick.entered_by_id, tick.elector.household_id)
            for tick in PollTick.objects.order_by("pk")
        ]
        assert kept[0] == kept[1]
        lines = (
            AuditEntry.objects.filter(event="poll.voted").order_by("pk").values("event", "fields", "actor_id")
        )
        assert lines[0] == lines[1]
        assert {field.name for field in PollTally._meta.get_fields()} == {"id", "poll", "position", "votes"}

    def test_a_vote_costs_few_statements(self, poll, resident):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            vote(poll, resident)

        assert len([one for one in seen if "SAVEPOINT" not in one["sql"]]) <= 9


class TestEnding:
    def test_a_poll_is_closed_once_and_says_what_came_of_it(self, poll, resident, neighbour, secretary):
        vote(poll, resident)
        vote(poll, neighbour)

        swept = [polls_sweep(at=NOW + 7 * DAY) for _again in range(2)]

        poll = refreshed(poll)
        outcome = result_of(poll)
        assert swept == [1, 0]
        assert poll.state == PollState.CLOSED
        assert outcome.is_quorate
        assert "“同意加装”超过半数" in outcome.sentence
        assert [line.votes for line in outcome.lines] == [2, 0, 0]
        assert InboxItem.objects.filter(kind="poll.closed", user=secretary).count() == 1
        assert AuditEntry.objects.filter(event="poll.closed").count() == 1

    def test_without_quorum_nothing_is_carried_and_it_is_said_plainly(self, poll, resident):
        vote(poll, resident)

        polls_sweep(at=NOW + 7 * DAY)

        outcome = result_of(refreshed(poll))
        assert not outcome.is_quorate
        assert not any(line.is_carried for line in outcome.lines)
        assert outcome.sentence == "投票户数没有达到要求的 2 户，这次表决无效，不形成决定。"

    def test_nobody_learns_the_counts_before_the_end(self, poll, resident):
        vote(poll, resident)

        assert result_of(refreshed(poll)) is None

    def test_a_poll_without_households_is_inquorate(self, fuxi, secretary_of_another_community):
        Household.objects.update(is_active=False)
        poll = put(fuxi, secretary_of_another_community)

        polls_sweep(at=NOW + 7 * DAY)

        assert not result_of(refreshed(poll)).is_quorate

    @pytest.mark.parametrize(
        ("majority", "counts", "carried"),
        [
            (Majority.MOST, [3, 2, 2], 0),
            (Majority.MOST, [3, 3, 0], None),
            (Majority.MOST, [0, 0, 0], None),
            (Majority.HALF, [2, 2, 0], None),
            (Majority.HALF, [1, 3, 1], 1),
            (Majority.HALF, [3, 2, 2], None),
            (Majority.TWO_THIRDS, [4, 2, 0], 0),
            (Majority.TWO_THIRDS, [5, 3, 0], None),
        ],
    )
    def test_the_majority_is_counted_among_the_votes_cast(self, majority, counts, carried):
        assert carried_option(majority, counts) == carried

    @pytest.mark.parametrize(
        ("eligible", "percent", "needed"), [(3, 50, 2), (100, 50, 50), (7, 66, 5), (1, 1, 1)]
    )
    def test_the_quorum_is_rounded_up(self, eligible, percent, needed):
        assert Poll(eligible=eligible, quorum_percent=percent).needed == needed


class TestReminder:
    def test_households_that_have_not_voted_are_reminded_once(self, poll, resident, neighbour, diecui):
        silent = Resident.objects.create(
            household=diecui.households[2], name="没有账号的老人", phone="13900000033"
        )
        vote(poll, resident)

        swept = [polls_sweep(at=NOW + 5 * DAY), polls_sweep(at=NOW + 5 * DAY), polls_sweep(at=NOW + 6 * DAY)]

        assert swept == [1, 0, 0]
        told = OutboxMessage.objects.filter(kind="poll.reminder")
        assert {(one.user_id, one.phone) for one in told} == {(neighbour.pk, ""), (None, silent.phone)}

    def test_a_lost_sweep_mark_reminds_nobody_twice(self, poll, neighbour):
        polls_sweep(at=NOW + 5 * DAY)
        Poll.objects.update(sweep_at=NOW + 5 * DAY)

        polls_sweep(at=NOW + 5 * DAY)

        assert InboxItem.objects.filter(kind="poll.reminder").count() == 1

    def test_whoever_refuses_messages_or_has_left_hears_nothing(self, poll, resident, neighbour):
        Resident.objects.filter(user=resident).update(refuses_messages=True)
        Resident.objects.filter(user=neighbour).update(standing=Standing.MOVED_OUT)

        polls_sweep(at=NOW + 5 * DAY)

        assert not OutboxMessage.objects.filter(kind="poll.reminder").exists()

    def test_a_sweep_that_comes_after_the_end_closes_and_reminds_nobody(self, poll, neighbour):
        polls_sweep(at=NOW + 9 * DAY)

        assert not OutboxMessage.objects.filter(kind="poll.reminder").exists()
        assert refreshed(poll).state == PollState.CLOSED


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_two_members_of_one_household_at_once_leave_one_vote(self, diecui, secretary, resident):
        partner = make_resident(diecui.households[0], "居民王", "13900000011").user
        poll = put(diecui, secretary)

        done = at_once([lambda: vote(poll, resident, 0), lambda: vote(poll, partner, 1)])

        assert sum(result is None for result in done) == 1
        assert sum(isinstance(result, RepeatedError) for result in done) == 1
        assert sum(votes(poll)) == PollTick.objects.count() == refreshed(poll).cast == 1

    def test_online_and_paper_at_once_leave_one_vote(self, diecui, secretary, resident):
        poll = put(diecui, secretary)

        done = at_once(
            [lambda: vote(poll, resident, 0), lambda: paper(poll, secretary, diecui.households[0], 1)]
        )

        assert sum(result is None for result in done) == 1
        assert sum(isinstance(result, RepeatedError) for result in done) == 1
        poll = refreshed(poll)
        assert sum(votes(poll)) == PollTick.objects.count() == poll.cast_online + poll.cast_paper == 1

    def test_neighbours_at_once_are_all_counted(self, diecui, secretary, resident, neighbour):
        third = make_resident(diecui.households[2], "居民丙", "13900000013").user
        poll = put(diecui, secretary)

        at_once([lambda user=user: vote(poll, user) for user in (resident, neighbour, third)])

        assert votes(poll) == [3, 0, 0]
        assert refreshed(poll).cast_online == 3

    def test_a_vote_while_the_poll_closes_is_in_the_result_or_refused(self, diecui, secretary, resident):
        poll = put(diecui, secretary)
        end = NOW + 7 * DAY

        voted, _swept = at_once(
            [lambda: vote(poll, resident, at=end - timedelta(seconds=1)), lambda: polls_sweep(at=end)]
        )
        polls_sweep(at=end)

        poll = refreshed(poll)
        counted = int(voted is None)
        assert voted is None or isinstance(voted, ConflictError)
        assert poll.state == PollState.CLOSED
        assert sum(votes(poll)) == PollTick.objects.count() == poll.cast == counted
        assert AuditEntry.objects.filter(event="poll.closed").count() == 1

    def test_two_sweeps_at_once_close_and_tell_once(self, diecui, secretary):
        put(diecui, secretary)

        at_once([lambda: polls_sweep(at=NOW + 7 * DAY)] * 2)

        assert AuditEntry.objects.filter(event="poll.closed").count() == 1
        assert InboxItem.objects.filter(kind="poll.closed").count() == 1


def test_opening_a_poll_of_three_thousand_households_costs_the_same_statements(diecui, secretary):
    Household.objects.bulk_create(
        Household(place=diecui.entrances[0], room=str(number)) for number in range(1000, 4000)
    )

    with CaptureQueriesContext(connection) as seen:
        poll = put(diecui, secretary)

    assert poll.eligible == 3004
    assert len(seen) <= 20
    assert tuple(poll.options) == OPTIONS
