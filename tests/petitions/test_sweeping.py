"""What the clock brings: each reminder exactly once, to whom it concerns, whatever is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connection

from community.duties import Duty
from community.models import Post, WorkflowProfile
from community.workflow import Stage
from core.models import DayOverride, InboxItem, ReminderClaim
from grids.actions import post_hand_over
from petitions.actions import handling, hiding
from petitions.actions.figures import figures_refresh
from petitions.actions.sweeping import (
    deadlines_recompute,
    departed_replaced,
    evaluations_sweep,
    follow_calendar,
    petitions_sweep,
)
from petitions.models import CommunityFigures, Evaluation, MonthFigures, Petition
from tests.cast import NOW, make_town, make_user, put_in_post
from tests.parallel import at_once
from tests.petitions.loop import Loop, file, person

DAY = timedelta(days=1)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def reminded(user):
    return InboxItem.objects.filter(user=user, kind="petition.due").count()


@pytest.fixture
def handled(loop, grid_leader, supervisor):
    """Blue, claimed: 7 working days from Friday 10:10."""
    return loop.triage().claim()


@pytest.mark.parametrize(
    ("working_days", "told"),
    [
        (3, ()),
        (4, ("grid_worker",)),
        (6, ("grid_worker", "grid_leader")),
        (8, ("grid_worker", "grid_leader", "secretary")),
        (11, ("grid_worker", "grid_leader", "secretary", "supervisor")),
    ],
)
def test_the_later_the_more_tiers_are_told(handled, working_days, told, request):
    petitions_sweep(at=NOW + timedelta(days=working_days + 2 * (working_days // 5 + 1)))

    for name in ("grid_worker", "grid_leader", "secretary", "supervisor"):
        assert reminded(request.getfixturevalue(name)) == int(name in told), name


def test_each_step_is_told_once_however_often_the_sweep_runs(handled, grid_worker):
    for days in range(1, 40):
        petitions_sweep(at=NOW + days * DAY)
        petitions_sweep(at=NOW + days * DAY)

    assert reminded(grid_worker) == 4
    claims = ReminderClaim.objects.filter(subject_id=handled.pk, kind="petition.handle_blue")
    assert claims.count() == 4


def test_missed_days_are_caught_up_in_one_message(handled, grid_worker, supervisor):
    petitions_sweep(at=NOW + 40 * DAY)

    assert (reminded(grid_worker), reminded(supervisor)) == (1, 1)
    assert ReminderClaim.objects.filter(kind="petition.handle_blue").count() == 4


def test_unaccepted_matter_is_told_to_intake_and_secretary(petition, dispatcher, secretary):
    petitions_sweep(at=NOW + 4 * DAY)

    assert (reminded(dispatcher), reminded(secretary)) == (1, 1)


def test_paused_matter_is_not_reminded_of_and_goes_on_by_itself(handled, grid_worker):
    handling.petition_pause(
        petition_id=handled.pk, actor=grid_worker, reason="等配件", at=NOW + timedelta(hours=1)
    )
    due = handled.petition.due_at

    petitions_sweep(at=NOW + 5 * DAY)
    still_paused = handled.refresh().is_paused
    petitions_sweep(at=NOW + 8 * DAY)

    petition = handled.refresh()
    assert (still_paused, petition.is_paused, reminded(grid_worker)) == (True, False, 0)
    assert petition.paused_minutes == 5 * 420
    assert due is None or petition.due_at > due


def test_matter_of_somebody_who_left_goes_to_the_next_holder(handled, grid_worker, grid_leader):
    Post.objects.filter(user=grid_worker).update(ends_on=NOW.date())

    petitions_sweep(at=NOW + 6 * DAY)

    assert handled.refresh().assignee == grid_leader
    assert (reminded(grid_worker), reminded(grid_leader)) == (0, 1)


def test_spam_is_never_reminded_of(petition, secretary):
    hiding.spam_mark(petition_id=petition.pk, actor=secretary, reason="广告", at=NOW)

    assert petitions_sweep(at=NOW + 30 * DAY) == 0
    assert reminded(secretary) == 0


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_four_sweeps_at_once_remind_once(diecui, secretary, dispatcher):
    for number in range(30):
        file(diecui, who=person(phone=f"139{number:08d}"))

    at_once([lambda: petitions_sweep(at=NOW + 4 * DAY, batch=7)] * 4)

    assert reminded(dispatcher) == 30


KILLED_SWEEP = """
import os, signal, django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = {name!r}
django.setup()
from datetime import datetime
from petitions.actions import sweeping
real = sweeping._reminders
def dying(*args):
    messages = real(*args)
    os.kill(os.getpid(), signal.SIGKILL)
    return messages
sweeping._reminders = dying
sweeping.petitions_sweep(at=datetime.fromisoformat({at!r}))
"""


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_sweep_killed_between_claim_and_message_loses_nothing(petition, secretary):
    due = NOW + 4 * DAY
    name = connection.settings_dict["NAME"]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_SWEEP.format(at=due.isoformat(), name=name)],
        cwd=settings.BASE_DIR,
        env=environment,
        check=False,
    )
    after_kill = reminded(secretary)

    petitions_sweep(at=due)

    assert killed.returncode == -signal.SIGKILL
    assert (after_kill, reminded(secretary)) == (0, 1)


def test_one_bad_row_holds_up_no_other(diecui, dispatcher, caplog):
    _good, bad, _later = (file(diecui, who=person(phone=f"1390000000{number}")) for number in range(3))
    Petition.objects.filter(pk=bad.pk).update(clock="unknown")

    swept = petitions_sweep(at=NOW + 4 * DAY)

    assert swept == 2
    assert reminded(dispatcher) == 2
    assert f"Petition {bad.pk} cannot be swept" in caplog.text
    left = Petition.objects.filter(sweep_at__lte=NOW + 4 * DAY)
    assert [petition.pk for petition in left] == [bad.pk]


def test_one_bad_window_holds_up_no_other(diecui, subdistrict, secretary, grid_worker, caplog):
    other = make_town("xijiao", "西郊社区", subdistrict)
    bad = file(other, who=person(phone="13900000001"))
    ends = {"invited_at": NOW, "closes_at": NOW + DAY, "sweep_at": NOW + DAY}
    Evaluation.objects.create(petition=bad, reporter=bad.reporters.get(), round=1, **ends)
    Petition.objects.filter(pk=bad.pk).update(stage=Stage.PUBLISHED, fed_back_at=NOW)
    good = file(diecui, who=person(phone="13900000002"))
    Loop(good, desk=secretary, worker=grid_worker, at=NOW).triage().claim().resolve().feed_back().publish()
    WorkflowProfile.objects.filter(pk=other.community.pk).update(stage_modes={"evaluated": "unknown"})

    evaluations_sweep(at=NOW + 60 * DAY)

    good.refresh_from_db()
    assert good.stage == Stage.ARCHIVED
    assert "cannot be swept" in caplog.text


def test_changed_calendar_makes_deadlines_provisional_until_they_are_recomputed(petition):
    petition.refresh_from_db()
    DayOverride.objects.create(date=petition.due_at.date(), is_working=False, name="临时放假")

    follow_calendar([petition.due_at.date()], NOW)

    petition.refresh_from_db()
    before = petition.due_at
    assert petition.due_is_provisional
    assert deadlines_recompute(at=NOW) == 1
    petition.refresh_from_db()
    assert petition.due_at > before
    assert not petition.due_is_provisional


def test_sweep_of_many_takes_a_fixed_number_of_statements(
    diecui, secretary, dispatcher, django_assert_num_queries
):
    for number in range(12):
        file(diecui, who=person(phone=f"139{number:08d}"))

    with django_assert_num_queries(9):
        petitions_sweep(at=NOW + 4 * DAY)

    assert reminded(dispatcher) == 12


def test_deadline_into_an_unpublished_year_is_provisional_and_recomputed_later(
    diecui, secretary, grid_worker
):
    filed = datetime(2026, 12, 30, 10, 0, tzinfo=SHANGHAI)
    petition = file(diecui, at=filed)
    petition.refresh_from_db()
    before = petition.due_at

    DayOverride.objects.create(date=date(2027, 10, 1), is_working=False, name="国庆节")
    DayOverride.objects.create(date=date(2026, 12, 31), is_working=False, name="元旦调休")
    follow_calendar([date(2026, 12, 31)], filed + DAY)
    deadlines_recompute(at=filed + DAY)

    late = file(diecui, at=datetime(2026, 12, 31, 17, 0, tzinfo=SHANGHAI), who=person(phone="13911110000"))
    petition.refresh_from_db()
    assert petition.due_at == before + DAY
    assert not petition.due_is_provisional
    assert not Petition.objects.get(pk=late.pk).due_is_provisional


def test_filing_at_the_end_of_the_published_years_never_fails(diecui):
    petition = file(diecui, at=datetime(2026, 12, 31, 17, 30, tzinfo=SHANGHAI))

    petition.refresh_from_db()
    assert petition.due_is_provisional
    assert petition.due_at.year == 2027


def test_figures_are_the_records_added_up(loop, diecui, secretary):
    loop.triage().claim().resolve().feed_back().publish().judge(satisfied=True)
    file(diecui, who=person(phone="13900001111"))
    spam = file(diecui, who=person(phone="13900002222"))
    hiding.spam_mark(petition_id=spam.pk, actor=secretary, reason="广告", at=NOW)

    figures_refresh(at=NOW + DAY)

    figures = CommunityFigures.objects.get(pk=diecui.community.pk)
    assert (figures.received, figures.open, figures.answered) == (2, 1, 1)
    assert (figures.confirmed, figures.closed_by_unit, figures.silent) == (1, 0, 0)
    assert (figures.ratings, figures.satisfied) == (1, 1)


def test_figures_of_a_quiet_community_are_left_alone(petition):
    figures_refresh(at=NOW + DAY)

    assert figures_refresh(at=NOW + 2 * DAY) == 0
    assert CommunityFigures.objects.get().computed_at == NOW + 2 * DAY
    assert not MonthFigures.objects.exclude(computed_at=NOW + DAY).exists()


def test_same_clock_started_again_reminds_again(petition, secretary, dispatcher):
    petitions_sweep(at=NOW + 4 * DAY)
    hiding.spam_mark(petition_id=petition.pk, actor=secretary, reason="广告", at=NOW + 4 * DAY)
    hiding.spam_undo(petition_id=petition.pk, actor=secretary, reason="误标", at=NOW + 4 * DAY)

    petitions_sweep(at=NOW + 8 * DAY)

    assert reminded(dispatcher) == 2
    assert Petition.objects.get().stage == Stage.RECEIVED


def test_matter_of_somebody_without_any_post_changes_hands_over_night(handled, grid_worker, grid_leader):
    Post.objects.filter(user=grid_worker).update(ends_on=NOW.date())

    departed_replaced(at=NOW + DAY)

    assert handled.refresh().assignee == grid_leader
    assert InboxItem.objects.filter(user=grid_leader, kind="petition.assigned").count() == 1


def test_matter_of_somebody_who_took_over_another_grid_goes_to_the_successor(
    handled, diecui, grid, other_grid, grid_worker
):
    successor = make_user("successor", "接任人")
    post = grid_worker.posts.get()
    tomorrow = NOW.date() + DAY
    post_hand_over(post_id=post.pk, successor=successor, first_day=tomorrow, actor=None, at=NOW)
    put_in_post(grid_worker, Duty.GRID_AUXILIARY, other_grid.place)

    assert departed_replaced(at=NOW) == 0
    assert departed_replaced(at=NOW + DAY) == 1
    assert handled.refresh().assignee == successor
    assert departed_replaced(at=NOW + DAY) == 0
