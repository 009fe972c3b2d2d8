"""任职: given, deputised, ended; one worker and one leader a grid, also by parallel sessions (C-44)."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from community import actions
from community.duties import CREW, PLACE_KINDS, SINGLE, Duty, Power
from community.models import Post
from community.permissions import Scope, has_power
from core import constraints
from core.errors import ConflictError, InvalidInputError, NotAllowedError
from core.models import AuditEntry, User
from tests.cast import NOW, SINCE, make_staff, make_user, put_in_post
from tests.parallel import overlapping

TODAY = NOW.date()
DAY = timedelta(days=1)


def give(user, duty, place, starts_on=SINCE, ends_on=None, actor=None):
    return actions.post_give(
        user=user, duty=duty, place=place, starts_on=starts_on, ends_on=ends_on, actor=actor, at=NOW
    )


def deputise(post, deputy, starts_on=TODAY, ends_on=TODAY, actor=None):
    return actions.post_deputise(
        post_id=post.pk, deputy=deputy, starts_on=starts_on, ends_on=ends_on, actor=actor, at=NOW
    )


def fresh(user):
    return User.objects.get(pk=user.pk)


def posts():
    return sorted(
        Post.objects.values_list("pk", "user_id", "duty", "starts_on", "ends_on", "deputises_id"), key=str
    )


@pytest.mark.parametrize("duty", Duty)
def test_duty_is_held_only_at_its_own_levels(diecui, county, subdistrict, duty):
    spots = {
        "county": county,
        "subdistrict": subdistrict,
        "community": diecui.place,
        "estate": diecui.estate,
        "building": diecui.buildings[0],
        "entrance": diecui.entrances[0],
        "grid": diecui.grids[0].place,
    }
    for kind, place in spots.items():
        user = make_user(f"user-{kind}")
        if kind in PLACE_KINDS[duty]:
            assert give(user, duty, place).duty == duty
        else:
            with pytest.raises(InvalidInputError):
                give(user, duty, place)


@pytest.mark.parametrize("duty", sorted(SINGLE))
def test_grid_has_one_worker_and_one_leader_at_a_time(grid, duty):
    put_in_post(make_user("first"), duty, grid.place)
    before = posts()

    with pytest.raises(ConflictError):
        give(make_user("second"), duty, grid.place, TODAY)

    assert posts() == before


def test_next_worker_begins_the_day_after(grid):
    give(make_user("first"), Duty.GRID_WORKER, grid.place, SINCE, TODAY)

    with pytest.raises(ConflictError):
        give(make_user("second"), Duty.GRID_WORKER, grid.place, TODAY)
    assert give(make_user("third"), Duty.GRID_WORKER, grid.place, TODAY + DAY)


def test_two_grids_have_a_worker_each(grid_worker, worker_of_another_grid):
    assert grid_worker.posts.get().place != worker_of_another_grid.posts.get().place


def test_one_person_may_work_in_two_grids(grid, other_grid):
    user = make_staff("both", "两头忙", Duty.GRID_WORKER, grid.place)

    assert give(user, Duty.GRID_WORKER, other_grid.place)


def test_several_clerks_share_a_community(diecui, clerk):
    assert give(make_user("second"), Duty.CLERK, diecui.place)


def test_person_holds_a_post_once(diecui, clerk):
    with pytest.raises(ConflictError):
        give(clerk, Duty.CLERK, diecui.place)


@pytest.mark.parametrize("duty", sorted(SINGLE))
def test_database_itself_refuses_a_second_holder(grid, duty):
    put_in_post(make_user("first"), duty, grid.place)
    rival = make_user("rival")

    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        Post.objects.create(user=rival, duty=duty, place=grid.place, starts_on=TODAY)

    assert isinstance(constraints.explain(refusal.value), ConflictError)


def test_database_itself_refuses_an_end_before_the_start(diecui):
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.create(
            user=make_user("x"), duty=Duty.CLERK, place=diecui.place, starts_on=TODAY, ends_on=TODAY - DAY
        )


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_at_once_leave_one_worker(grid):
    """Eight sessions give the same grid a worker each: one wins, the others are told."""
    rivals = [make_user(f"rival{n}") for n in range(8)]
    start = threading.Barrier(len(rivals))
    outcomes = []

    def try_it(user):
        start.wait()
        try:
            give(user, Duty.GRID_WORKER, grid.place)
            outcomes.append("won")
        except ConflictError:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=try_it, args=(rival,)) for rival in rivals]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["told"] * 7 + ["won"]
    assert Post.objects.filter(place=grid.place, duty=Duty.GRID_WORKER).count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_rows_written_past_the_action_meet_the_database(grid):
    """The same race without the action's lock and look: the exclusion constraint alone decides."""
    rivals = [make_user(f"rival{n}") for n in range(8)]
    start = threading.Barrier(len(rivals))
    outcomes = []

    def try_it(user):
        start.wait()
        try:
            Post.objects.create(user=user, duty=Duty.GRID_WORKER, place=grid.place, starts_on=TODAY)
            outcomes.append("won")
        except IntegrityError:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=try_it, args=(rival,)) for rival in rivals]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes.count("won") == 1
    assert Post.objects.filter(place=grid.place).count() == 1


# Full-time or part-time.


def change(post, employment, actor=None, ends_on=None):
    return actions.post_change(
        post_id=post.pk, starts_on=SINCE, ends_on=ends_on, employment=employment, actor=actor, at=NOW
    )


def employment_of(post):
    return Post.objects.values_list("employment", flat=True).get(pk=post.pk)


@pytest.mark.parametrize("duty", Duty)
def test_only_the_crew_of_a_grid_is_full_time_or_part_time(diecui, county, subdistrict, duty):
    levels = (county, subdistrict, diecui.place, diecui.estate, diecui.grids[0].place)
    place = next(one for one in levels if one.kind in PLACE_KINDS[duty])
    given = {"duty": duty, "place": place, "starts_on": SINCE, "employment": "part", "at": NOW}

    if duty in CREW:
        assert actions.post_give(user=make_user("x"), **given).employment == "part"
        return
    with pytest.raises(InvalidInputError, match="分专职、兼职"):
        actions.post_give(user=make_user("x"), **given)
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        Post.objects.create(user=make_user("y"), duty=duty, place=place, starts_on=SINCE, employment="part")
    assert "分专职、兼职" in str(constraints.explain(refusal.value).message)


@pytest.mark.parametrize("employment", ["both", "专职"])
def test_neither_full_time_nor_part_time_is_refused(grid_worker, employment):
    post = grid_worker.posts.get()

    with pytest.raises(InvalidInputError):
        change(post, employment)

    assert employment_of(post) == ""


def test_days_are_corrected_without_touching_full_time(grid_worker, secretary):
    post = grid_worker.posts.get()
    change(post, "full", secretary)

    change(post, None, secretary, ends_on=TODAY)
    assert employment_of(post) == "full"
    change(post, "", secretary)
    assert employment_of(post) == ""
    lines = AuditEntry.objects.filter(event="post.changed").order_by("pk")
    assert ["employment" in line.fields for line in lines] == [True, False, True]


@pytest.mark.parametrize("who", ["grid_worker", "grid_leader", "clerk", "secretary_of_another_community"])
def test_others_do_not_say_what_is_full_time(request, grid_worker, who):
    post, actor = grid_worker.posts.get(), request.getfixturevalue(who)

    for attempt in (
        lambda: change(post, "full", actor),
        lambda: actions.post_employment_add(post_id=post.pk, employment="full", actor=actor, at=NOW),
    ):
        with pytest.raises(NotAllowedError):
            attempt()

    assert employment_of(post) == ""


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_sheet_does_not_overwrite_what_is_said_at_the_desk_meanwhile(grid_worker):
    """Without the look under the lock the sheet, which had read an empty cell, writes over it."""
    post = grid_worker.posts.get()

    outcomes = overlapping(
        lambda: change(post, "part").employment,
        lambda: actions.post_employment_add(post_id=post.pk, employment="full", actor=None, at=NOW),
    )

    assert outcomes == ["part", False]
    assert employment_of(post) == "part"


# Deputies.


def test_deputy_has_the_powers_for_those_days_only(diecui, grid_worker):
    deputy = make_user("deputy")
    scope = Scope(diecui.entrances[0].path, diecui.grids[0].place.path)

    deputise(grid_worker.posts.get(), deputy, TODAY, TODAY + DAY)

    assert has_power(fresh(deputy), Power.PETITION_HANDLE, scope, at=NOW)
    assert has_power(fresh(deputy), Power.PETITION_HANDLE, scope, at=NOW + DAY)
    assert not has_power(fresh(deputy), Power.PETITION_HANDLE, scope, at=NOW + 2 * DAY)
    assert has_power(fresh(grid_worker), Power.PETITION_HANDLE, scope, at=NOW)


def test_deputy_does_not_clash_with_the_deputised(grid_worker):
    cover = deputise(grid_worker.posts.get(), make_user("deputy"))

    assert cover.deputises == grid_worker.posts.get()


def test_nobody_deputises_for_themselves_or_for_a_deputy(grid_worker):
    post = grid_worker.posts.get()
    cover = deputise(post, make_user("deputy"))

    with pytest.raises(InvalidInputError):
        deputise(post, grid_worker)
    with pytest.raises(ConflictError):
        deputise(cover, make_user("third"))


def test_deputys_days_lie_within_the_post(grid):
    post = give(make_user("brief"), Duty.GRID_WORKER, grid.place, SINCE, TODAY)

    for starts_on, ends_on in ((SINCE - DAY, TODAY), (TODAY, TODAY + DAY), (TODAY, TODAY - DAY)):
        with pytest.raises(InvalidInputError):
            deputise(post, make_user(f"d{starts_on}{ends_on}"), starts_on, ends_on)


def test_ending_a_post_ends_its_deputies(grid_worker):
    post = grid_worker.posts.get()
    now, later = make_user("now"), make_user("later")
    deputise(post, now, TODAY, TODAY + 9 * DAY)
    deputise(post, later, TODAY + 20 * DAY, TODAY + 30 * DAY)

    actions.post_end(post_id=post.pk, last_day=TODAY, actor=None, at=NOW)

    assert now.posts.get().ends_on == TODAY
    assert not later.posts.exists()


def test_shortening_a_post_under_its_deputies_is_refused(grid_worker):
    post = grid_worker.posts.get()
    deputise(post, make_user("deputy"), TODAY, TODAY + 9 * DAY)

    with pytest.raises(ConflictError):
        actions.post_change(post_id=post.pk, starts_on=SINCE, ends_on=TODAY, actor=None, at=NOW)


# Ending and correcting.


def test_ended_post_loses_its_powers_the_next_day(diecui, grid_worker):
    scope = Scope(diecui.entrances[0].path, diecui.grids[0].place.path)

    actions.post_end(post_id=grid_worker.posts.get().pk, last_day=TODAY, actor=None, at=NOW)

    assert has_power(fresh(grid_worker), Power.PETITION_READ, scope, at=NOW)
    assert not has_power(fresh(grid_worker), Power.PETITION_READ, scope, at=NOW + DAY)


def test_post_that_never_began_is_taken_back(diecui):
    post = give(make_user("future"), Duty.CLERK, diecui.place, TODAY + 30 * DAY)

    assert actions.post_end(post_id=post.pk, last_day=TODAY, actor=None, at=NOW) is None
    assert not Post.objects.filter(pk=post.pk).exists()


def test_ending_twice_is_refused(grid):
    post = give(make_user("gone"), Duty.GRID_WORKER, grid.place, SINCE, TODAY - DAY)

    with pytest.raises(ConflictError):
        actions.post_end(post_id=post.pk, last_day=TODAY - DAY, actor=None, at=NOW)


def test_days_are_corrected_and_may_not_clash(grid):
    first = give(make_user("first"), Duty.GRID_WORKER, grid.place, SINCE, TODAY)
    give(make_user("second"), Duty.GRID_WORKER, grid.place, TODAY + DAY)

    with pytest.raises(ConflictError):
        actions.post_change(post_id=first.pk, starts_on=SINCE, ends_on=TODAY + DAY, actor=None, at=NOW)
    changed = actions.post_change(post_id=first.pk, starts_on=SINCE, ends_on=TODAY - DAY, actor=None, at=NOW)
    assert changed.ends_on == TODAY - DAY


# Who may.


@pytest.mark.parametrize(
    "who",
    [
        "grid_worker",
        "grid_leader",
        "clerk",
        "dispatcher",
        "supervisor",
        "outsider",
        "secretary_of_another_community",
    ],
)
def test_others_may_not_give_change_or_end(request, diecui, grid_worker, who):
    actor = request.getfixturevalue(who)
    post, newcomer = grid_worker.posts.get(), make_user("newcomer")
    before = posts()

    for attempt in (
        lambda: give(newcomer, Duty.CLERK, diecui.place, actor=actor),
        lambda: deputise(post, newcomer, actor=actor),
        lambda: actions.post_change(post_id=post.pk, starts_on=SINCE, ends_on=TODAY, actor=actor, at=NOW),
        lambda: actions.post_end(post_id=post.pk, last_day=TODAY, actor=actor, at=NOW),
    ):
        with pytest.raises(NotAllowedError):
            attempt()

    assert posts() == before


@pytest.mark.parametrize("who", ["secretary", "administrator"])
def test_nobody_raises_themselves(request, diecui, who):
    actor = request.getfixturevalue(who)
    before = posts()

    with pytest.raises(NotAllowedError):
        give(actor, Duty.DISPATCHER, diecui.place, actor=actor)
    with pytest.raises(NotAllowedError):
        actions.post_change(post_id=actor.posts.get().pk, starts_on=SINCE, ends_on=None, actor=actor, at=NOW)

    assert posts() == before


def test_secretary_gives_no_post_above_the_community(secretary, subdistrict):
    with pytest.raises(NotAllowedError):
        give(make_user("x"), Duty.SUPERVISOR, subdistrict, actor=secretary)


def test_closed_account_gets_no_post(diecui):
    gone = make_user("gone", is_active=False)

    with pytest.raises(ConflictError):
        give(gone, Duty.CLERK, diecui.place)


def test_post_given_is_in_force_within_the_same_request(diecui, secretary, at):
    newcomer = make_user("newcomer")
    assert not has_power(newcomer, Power.ROLL_READ, Scope(diecui.place.path), at=at)

    give(newcomer, Duty.CLERK, diecui.place, actor=secretary)

    assert has_power(newcomer, Power.ROLL_READ, Scope(diecui.place.path), at=at)


def test_each_step_leaves_a_trace(diecui, secretary, grid_worker):
    post = grid_worker.posts.get()
    deputise(post, make_user("deputy"), actor=secretary)
    actions.post_end(post_id=post.pk, last_day=TODAY, actor=secretary, at=NOW)

    events = set(AuditEntry.objects.filter(actor=secretary).values_list("event", flat=True))
    assert {"post.deputised", "post.ended"} <= events


# Accounts and posts together.


def test_closing_an_account_ends_posts_and_takes_back_those_to_come(diecui, fuxi, administrator, at):
    user = make_staff("leaver", "要走的", Duty.CLERK, diecui.place)
    give(user, Duty.CLERK, fuxi.place, TODAY + 30 * DAY)

    actions.account_close(user_id=user.pk, actor=administrator, at=at)

    assert [post.ends_on for post in user.posts.all()] == [timezone.localdate(at)]
    assert not User.objects.get(pk=user.pk).is_active


def test_invitation_makes_account_and_post_or_neither(diecui, grid_worker, secretary, at):
    given = {"display_name": "新人", "phone": "", "starts_on": date(2026, 1, 1), "actor": secretary, "at": at}

    user = actions.account_invite(username="a", duty=Duty.CLERK, place=diecui.place, **given)
    with pytest.raises(ConflictError):
        actions.account_invite(username="b", duty=Duty.GRID_WORKER, place=diecui.grids[0].place, **given)

    assert not user.has_usable_password()
    assert not User.objects.filter(username="b").exists()
