"""Whoever has died or moved away receives nothing from any app, and is on no list; a living family is (G-10)."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.urls import reverse

from community.duties import Duty
from community.meetings import Body
from community.models import Resident
from community.selectors.estates import estates_of
from community.workflow import Stage
from core import delivery, outbox
from core.errors import ConflictError, NotAllowedError
from core.models import InboxItem, MessageState, OutboxMessage
from grids import actions
from grids.actions.gifts import Gifts
from grids.actions.registers.tagging import tag_end
from grids.models import GiftPack
from grids.querysets import visited_households
from grids.selectors.homes_page import due_in
from petitions.actions import handling, joining
from petitions.actions.polls.sweeping import polls_sweep
from petitions.actions.sessions import attending
from petitions.actions.sessions.sweeping import sessions_sweep
from petitions.actions.sweeping import evaluations_sweep, petitions_settle_overdue
from petitions.models import DeliberationSession, Evaluation, Petition, PollHousehold
from petitions.selectors.estates import people_of_estates
from tests.cast import NOW, make_resident, put_in_post
from tests.grids.registers import mark
from tests.petitions.loop import Loop, file, person
from tests.petitions.polls import put, vote
from tests.petitions.sessions import planned

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
BOTH = pytest.mark.parametrize("word", ["已故", "搬离"])
_keys = count()


@pytest.fixture
def elder(diecui) -> Resident:
    """Lives alone behind the third door, with an account."""
    return make_resident(diecui.households[2], "独居老人", "13900000077")


def reached(resident: Resident) -> list[str]:
    """What arrives: in the inbox, or handed to the gateway once everything due was delivered."""
    delivery.deliver_due(clock=lambda: NOW + 30 * DAY)
    texts = OutboxMessage.objects.exclude(state=MessageState.DROPPED)
    own = [*texts.filter(user=resident.user), *texts.filter(phone=resident.phone)]
    kinds = InboxItem.objects.filter(user=resident.user).values_list("kind", flat=True)
    return sorted({*kinds, *(message.kind for message in own)})


def say(resident: Resident, kind: str = "any.app") -> None:
    message = outbox.Message(
        kind=kind,
        dedupe_key=f"{kind}.{next(_keys)}",
        title="标题",
        body="正文",
        at=NOW,
        user_id=resident.user_id,
    )
    outbox.send([message])


@BOTH
def test_nothing_of_any_app_arrives_and_it_resumes(elder, word):
    tag = mark(elder, word, None)
    say(elder, "silent")
    assert reached(elder) == []

    tag_end(tag_id=tag.pk, reason="标错了人。", actor=None, at=NOW)
    say(elder, "again")

    assert reached(elder) == ["again"]


def test_what_was_queued_before_is_not_sent_after(elder):
    say(elder, "before")
    InboxItem.objects.all().delete()

    mark(elder, "已故", None)

    assert reached(elder) == []
    assert OutboxMessage.objects.get(kind="before").last_error == "已故"


def test_family_with_the_same_number_still_hears(diecui, elder):
    Resident.objects.create(household=elder.household, name="老伴", phone=elder.phone)
    mark(elder, "已故", None)

    outbox.send(
        [outbox.Message(kind="home", dedupe_key="home", title="标题", body="正文", at=NOW, phone=elder.phone)]
    )

    delivery.deliver_due(clock=lambda: NOW)
    assert OutboxMessage.objects.get(kind="home").state != MessageState.DROPPED


def test_staff_who_moved_away_hear_of_their_work_until_they_die(diecui, clerk):
    home = Resident.objects.create(
        household=diecui.households[0], name="周干事", phone=clerk.phone, user=clerk
    )
    mark(home, "搬离", None)
    say(home, "work")
    assert reached(home) == ["work"]

    mark(home, "已故", None)
    say(home, "later")

    assert reached(home) == ["work"]


@BOTH
def test_reporter_gets_neither_answer_nor_question_nor_reminder(diecui, secretary, grid_worker, elder, word):
    who = person(name=elder.name, phone=elder.phone, user=elder.user)
    loop = Loop(file(diecui, who=who), desk=secretary, worker=grid_worker)
    InboxItem.objects.filter(user=elder.user).delete()
    OutboxMessage.objects.all().delete()
    mark(elder, word, None)

    loop.triage().claim().resolve().feed_back().publish()
    for days in range(1, 9):
        evaluations_sweep(at=NOW + days * DAY)

    assert reached(elder) == []


def join(petition, neighbour):
    joining.petition_join(
        petition_id=petition.pk,
        person=person(name="邻居", phone="", user=neighbour),
        words="",
        key=uuid4(),
        at=NOW,
    )


def asked(diecui, elder, secretary, grid_worker):
    who = person(name=elder.name, phone=elder.phone, user=elder.user)
    return Loop(file(diecui, who=who), desk=secretary, worker=grid_worker)


@BOTH
def test_nobody_waits_for_the_judgement_of_who_is_silent_and_the_loop_ends(
    diecui, secretary, grid_worker, elder, word
):
    loop = asked(diecui, elder, secretary, grid_worker).triage().claim().resolve().feed_back().publish()
    assert Evaluation.objects.get().sweep_at is not None

    mark(elder, word, None, at=NOW + HOUR)

    judged = Evaluation.objects.get()
    assert (judged.is_unreachable, judged.sweep_at, judged.closed_at) == (True, None, NOW + HOUR)
    petitions_settle_overdue(at=NOW + DAY)
    assert Petition.objects.get(pk=loop.petition.pk).stage in (Stage.EVALUATED, Stage.ARCHIVED)


@BOTH
def test_who_fell_silent_before_the_answer_is_not_asked_and_the_loop_ends(
    diecui, secretary, grid_worker, elder, word
):
    loop = asked(diecui, elder, secretary, grid_worker).triage().claim()
    mark(elder, word, None)

    loop.resolve().feed_back().publish()
    petitions_settle_overdue(at=NOW + DAY)

    assert Evaluation.objects.get().is_unreachable
    assert Petition.objects.get(pk=loop.petition.pk).stage in (Stage.EVALUATED, Stage.ARCHIVED)


def test_mark_taken_back_within_the_window_asks_again_while_others_are_heard(
    diecui, secretary, grid_worker, elder, neighbour
):
    loop = asked(diecui, elder, secretary, grid_worker)
    join(loop.petition, neighbour)
    loop.triage().claim().resolve().feed_back().publish()
    tag = mark(elder, "搬离", None, at=NOW + HOUR)
    own = Evaluation.objects.get(reporter__user=elder.user)
    assert own.is_unreachable
    assert Evaluation.objects.filter(closed_at=None).count() == 1

    tag_end(tag_id=tag.pk, reason="看错了。", actor=None, at=NOW + DAY)

    own.refresh_from_db()
    assert (own.is_unreachable, own.closed_at) == (False, None)
    assert own.sweep_at is not None


def test_mark_taken_back_after_the_window_asks_nobody(diecui, secretary, grid_worker, elder, neighbour):
    loop = asked(diecui, elder, secretary, grid_worker)
    join(loop.petition, neighbour)
    loop.triage().claim().resolve().feed_back().publish()
    tag = mark(elder, "搬离", None, at=NOW + HOUR)

    tag_end(tag_id=tag.pk, reason="看错了。", actor=None, at=NOW + 60 * DAY)

    assert Evaluation.objects.get(reporter__user=elder.user).is_unreachable


def test_question_to_who_died_lapses_and_the_clock_goes_on(diecui, secretary, grid_worker, elder):
    loop = asked(diecui, elder, secretary, grid_worker).triage().claim()
    handling.petition_ask(petition_id=loop.petition.pk, actor=grid_worker, question="几楼？", at=NOW)

    mark(elder, "已故", None, at=NOW + HOUR)

    found = Petition.objects.get(pk=loop.petition.pk)
    assert found.questions.get().lapsed_at == NOW + HOUR
    assert not found.is_paused
    with pytest.raises(ConflictError):
        handling.petition_ask(petition_id=found.pk, actor=grid_worker, question="几楼？", at=NOW + DAY)


def test_judgement_is_awaited_where_somebody_with_the_same_number_lives(
    diecui, secretary, grid_worker, elder
):
    make_resident(diecui.households[2], "家里人", "13900000078")
    Resident.objects.filter(name="家里人").update(phone=elder.phone)
    who = person(name=elder.name, phone=elder.phone)
    Loop(
        file(diecui, who=who), desk=secretary, worker=grid_worker
    ).triage().claim().resolve().feed_back().publish()

    mark(elder, "已故", None, at=NOW + HOUR)

    assert not Evaluation.objects.get().is_unreachable


@BOTH
def test_head_of_a_building_who_is_gone_is_named_to_nobody(diecui, elder, word):
    put_in_post(elder.user, Duty.BUILDING_HEAD, diecui.buildings[0])
    assert [str(elder.user)] in [list(card.heads) for card in estates_of(diecui.community, NOW.date())]

    tag = mark(elder, word, None)

    assert all(not card.heads for card in estates_of(diecui.community, NOW.date()))
    tag_end(tag_id=tag.pk, reason="看错了。", actor=None, at=NOW)
    assert any(card.heads for card in estates_of(diecui.community, NOW.date()))


@BOTH
def test_poll_asks_and_counts_no_door_that_everybody_left(diecui, secretary, elder, resident, word):
    mark(elder, word, None)

    poll = put(diecui, secretary)
    polls_sweep(at=NOW + 5 * DAY)

    assert not PollHousehold.objects.filter(poll=poll, household=elder.household).exists()
    assert PollHousehold.objects.filter(poll=poll).count() == 3
    with pytest.raises(NotAllowedError):
        vote(poll, elder.user)
    assert reached(elder) == []


def test_living_members_vote_and_are_reminded(diecui, secretary, elder):
    son = make_resident(elder.household, "儿子", "13900000078")
    poll = put(diecui, secretary)
    mark(elder, "已故", None)

    polls_sweep(at=NOW + 5 * DAY)
    with pytest.raises(NotAllowedError):
        vote(poll, elder.user)
    vote(poll, son.user)

    assert "poll.reminder" in reached(son)
    assert reached(elder) == []


@BOTH
def test_nobody_silent_is_invited_to_or_reminded_of_a_session(diecui, secretary, clerk, elder, word):
    session = planned(diecui)
    mark(elder, word, None)

    guests = [attending.Attendee(user=elder.user, role=Body.STAFF)]
    attending.session_invite(session_id=session.pk, actor=clerk, people=guests, organisations=[], at=NOW)
    DeliberationSession.objects.filter(pk=session.pk).update(sweep_at=NOW)
    sessions_sweep(at=session.starts_at - DAY + HOUR)

    assert elder.user_id not in people_of_estates([diecui.estate], NOW)[diecui.estate.pk]
    assert reached(elder) == []


@BOTH
def test_lists_of_visits_festivals_and_packs_drop_the_door_and_take_it_up_again(diecui, elder, word):
    door, grid = elder.household, diecui.grids[1]
    actions.standing_set(household_id=door.pk, every_days=7, actor=None, at=NOW)
    actions.festival_rule_set(
        community=diecui.community, festival="solstice", days_before=60, actor=None, at=NOW
    )
    days = {"starts_on": date(2026, 11, 1), "ends_on": date(2026, 12, 31)}
    packs = {"community": diecui.community, "gifts": Gifts("前", "米", **days), "actor": None, "at": NOW}
    assert actions.festival_visits_plan(at=NOW) == 1
    actions.gift_campaign_create(**packs)

    tag = mark(elder, word, None)
    dropped = due_in([grid.pk], NOW.date())
    son = make_resident(door, "儿子", "13900000078")
    with_family = due_in([grid.pk], NOW.date())
    son.delete()
    planned_again = actions.festival_visits_plan(at=NOW + DAY)
    tag_end(tag_id=tag.pk, reason="标错了人。", actor=None, at=NOW)

    assert dropped == []
    assert len(with_family) == 3
    assert planned_again == 0
    assert len(due_in([grid.pk], NOW.date())) == 3
    assert GiftPack.objects.count() == 1


def test_figures_of_a_festival_leave_out_who_is_silent(client, diecui, elder, secretary):
    for door in (elder.household, diecui.households[0]):
        actions.standing_set(household_id=door.pk, every_days=7, actor=None, at=NOW)
    days = {"starts_on": NOW.date(), "ends_on": NOW.date() + 30 * DAY}
    campaign = actions.gift_campaign_create(
        community=diecui.community, gifts=Gifts("前", "米", **days), actor=None, at=NOW
    )
    client.force_login(secretary)
    page = reverse("admin:grids_giftcampaign_change", args=[campaign.pk])
    assert "0/2" in client.get(page).content.decode()

    mark(elder, "已故", None)

    assert "0/1" in client.get(page).content.decode()
    assert elder.household not in visited_households()


@pytest.mark.parametrize("rows", [3, 30])
def test_silence_costs_a_sender_nothing(diecui, rows, django_assert_num_queries):
    people = [make_resident(diecui.households[0], f"居民{n}", f"139000002{n:02d}") for n in range(rows)]
    mark(people[0], "已故", None)
    message = outbox.Message(kind="x", dedupe_key="x", title="标题", body="正文", at=NOW)

    with django_assert_num_queries(1):
        outbox.send(message.to_each([one.user_id for one in people]))

    assert InboxItem.objects.count() == rows - 1
    assert not InboxItem.objects.filter(user=people[0].user).exists()


def test_no_app_asks_for_the_standing_by_itself():
    apps = ("core", "grids", "petitions", "volunteers", "points", "canteen")
    asking = ("standing=Standing.", "Standing.PRESENT", 'standing="present"')
    files = [
        path
        for app in apps
        for path in (Path(settings.BASE_DIR) / app).rglob("*.py")
        if not {"migrations", "demo"} & set(path.parts)
    ]

    wrong = [path.name for path in files if any(word in path.read_text() for word in asking)]

    assert sorted(wrong) == ["tagging.py"], "ask Resident.objects.present()"
