"""改派: a leader puts a need or an errand into other hands, with a reason, and both hear of it."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from community.duties import Duty
from community.models import Post
from core.errors import ConflictError, InvalidInputError, NotAllowedError
from core.models import AuditEntry, InboxItem
from grids.actions.applications import application_open
from grids.actions.errands_expiring import errands_expire
from grids.actions.errands_sweeping import errands_sweep
from grids.actions.handing_over import post_hand_over
from grids.actions.leaving import work_passed_on
from grids.actions.moving import errand_move, need_move
from grids.actions.needs_sweeping import needs_sweep
from grids.models import HandOver
from grids.paths import ApplicationKind
from tests.cast import NOW, make_resident, make_staff, make_user
from tests.grids.errands import finish, take, tell
from tests.grids.needs import report, solve
from tests.parallel import at_once, overlapping

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def second(grid):
    return make_staff("second", "辅助孙", Duty.GRID_AUXILIARY, grid.place)


@pytest.fixture
def need(diecui, grid_worker):
    return report(diecui.households[0], grid_worker)


@pytest.fixture
def errand(diecui, grid_worker):
    return take(diecui.households[0], grid_worker)


def move(one, to, actor, reason="在休假。", at=NOW):
    act, name = (need_move, "need_id") if hasattr(one, "tier") else (errand_move, "errand_id")
    return act(**{name: one.pk}, worker_id=to.pk, reason=reason, actor=actor, at=at)


def page(one):
    if hasattr(one, "tier"):
        return reverse("grids:need_step", args=[one.pk, "move"])
    return reverse("grids:errand_move", args=[one.pk])


@pytest.fixture(params=["need", "errand"])
def thing(request):
    return request.getfixturevalue(request.param)


def holder(one):
    one.refresh_from_db()
    return one.handler if hasattr(one, "tier") else one.worker


def told(user):
    return sorted(item.kind for item in InboxItem.objects.filter(user=user, kind__startswith="moved"))


def test_leader_gives_it_to_another_who_hears_of_it(thing, second, grid_leader):
    move(thing, second, grid_leader)

    assert holder(thing) == second
    kept = HandOver.objects.get()
    assert (kept.after, kept.by, kept.reason) == (second, grid_leader, "在休假。")
    assert told(second) == ["moved.to_you"]
    entry = AuditEntry.objects.get(event__endswith=".moved")
    assert (entry.actor, entry.scope_path) == (grid_leader, thing.place.path)


def test_whoever_had_it_hears_of_it_and_nobody_of_what_they_did_themselves(
    thing, second, grid_worker, grid_leader
):
    if holder(thing) != grid_worker:
        move(thing, grid_worker, grid_leader)
    InboxItem.objects.all().delete()

    move(thing, second, grid_leader)
    move(thing, grid_leader, grid_leader, at=NOW + DAY)

    assert told(grid_worker) == ["moved.from_you"]
    assert told(second) == ["moved.from_you", "moved.to_you"]
    assert told(grid_leader) == []


@pytest.mark.parametrize("who", ["grid_worker", "leader_of_another_grid", "outsider"])
def test_others_move_nothing(thing, second, request, who):
    before = holder(thing)

    with pytest.raises(NotAllowedError):
        move(thing, second, request.getfixturevalue(who))

    assert (holder(thing), HandOver.objects.count()) == (before, 0)


def test_only_people_of_the_grid_get_it_and_only_for_a_reason(
    thing, second, grid_leader, worker_of_another_grid
):
    for to, reason in ((worker_of_another_grid, "休假"), (second, "  ")):
        with pytest.raises(InvalidInputError):
            move(thing, to, grid_leader, reason)

    assert not HandOver.objects.exists()


def test_what_is_over_or_theirs_already_is_not_moved(need, errand, second, grid_worker, grid_leader):
    move(need, second, grid_leader)
    for one, to in ((need, second), (errand, grid_worker)):
        with pytest.raises(ConflictError):
            move(one, to, grid_leader)
    solve(need, grid_worker)
    tell(finish(errand, grid_worker), grid_worker)

    for one in (need, errand):
        with pytest.raises(ConflictError):
            move(one, grid_leader, grid_leader, at=NOW + DAY)


def test_new_hands_are_asked_by_the_sweeps(need, errand, second, grid_worker, grid_leader):
    move(need, second, grid_leader)
    finish(errand, grid_worker)
    move(errand, second, grid_leader)
    InboxItem.objects.all().delete()

    for at in (NOW + 2 * DAY, NOW + 2 * DAY):
        errands_sweep(at=at)
        needs_sweep(at=at)

    kinds = sorted(InboxItem.objects.filter(user=second).values_list("kind", flat=True))
    assert set(kinds) == {"errand.tell", "need.climbed"}
    assert InboxItem.objects.filter(user=second, kind="errand.tell").count() == 1


def test_choice_on_the_page_are_the_people_of_the_grid_but_the_present_one(
    client, thing, second, grid_worker, grid_leader, worker_of_another_grid
):
    client.force_login(grid_leader)

    shown = client.get(page(thing))
    names = [label for _pk, label in shown.context["form"].fields["worker_id"].choices]
    answer = client.post(page(thing), {"worker_id": second.pk, "reason": "休假"})

    assert any(str(second) in name for name in names)
    assert not any(str(worker_of_another_grid) in name for name in names)
    assert answer.status_code == 302
    assert str(second) in client.get(answer.url).content.decode()
    assert "休假" in client.get(answer.url).content.decode()


def test_page_is_for_leaders_alone(client, thing, grid_worker, leader_of_another_grid, second):
    assert client.get(page(thing)).status_code == 302
    for who in (grid_worker, leader_of_another_grid):
        client.force_login(who)
        assert client.get(page(thing)).status_code in {403, 404}
        assert client.post(page(thing), {"worker_id": second.pk, "reason": "x"}).status_code in {403, 404}
    assert not HandOver.objects.exists()


def test_way_there_stands_on_the_page_for_the_leader_alone(client, thing, grid_worker, grid_leader):
    own = page(thing).removesuffix("move/")
    for who, is_there in ((grid_worker, False), (grid_leader, True)):
        client.force_login(who)
        assert (f'href="{page(thing)}"' in client.get(own).content.decode()) == is_there


def test_database_keeps_a_change_of_hands_to_one_thing_with_a_reason(need, errand, second, grid_leader):
    for wrong in ({"need": need, "errand": errand, "reason": "x"}, {"need": need, "reason": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            HandOver.objects.create(after=second, by=grid_leader, at=NOW, **wrong)


def test_reason_goes_with_the_words_of_what_was_over_long_ago(errand, second, grid_leader):
    move(errand, second, grid_leader)
    tell(finish(errand, second), second)

    errands_expire(NOW + 4 * 365 * DAY)

    assert HandOver.objects.get().reason == "—"


@pytest.mark.django_db(transaction=True)
def test_two_leaders_at_once_give_it_to_one_after_the_other(diecui, grid, errand, second, grid_leader, clerk):
    third = make_staff("third", "辅助钱", Duty.GRID_AUXILIARY, grid.place)

    at_once([lambda: move(errand, second, grid_leader), lambda: move(errand, third, clerk)])

    chain = [(one.before_id, one.after_id) for one in HandOver.objects.order_by("pk")]
    assert len(chain) == 2
    assert chain[0][1] == chain[1][0]
    assert holder(errand).pk == chain[1][1]


# Whoever leaves.


@pytest.fixture
def application(diecui, grid_worker):
    elder = make_resident(diecui.households[0], "张婆婆", "13900000009")
    return application_open(
        resident_id=elder.pk,
        kind=ApplicationKind.DISABILITY,
        facts="左腿不便。",
        key=uuid4(),
        actor=grid_worker,
        at=NOW,
    )


def test_what_somebody_leaves_goes_to_whoever_is_there_now_once(
    errand, application, need, second, grid, grid_worker, grid_leader
):
    move(need, second, grid_leader)
    assert work_passed_on(at=NOW) == 0
    Post.objects.filter(user__in=[grid_worker, second]).update(ends_on=NOW.date())
    heir = make_user("heir", "接任陈")
    Post.objects.create(user=heir, duty=Duty.GRID_WORKER, place=grid.place, starts_on=NOW.date() + DAY)

    assert [work_passed_on(at=NOW + DAY) for _twice in range(2)] == [3, 0]

    assert {holder(one) for one in (need, errand, application)} == {heir}
    kept = HandOver.objects.filter(by=None)
    assert {(one.before, one.after, one.reason) for one in kept} == {
        (second, heir, "原经办人已离任"),
        (grid_worker, heir, "原经办人已离任"),
    }
    assert InboxItem.objects.filter(user=heir, kind="moved.to_you").count() == 3
    assert not InboxItem.objects.filter(user=grid_worker, kind__startswith="moved").exists()


def test_where_nobody_is_in_post_it_stays(errand, grid_worker):
    Post.objects.update(ends_on=NOW.date())

    assert work_passed_on(at=NOW + DAY) == 0
    assert holder(errand) == grid_worker


def test_hand_over_passes_on_what_is_in_hand_at_once(
    errand, application, grid_worker, grid_leader, secretary
):
    heir = make_user("heir", "接任陈")

    post_hand_over(
        post_id=grid_worker.posts.get().pk, successor=heir, first_day=NOW.date(), actor=secretary, at=NOW
    )

    assert (holder(errand), holder(application)) == (heir, heir)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_mornings_at_once_pass_it_on_once(errand, grid, grid_worker):
    Post.objects.filter(user=grid_worker).update(ends_on=NOW.date())
    heir = make_user("heir", "接任陈")
    Post.objects.create(user=heir, duty=Duty.GRID_WORKER, place=grid.place, starts_on=NOW.date() + DAY)

    assert sorted(overlapping(*[lambda: work_passed_on(at=NOW + DAY)] * 2)) == [0, 1]
    assert HandOver.objects.count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_what_the_leader_gives_away_meanwhile_stays_with_whom_it_was_given_to(
    errand, grid, grid_worker, grid_leader, second
):
    Post.objects.filter(user=grid_worker).update(ends_on=NOW.date())
    heir = make_user("heir", "接任陈")
    Post.objects.create(user=heir, duty=Duty.GRID_WORKER, place=grid.place, starts_on=NOW.date() + DAY)

    overlapping(lambda: move(errand, second, grid_leader, at=NOW + DAY), lambda: work_passed_on(at=NOW + DAY))

    assert holder(errand) == second
    assert HandOver.objects.get().by == grid_leader
