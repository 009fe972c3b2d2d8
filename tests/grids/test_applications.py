"""帮办申请: steps in their order, the resident told at each, late ones asked after once, followed on (G-14)."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from community.models import Resident
from community.models.people import Standing
from core.errors import (
    ConflictError,
    IllegalMoveError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    RepeatedError,
)
from core.models import InboxItem
from core.registries import DataSubject
from grids.actions.applications import (
    KEPT,
    application_follow_on,
    application_open,
    application_refuse,
    application_step_done,
    application_step_tell,
    applications_expire,
    applications_sweep,
)
from grids.models import ApplicationStep, AssistedApplication, StepTold
from grids.paths import PATHS, ApplicationKind
from grids.selectors.applications import applications_own, applications_shown
from tests.cast import NOW, make_resident
from tests.parallel import overlapping

DAY = timedelta(days=1)
FACTS = "肢体二级，左腿不便。"


@pytest.fixture
def elder(diecui):
    return make_resident(diecui.households[0], "张婆婆", "13900000009")


def begin(resident, actor, kind=ApplicationKind.DISABILITY, at=NOW, **given):
    key = given.pop("key", uuid4())
    return application_open(resident_id=resident.pk, kind=kind, facts=FACTS, key=key, actor=actor, at=at)


def done(application, actor, at=NOW, note="好。"):
    return application_step_done(application_id=application.pk, note=note, actor=actor, at=at)


def tell(application, actor, at=NOW):
    return application_step_tell(application_id=application.pk, how=StepTold.IN_PERSON, actor=actor, at=at)


def walk(application, actor, at=NOW):
    for _step in PATHS[application.kind]:
        if done(application, actor, at).told_at is None:
            tell(application, actor, at)
    application.refresh_from_db()
    return application


def silent(resident):
    """Somebody without an account, whom a message cannot tell."""
    Resident.objects.filter(pk=resident.pk).update(user=None)
    return Resident.objects.get(pk=resident.pk)


# Steps.


def test_steps_come_in_their_order_with_dates_and_agencies(elder, grid, grid_worker):
    application = begin(elder, grid_worker)

    first, second, *_rest = application.steps.all()
    assert (first.name, first.agency, first.due_on, second.due_on) == (
        "上门了解", "网格", NOW.date() + 3 * DAY, None,
    )  # fmt: skip
    assert done(application, grid_worker, NOW + 2 * DAY) == first
    second.refresh_from_db()
    assert second.due_on == NOW.date() + 7 * DAY


def test_next_step_waits_until_the_resident_knows_of_the_last(elder, grid, grid_worker):
    application = begin(silent(elder), grid_worker)
    done(application, grid_worker)

    with pytest.raises(IllegalMoveError, match="告知"):
        done(application, grid_worker)

    tell(application, grid_worker)
    done(application, grid_worker)
    assert application.steps.filter(done_at__isnull=False).count() == 2
    tell(application, grid_worker)
    with pytest.raises(RepeatedError):
        tell(application, grid_worker)


def test_resident_with_an_account_is_told_by_message_at_each_step(elder, grid, grid_worker):
    application = begin(elder, grid_worker)

    done(application, grid_worker)
    done(application, grid_worker)

    said = InboxItem.objects.filter(kind="application.step", user=elder.user)
    assert said.count() == 2
    assert not application.steps.filter(done_at__isnull=False, told_at=None).exists()


def test_database_itself_refuses_told_before_done(elder, grid, grid_worker):
    step = begin(elder, grid_worker).steps.first()

    with pytest.raises(IntegrityError, match="application_step_told_once_done"), transaction.atomic():
        ApplicationStep.objects.filter(pk=step.pk).update(told_at=NOW, told_how="phone")


def test_last_step_grants_it(elder, grid, grid_worker):
    application = walk(begin(elder, grid_worker), grid_worker)

    assert (application.result, application.sweep_on) == ("granted", None)
    with pytest.raises(RepeatedError):
        done(application, grid_worker)


def test_last_step_grants_it_once_the_resident_knows_and_is_asked_after_until_then(elder, grid, grid_worker):
    application = begin(silent(elder), grid_worker)
    for _step in PATHS[application.kind][:-1]:
        done(application, grid_worker)
        tell(application, grid_worker)
    done(application, grid_worker)

    application.refresh_from_db()
    assert (application.result, application.ended_at) == ("", None)
    with pytest.raises(IllegalMoveError):
        application_refuse(
            application_id=application.pk, words="算了。", how=StepTold.PHONE, actor=grid_worker, at=NOW
        )
    assert [applications_sweep(at=NOW + days * DAY) for days in (0, 1, 2)] == [0, 1, 0]
    assert InboxItem.objects.filter(kind="application.untold", user=grid_worker).count() == 1
    tell(application, grid_worker, NOW + DAY)

    application.refresh_from_db()
    assert (application.result, application.ended_at, application.sweep_on) == ("granted", NOW + DAY, None)


def test_refusal_says_how_a_resident_without_account_was_told(client, elder, grid, grid_worker):
    application = begin(silent(elder), grid_worker)
    with pytest.raises(InvalidInputError):
        application_refuse(application_id=application.pk, words="不够等级。", actor=grid_worker, at=NOW)

    client.force_login(grid_worker)
    address = page("application_step", application.pk, "end")
    assert client.post(address, {"words": "不够等级。"}).status_code == 422
    assert client.post(address, {"words": "不够等级。", "how": "phone"}).status_code == 302

    application.refresh_from_db()
    assert (application.result, application.told_how) == ("refused", StepTold.PHONE)


def test_nothing_follows_on_for_the_dead(elder, grid, grid_worker):
    application = walk(begin(elder, grid_worker), grid_worker)
    Resident.objects.filter(pk=elder.pk).update(standing=Standing.DECEASED)

    with pytest.raises(NotFoundError):
        application_follow_on(application_id=application.pk, actor=grid_worker, at=NOW)


def test_refused_ends_with_a_reason_that_the_resident_hears(elder, grid, grid_worker):
    application = begin(elder, grid_worker)
    end = {"application_id": application.pk, "actor": grid_worker, "at": NOW}

    with pytest.raises(InvalidInputError):
        application_refuse(**end, words=" ")
    assert application_refuse(**end, words="评定不够等级。").result == "refused"

    assert "评定不够等级。" in InboxItem.objects.get(user=elder.user).body
    with pytest.raises(RepeatedError):
        application_refuse(**end, words="再来一次。")


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_step_done_twice_at_once_is_one_step(elder, grid, grid_worker, grid_leader):
    application = begin(silent(elder), grid_worker)

    first, second = overlapping(
        lambda: done(application, grid_worker), lambda: done(application, grid_leader)
    )

    assert first.number == 1
    assert isinstance(second, IllegalMoveError)
    assert application.steps.filter(done_at__isnull=False).count() == 1


# One at a time, and what follows.


def test_same_application_is_under_way_once_also_for_the_database(elder, grid, grid_worker):
    first = begin(elder, grid_worker)

    with pytest.raises(ConflictError, match="正在办"):
        begin(elder, grid_worker)
    with pytest.raises(IntegrityError, match="application_one_at_a_time"), transaction.atomic():
        AssistedApplication.objects.create(
            key=uuid4(), kind=first.kind, resident=elder, household=elder.household, place=first.place,
            worker=grid_worker, opened_at=NOW,
        )  # fmt: skip
    assert begin(elder, grid_worker, ApplicationKind.OLD_AGE).pk


def test_wheelchair_follows_on_a_granted_certificate_with_its_facts_once(elder, grid, grid_worker):
    certificate = begin(elder, grid_worker)
    follow = {"application_id": certificate.pk, "actor": grid_worker, "at": NOW}
    with pytest.raises(IllegalMoveError):
        application_follow_on(**follow)
    walk(certificate, grid_worker)

    wheelchair = application_follow_on(**follow)

    assert (wheelchair.kind, wheelchair.resident, wheelchair.facts, wheelchair.follow_on_of) == (
        ApplicationKind.WHEELCHAIR, elder, FACTS, certificate,
    )  # fmt: skip
    with pytest.raises(RepeatedError):
        application_follow_on(**follow)


@pytest.mark.parametrize("who", ["worker_of_another_grid", "outsider", "secretary_of_another_community"])
def test_others_neither_begin_nor_take_steps(request, elder, grid, grid_worker, who):
    other, application = request.getfixturevalue(who), begin(elder, grid_worker)

    for step in (
        lambda: begin(elder, other, ApplicationKind.OLD_AGE),
        lambda: done(application, other),
        lambda: tell(application, other),
        lambda: application_follow_on(application_id=application.pk, actor=other, at=NOW),
    ):
        with pytest.raises(NotAllowedError):
            step()


# Asked after.


def test_step_over_its_day_is_asked_after_once_and_the_next_anew(elder, grid, grid_worker):
    application = begin(elder, grid_worker)

    assert [applications_sweep(at=NOW + days * DAY) for days in (3, 4, 5)] == [0, 1, 0]
    done(application, grid_worker, NOW + 5 * DAY)
    assert [applications_sweep(at=NOW + days * DAY) for days in (10, 11, 12)] == [0, 1, 0]

    assert InboxItem.objects.filter(kind="application.late", user=grid_worker).count() == 2


def test_nobody_is_asked_about_the_dead(elder, grid, grid_worker):
    begin(elder, grid_worker)
    Resident.objects.filter(pk=elder.pk).update(standing=Standing.DECEASED)

    applications_sweep(at=NOW + 9 * DAY)

    assert not InboxItem.objects.filter(kind="application.late").exists()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_ask_once(elder, grid, grid_worker):
    begin(elder, grid_worker)

    assert overlapping(*[lambda: applications_sweep(at=NOW + 9 * DAY)] * 2) == [1, 0]


# Pages.


def page(name, *args):
    return reverse(f"grids:{name}", args=args)


def test_pages_walk_an_application_to_what_follows(client, diecui, elder, grid, grid_worker):
    elder = silent(elder)
    client.force_login(grid_worker)
    new = page("application_new", elder.household_id)
    form = client.get(new).context["form"]
    sent = {
        "key": form.initial["key"],
        "resident": elder.pk,
        "kind": "disability_certificate",
        "facts": FACTS,
    }

    assert client.post(new, {**sent, "resident": ""}).status_code == 422
    shown = client.post(new, sent)["Location"]
    application = AssistedApplication.objects.get()
    assert shown == page("application", application.pk)
    for _step in PATHS[application.kind]:
        assert client.post(page("application_step", application.pk, "done"), {}).status_code == 302
        assert client.post(page("application_step", application.pk, "done"), {}).status_code == 409
        client.post(page("application_step", application.pk, "told"), {"how": "phone"})
    assert page("application_next", application.pk) in client.get(shown).content.decode()
    client.post(page("application_next", application.pk))
    assert application.follow_on.kind == ApplicationKind.WHEELCHAIR
    assert page("application_next", application.pk) not in client.get(shown).content.decode()


def test_resident_follows_the_own_progress_alone(client, elder, grid, grid_worker, neighbour):
    done(begin(elder, grid_worker), grid_worker)

    client.force_login(elder.user)
    assert "上门了解" in client.get(page("applications_mine")).content.decode()
    client.force_login(neighbour)
    assert "上门了解" not in client.get(page("applications_mine")).content.decode()
    assert [row["facts"] for row in applications_own(DataSubject(user_id=elder.user_id))] == [FACTS]


def test_other_grids_people_find_nothing(client, elder, grid, grid_worker, worker_of_another_grid):
    application = begin(elder, grid_worker)
    client.force_login(worker_of_another_grid)

    assert elder.name not in client.get(page("applications")).content.decode()
    for path in (
        page("application", application.pk),
        page("application_step", application.pk, "done"),
        page("application_new", elder.household_id),
    ):
        assert client.get(path).status_code == 404


def test_strangers_sign_in_and_outsiders_are_refused(client, outsider):
    assert client.get(page("applications")).status_code == 302
    assert client.get(page("applications_mine")).status_code == 302
    client.force_login(outsider)
    assert client.get(page("applications")).status_code == 403


def test_list_costs_the_same_with_many(diecui, elder, grid, grid_worker):
    def cost():
        with CaptureQueriesContext(connection) as asked:
            for one in applications_shown(grid_worker, at=NOW):
                list(one.steps.all())
        return len(asked)

    begin(elder, grid_worker)
    few = cost()
    for number in range(30):
        begin(make_resident(diecui.households[0], f"居民{number}", f"1390001{number:04}"), grid_worker)

    assert cost() == few == 2


def test_todays_tile_counts_what_is_under_way(client, elder, grid, grid_worker):
    begin(elder, grid_worker)
    client.force_login(grid_worker)

    tile = next(one for one in client.get("/today/").context["tiles"] if one.code == "applications")

    assert tile.count == 1


def test_words_are_erased_three_years_after_the_end(elder, grid, grid_worker):
    application = walk(begin(elder, grid_worker), grid_worker)

    times = (NOW + KEPT, NOW + KEPT + DAY, NOW + KEPT + DAY)
    assert [applications_expire(at) for at in times] == [0, 1, 0]
    application.refresh_from_db()
    assert application.facts == "—"


def test_desk_filters_applications(client, elder, grid, grid_worker, secretary):
    begin(elder, grid_worker)
    client.force_login(secretary)

    for state, shown in (("open", True), ("late", False), ("granted", False), ("refused", False)):
        found = client.get(f"/admin/grids/assistedapplication/?state={state}").content.decode()
        assert (elder.name in found) is shown
