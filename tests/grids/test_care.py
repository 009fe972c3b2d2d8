"""关爱台账: colours plan visits, one helper for one subject, each month once, and who is silent nowhere."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import partial
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from community.duties import Duty
from community.models import Resident
from community.models.people import Standing
from core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from core.models import AuditEntry, InboxItem
from grids.actions.registers.care import care_close, care_colour_change, care_open
from grids.actions.registers.care_visits import care_visit_record
from grids.actions.registers.census import census_plan, census_sweep
from grids.actions.registers.months import care_sweep, months_end
from grids.actions.registers.pairing import helper_pair, helper_release
from grids.actions.registers.schemes import Meaning, SchemeDraft, scheme_save
from grids.actions.registers.tagging import tag_end
from grids.care_days import next_care_on
from grids.models import CareMonth, CareSubject, CareVisit, CensusState, HelperPairing, ResidentTag
from grids.selectors.registers.figures import care_figures
from tests.cast import NOW, make_resident, make_staff
from tests.grids.registers import mark
from tests.parallel import at_once, overlapping

TODAY = NOW.date()
DAY = timedelta(days=1)


def when(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def five(community):
    meanings = {"red": Meaning("急", 3), "yellow": Meaning("要紧", 7), "green": Meaning("平稳", 30)}
    draft = SchemeDraft("五色管理台账", {**meanings, "white": Meaning("机构照看")})
    return scheme_save(community=community, draft=draft, actor=None, at=NOW)


@pytest.fixture
def four(community):
    meanings = {"red": Meaning("高风险", 7), "green": Meaning("平稳", 60)}
    draft = SchemeDraft("四色管理", meanings, for_children=True, is_monthly=True)
    return scheme_save(community=community, draft=draft, actor=None, at=NOW)


@pytest.fixture
def elder(diecui):
    return make_resident(diecui.households[0], "孤老", "13900000031")


@pytest.fixture
def child_officer(diecui):
    return make_staff("child", "儿童主任", Duty.CHILD_OFFICER, diecui.place)


def hue(scheme, name):
    return scheme.colours.get(colour=name).pk


def take(resident, scheme, colour="green", actor=None, at=NOW):
    return care_open(
        resident_id=resident.pk, colour_id=hue(scheme, colour), reason="摸排。", actor=actor, at=at
    )


def change(subject, colour, actor=None, reason="评估后调整。", at=NOW):
    pk = hue(subject.scheme, colour)
    return care_colour_change(subject_id=subject.pk, colour_id=pk, reason=reason, actor=actor, at=at)


def go(subject, actor, day=TODAY, at=NOW, key=None):
    return care_visit_record(
        subject_id=subject.pk, key=key or uuid4(), visited_on=day, findings="尚好。", actor=actor, at=at
    )


def pair(subject, helper, actor=None, at=NOW):
    return helper_pair(subject_id=subject.pk, helper_id=helper.pk, actor=actor, at=at)


def unpaired():
    return list(CareSubject.objects.unpaired(HelperPairing.objects.helping()))


def told(kind):
    return set(InboxItem.objects.filter(kind=kind).values_list("user__username", flat=True))


# Colours and visits.


@pytest.mark.parametrize(
    ("last_on", "days", "monthly", "expected"),
    [
        (None, 7, False, date(2026, 11, 27)),
        (date(2026, 11, 18), 7, False, date(2026, 11, 25)),
        (date(2026, 10, 1), 7, False, date(2026, 11, 20)),
        (None, None, False, None),
        (None, 60, True, date(2026, 11, 30)),
        (date(2026, 11, 2), 60, True, date(2026, 12, 31)),
        (date(2026, 11, 2), 20, True, date(2026, 11, 22)),
        (date(2026, 10, 2), None, True, date(2026, 11, 30)),
    ],
)
def test_next_visit_follows_from_colour_last_visit_and_month(last_on, days, monthly, expected):
    found = next_care_on(last_on=last_on, today=date(2026, 11, 20), every_days=days, is_monthly=monthly)

    assert found == expected


def test_subject_is_planned_by_its_colour(elder, five, grid_worker):
    subject = take(elder, five, "yellow", grid_worker)

    assert subject.next_on == TODAY + 7 * DAY
    assert subject.changes.get().reason == "摸排。"


def test_change_of_colour_plans_anew_at_once_with_reason_and_name(elder, five, grid_worker):
    subject = take(elder, five, "green")

    change(subject, "yellow", grid_worker, "摔了一跤。")

    subject.refresh_from_db()
    assert subject.next_on == TODAY + 7 * DAY
    made = subject.changes.first()
    assert (made.reason, made.by, made.is_upward) == ("摔了一跤。", grid_worker, True)


def test_upward_change_is_told_to_staff_at_once_and_downward_is_not(
    elder, five, grid_worker, grid_leader, secretary
):
    subject = take(elder, five, "green")

    change(subject, "red", grid_worker)
    change(subject, "yellow", grid_worker)

    assert told("care.upward") == {"leader", "secretary"}
    assert InboxItem.objects.filter(kind="care.upward").count() == 2
    assert elder.name not in InboxItem.objects.filter(kind="care.upward")[0].body


def test_upward_change_of_a_child_goes_to_who_answers_for_children(
    elder, four, grid_worker, grid_leader, secretary, child_officer
):
    change(take(elder, four), "red", grid_worker)

    assert told("care.upward") == {"child", "secretary"}


@pytest.mark.parametrize("reason", ["", " "])
def test_change_without_a_reason_is_refused(elder, five, reason):
    subject = take(elder, five)

    with pytest.raises(InvalidInputError, match="原因"):
        change(subject, "red", reason=reason)

    assert subject.changes.count() == 1


def test_colour_of_another_scheme_is_refused_by_action_and_database(elder, five, four):
    subject = take(elder, five)

    with pytest.raises(InvalidInputError, match="这个方案"):
        care_colour_change(subject_id=subject.pk, colour_id=hue(four, "red"), reason="x", actor=None, at=NOW)
    with pytest.raises(IntegrityError, match="care_colour_of_its_scheme"), transaction.atomic():
        CareSubject.objects.filter(pk=subject.pk).update(colour=hue(four, "red"))


@pytest.mark.parametrize("who", ["worker_of_another_grid", "outsider", "secretary_of_another_community"])
def test_others_do_nothing_in_the_ledger(request, elder, five, who):
    actor, subject = request.getfixturevalue(who), take(elder, five)
    other = make_resident(elder.household, "老伴", "13900000032")

    for work in (
        lambda: take(other, five, actor=actor),
        lambda: change(subject, "red", actor),
        lambda: go(subject, actor),
        lambda: pair(subject, actor, actor),
        lambda: care_close(subject_id=subject.pk, reason="x", actor=actor, at=NOW),
    ):
        with pytest.raises(NotAllowedError):
            work()


def test_visit_is_entered_once_and_plans_the_next(elder, five, grid_worker, grid_leader):
    subject, key = take(elder, five, "yellow"), uuid4()

    first = go(subject, grid_worker, TODAY - DAY, key=key)

    assert go(subject, grid_worker, key=key) == first
    with pytest.raises(ConflictError):
        go(subject, grid_leader, key=key)
    subject.refresh_from_db()
    assert (subject.last_on, subject.next_on) == (TODAY - DAY, TODAY + 6 * DAY)


@pytest.mark.parametrize("day", [TODAY + DAY, TODAY - 32 * DAY])
def test_visit_on_an_impossible_day_is_refused(elder, five, grid_worker, day):
    with pytest.raises(InvalidInputError, match="31 天"):
        go(take(elder, five), grid_worker, day)


def test_closed_subject_is_gone_and_may_come_back(elder, five, grid_worker):
    subject = take(elder, five)
    care_close(subject_id=subject.pk, reason="已住进敬老院。", actor=grid_worker, at=NOW)

    with pytest.raises(NotFoundError):
        change(subject, "red")

    assert take(elder, five).pk != subject.pk


# Who is silent.


@pytest.mark.parametrize("word", ["已故", "搬离"])
def test_silent_subject_is_on_no_list_in_no_figure_and_resumes(elder, five, four, grid_worker, word):
    take(elder, five, "red")
    take(elder, four)
    CareSubject.objects.update(next_on=TODAY)

    tag = mark(elder, word, grid_worker)

    assert care_sweep(at=NOW) == 0
    assert not CareSubject.objects.due(TODAY).exists()
    assert unpaired() == []
    assert care_figures(CareSubject.objects.all(), at=NOW).total == 0
    with pytest.raises(ConflictError, match="已故或已搬离"):
        go(CareSubject.objects.first(), grid_worker)
    tag_end(tag_id=tag.pk, reason="标错了。", actor=grid_worker, at=NOW)
    assert CareSubject.objects.due(TODAY).count() == 2
    assert care_figures(CareSubject.objects.all(), at=NOW).total == 2


def test_nobody_silent_is_taken_into_care(elder, five):
    mark(elder, "已故", None)

    with pytest.raises(ConflictError, match="已故或已搬离"):
        take(elder, five)


def test_helper_who_died_leaves_the_subject_without_one_and_may_be_replaced(diecui, elder, five, resident):
    subject = take(elder, five)
    pair(subject, resident)
    mark(resident.resident, "已故", None)
    assert unpaired() == [subject]

    other = make_resident(diecui.households[1], "邻居", "13900000033").user
    pair(subject, other)

    assert unpaired() == []
    assert HelperPairing.objects.get(ended_at=None).helper == other


def test_helper_of_somebody_who_died_is_free_for_another(diecui, elder, five, resident):
    other = make_resident(diecui.households[1], "另一位", "13900000034")
    pair(take(elder, five), resident)
    mark(elder, "已故", None)

    pair(take(other, five), resident)

    assert HelperPairing.objects.get(ended_at=None).subject.resident == other


# One helper for one subject.


def test_subject_is_unpaired_until_a_helper_is_attached(elder, five, resident, grid_leader):
    subject = take(elder, five)
    assert unpaired() == [subject]

    pair(subject, resident, grid_leader)

    assert unpaired() == []
    assert InboxItem.objects.get(kind="care.paired").user == resident
    helper_release(subject_id=subject.pk, reason="搬家了。", actor=grid_leader, at=NOW)
    assert unpaired() == [subject]


def test_worker_pairs_nobody(elder, five, resident, grid_worker):
    with pytest.raises(NotAllowedError):
        pair(take(elder, five), resident, grid_worker)


def test_helper_is_of_the_community_and_another_person(elder, five, fuxi):
    subject = take(elder, five)
    stranger = make_resident(fuxi.households[0], "府西人", "13900000035").user

    with pytest.raises(InvalidInputError, match="本社区"):
        pair(subject, stranger)
    with pytest.raises(InvalidInputError, match="自己"):
        pair(subject, elder.user)


def test_second_helper_and_second_subject_are_refused(diecui, elder, five, resident, neighbour):
    other = make_resident(diecui.households[1], "另一位", "13900000034")
    subject, second = take(elder, five), take(other, five)
    pair(subject, resident)

    with pytest.raises(ConflictError, match="结对帮扶"):
        pair(subject, neighbour)
    with pytest.raises(ConflictError, match="和别人结对"):
        pair(second, resident)


@pytest.mark.parametrize("side", ["subject", "helper"])
def test_database_itself_keeps_one_to_one(diecui, elder, five, resident, neighbour, side):
    other = take(make_resident(diecui.households[1], "另一位", "13900000034"), five)
    subject = take(elder, five)
    pair(subject, resident)
    given = (
        {"subject": subject, "helper": neighbour}
        if side == "subject"
        else {"subject": other, "helper": resident}
    )

    with pytest.raises(IntegrityError, match="pairing_one_"), transaction.atomic():
        HelperPairing.objects.create(paired_at=NOW, **given)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_helpers_at_once_leave_one(elder, five, resident, neighbour):
    subject = take(elder, five)

    found = overlapping(lambda: pair(subject, resident), lambda: pair(subject, neighbour))

    assert [type(one) for one in found] == [HelperPairing, ConflictError]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_one_helper_for_two_at_once_leaves_one(diecui, elder, five, resident):
    subject, other = take(elder, five), take(make_resident(diecui.households[1], "另", "13900000034"), five)

    found = overlapping(lambda: pair(subject, resident), lambda: pair(other, resident))

    assert [type(one) for one in found] == [HelperPairing, ConflictError]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_somebody_marked_dead_while_taken_into_care_is_visited_by_nobody(elder, five):
    found = overlapping(lambda: mark(elder, "已故", None), lambda: take(elder, five))

    assert [type(one) for one in found] == [ResidentTag, ConflictError]
    assert not CareSubject.objects.exists()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_same_visit_sent_four_times_at_once_is_one(elder, five, grid_worker):
    subject, key = take(elder, five), uuid4()

    found = at_once([lambda: go(subject, grid_worker, key=key)] * 4)

    assert {one.pk for one in found} == {CareVisit.objects.get().pk}


# Month by month.


@pytest.fixture
def child(elder, four):
    return take(elder, four, at=when(9, 10))


def test_month_is_listed_reminded_and_missed_each_once(child, grid_worker, grid_leader):
    swept = [care_sweep(at=when(10, day)) for day in (1, 1, 2, 20, 20, 21, 31)]
    over = [care_sweep(at=when(11, 1)), care_sweep(at=when(11, 1))]

    month = CareMonth.objects.get(month=date(2026, 10, 1))
    assert month.missed_at == when(11, 1)
    assert swept[:6] == [1 + 1, 0, 0, 1, 0, 0]  # on the first day the end of September had passed as well
    assert over[1] == 0
    assert InboxItem.objects.filter(kind="care.month", user=grid_worker).count() == 2
    assert InboxItem.objects.filter(kind="care.month_left", user=grid_worker).count() == 1
    assert InboxItem.objects.filter(kind="care.month_missed", user=grid_leader).count() == 1


def test_month_that_was_visited_is_neither_reminded_nor_missed(child, grid_worker):
    care_sweep(at=when(10, 1))
    go(child, grid_worker, date(2026, 10, 9), when(10, 9))

    care_sweep(at=when(10, 20))
    care_sweep(at=when(11, 1))

    assert CareMonth.objects.get(month=date(2026, 10, 1)).visited_on == date(2026, 10, 9)
    assert not InboxItem.objects.filter(kind__in=("care.month_left", "care.month_missed")).exists()


def test_visit_entered_late_makes_a_missed_month_good(child, grid_worker):
    care_sweep(at=when(10, 1))
    care_sweep(at=when(11, 1))

    go(child, grid_worker, date(2026, 10, 30), when(11, 2))

    month = CareMonth.objects.get(month=date(2026, 10, 1))
    assert (month.visited_on, month.missed_at) == (date(2026, 10, 30), None)


def test_month_of_who_fell_silent_is_no_miss(child, grid_leader):
    care_sweep(at=when(10, 1))
    mark(child.resident, "搬离", None, at=when(10, 15))

    care_sweep(at=when(10, 20))
    care_sweep(at=when(11, 1))

    assert not CareMonth.objects.exists()
    assert not InboxItem.objects.filter(kind__in=("care.month_left", "care.month_missed")).exists()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_count_a_miss_once(child, grid_worker, grid_leader):
    care_sweep(at=when(10, 1))

    sweep = partial(months_end, date(2026, 11, 1), when(11, 1))
    found = overlapping(sweep, sweep)

    assert found == [1, 0]
    assert CareMonth.objects.filter(missed_at__isnull=False).count() == 1
    assert InboxItem.objects.filter(kind="care.month_missed").count() == 1


def test_due_visit_goes_to_the_helper_and_the_worker_once(diecui, elder, five, resident, grid_worker):
    other = make_resident(diecui.households[1], "另一位", "13900000034")
    pair(take(elder, five, "red"), resident)
    take(other, five, "red")

    assert care_sweep(at=NOW + 3 * DAY) == 2
    assert care_sweep(at=NOW + 4 * DAY) == 0

    told = InboxItem.objects.filter(kind="care.due").order_by("user__username")
    assert sorted((item.user.display_name, "2 位" in item.body) for item in told) == [
        (resident.display_name, False),
        (grid_worker.display_name, True),
    ]


def test_whoever_answers_for_children_is_told_of_all_of_theirs_once(child, child_officer, grid_worker, fuxi):
    far = make_staff("far", "外社区儿童主任", Duty.CHILD_OFFICER, fuxi.place)

    for day in (when(10, 1), when(10, 20), when(10, 20), when(10, 31), when(11, 1), when(11, 1)):
        care_sweep(at=day)

    kinds = [
        "care.due",
        "care.month",
        "care.month",
        "care.month_left",
        "care.month_missed",
    ]
    told = InboxItem.objects.filter(user=child_officer)
    assert sorted(told.values_list("kind", flat=True)) == kinds
    assert all(page("children") in url for url in told.values_list("url", flat=True))
    assert InboxItem.objects.filter(user=grid_worker, kind="care.month_left").count() == 1
    assert not InboxItem.objects.filter(user=far).exists()


def test_nobody_is_told_of_a_child_who_moved_away(child, child_officer):
    mark(child.resident, "搬离", None, at=when(9, 15))

    care_sweep(at=when(10, 1))
    care_sweep(at=when(10, 20))

    assert not InboxItem.objects.filter(user=child_officer).exists()


def test_visit_days_over_is_told_to_the_leader_and_missed_once(elder, five, grid_worker, grid_leader):
    subject = take(elder, five, "red")
    care_sweep(at=NOW + 3 * DAY)
    care_sweep(at=NOW + 5 * DAY)
    assert not subject.misses.exists()

    found = [care_sweep(at=NOW + 6 * DAY), care_sweep(at=NOW + 6 * DAY), care_sweep(at=NOW + 7 * DAY)]

    assert found == [1, 0, 0]
    assert told("care.late") == {"leader"}
    assert subject.misses.get().due_on == TODAY + 3 * DAY
    assert care_figures(CareSubject.objects.all(), at=NOW + 7 * DAY).missed == 1


def test_visit_entered_late_is_no_miss_and_one_made_late_is(elder, five, grid_worker):
    subject = take(elder, five, "red")
    care_sweep(at=NOW + 6 * DAY)
    go(subject, grid_worker, TODAY + 7 * DAY, NOW + 7 * DAY)
    assert subject.misses.exists()

    go(subject, grid_worker, TODAY + 4 * DAY, NOW + 8 * DAY)

    assert not subject.misses.exists()


def test_who_fell_silent_is_missed_by_nobody(elder, five, grid_leader):
    take(elder, five, "red")
    mark(elder, "已故", None)

    assert care_sweep(at=NOW + 9 * DAY) == 0

    assert not InboxItem.objects.exists()


def test_month_of_a_child_is_missed_once_not_twice(child, grid_worker):
    care_sweep(at=when(10, 1))
    care_sweep(at=when(11, 9))

    assert CareMonth.objects.filter(missed_at__isnull=False).count() == 1
    assert not child.misses.exists()


def test_sweep_costs_the_same_for_one_and_for_many(
    diecui, five, four, grid_worker, grid_leader, child_officer
):
    def swept(people, at):
        for one in people:
            take(make_resident(diecui.households[one % 4], f"人{one}", f"137000{one:05}"), five, "red", at=at)
            take(make_resident(diecui.households[one % 4], f"孩{one}", f"137001{one:05}"), four, at=at)
        with CaptureQueriesContext(connection) as found:
            care_sweep(at=at + 40 * DAY)
        return len(found)

    swept(range(1), when(1, 2))
    few = swept(range(1, 2), when(3, 2))

    assert swept(range(2, 14), when(5, 2)) == few


# Pages.


def test_children_in_care_are_listed_over_all_grids_of_ones_place(
    client, diecui, child, four, child_officer, fuxi
):
    other = make_resident(diecui.households[3], "另一网格的孩子", "13900000034")
    take(other, four)
    CareSubject.objects.update(next_on=timezone.localdate())
    client.force_login(child_officer)

    assert client.get(reverse("petitions:staff_home")).url == page("children")
    shown = client.get(page("children")).content.decode()

    assert "孤老" in shown
    assert "另一网格的孩子" in shown
    assert client.get(page("person", other.pk)).status_code == 200
    assert AuditEntry.objects.filter(event="register.listed", actor_id=child_officer.pk).exists()
    client.force_login(make_staff("far", "外", Duty.CHILD_OFFICER, fuxi.place))
    assert "孤老" not in client.get(page("children")).content.decode()


@pytest.mark.parametrize(("who", "status"), [("grid_worker", 403), ("resident", 403), ("secretary", 200)])
def test_others_find_no_list_of_children(client, request, child, who, status):
    client.force_login(request.getfixturevalue(who))

    assert client.get(page("children")).status_code == status


def test_strangers_are_sent_to_sign_in_for_children(client, db):
    assert client.get(page("children")).status_code == 302


@pytest.mark.parametrize(("mark_of", "count"), [("due", 1), ("month", 2), ("census", 0), ("all", 3)])
def test_list_of_children_is_narrowed(client, diecui, four, child_officer, mark_of, count):
    kids = [take(make_resident(diecui.households[n], f"孩子{n}", f"1390000013{n}"), four) for n in range(3)]
    today = timezone.localdate()
    for kid, day in zip(kids, (today, today + DAY, today + DAY), strict=True):
        CareSubject.objects.filter(pk=kid.pk).update(next_on=day)
    for kid in kids[:2]:
        CareMonth.objects.create(subject=kid, month=today.replace(day=1))
    client.force_login(child_officer)

    shown = client.get(page("children"), {"mark": mark_of}).content.decode()

    assert shown.count("card__title") == count


def test_due_children_are_a_tile_of_the_day_for_who_answers_for_them(client, child, secretary):
    CareSubject.objects.update(next_on=timezone.localdate())
    client.force_login(secretary)

    assert "儿童关爱走访" in client.get(reverse("petitions:today")).content.decode()


def page(name, *args):
    return reverse(f"grids:{name}", args=args)


def test_ledger_is_kept_on_the_persons_page(client, elder, five, grid_leader, resident):
    client.force_login(grid_leader)

    client.post(page("care_new", elder.pk), {"colour": hue(five, "green"), "reason": "独居。"})
    subject = CareSubject.objects.get()
    shown = client.get(page("person", elder.pk)).content.decode()
    refused = client.post(page("care_step", subject.pk, "colour"), {"colour": hue(five, "red"), "reason": ""})
    client.post(page("care_step", subject.pk, "colour"), {"colour": hue(five, "red"), "reason": "卧床。"})
    client.post(page("care_step", subject.pk, "pair"), {"helper": resident.phone})
    today = f"{timezone.localdate():%Y-%m-%d}"
    given = {"key": str(uuid4()), "visited_on": today, "findings": "饭量小了些。"}
    client.post(page("care_step", subject.pk, "visit"), given)

    subject.refresh_from_db()
    assert "五色管理台账 · 绿 · 平稳" in shown
    assert refused.status_code == 422
    assert subject.colour.colour == "red"
    assert subject.visits.count() == 1
    assert HelperPairing.objects.get().helper == resident
    assert "饭量小了些" not in client.get(page("person", elder.pk)).content.decode()


@pytest.mark.parametrize("who", ["worker_of_another_grid", "outsider", "secretary_of_another_community"])
def test_others_find_no_page_of_the_ledger(client, request, elder, five, who):
    subject = take(elder, five)
    client.force_login(request.getfixturevalue(who))

    found = [
        client.get(page("care_new", elder.pk)),
        *(client.get(page("care_step", subject.pk, step)) for step in ("visit", "colour", "pair", "close")),
        client.get(reverse("admin:grids_caresubject_change", args=[subject.pk])),
    ]

    assert {one.status_code for one in found} <= {302, 403, 404}
    assert {one.status_code for one in found[:-1]} <= {403, 404}


def test_worker_is_offered_no_pairing(client, elder, five, grid_worker):
    subject = take(elder, five)
    client.force_login(grid_worker)

    assert "结对帮扶</a>" not in client.get(page("person", elder.pk)).content.decode()
    assert client.get(page("care_step", subject.pk, "pair")).status_code == 403


@pytest.mark.parametrize("who", ["grid_worker", "grid_leader"])
def test_due_visits_are_a_tile_of_the_day(client, request, elder, five, who):
    take(elder, five)
    client.force_login(request.getfixturevalue(who))
    assert "关爱走访" not in client.get(reverse("petitions:today")).content.decode()

    CareSubject.objects.update(next_on=timezone.localdate())

    shown = client.get(reverse("petitions:today")).content.decode()
    assert "关爱走访" in shown
    assert f"{page('register')}?mark=due" in shown


def test_register_lists_who_is_due_and_who_has_no_helper(client, elder, five, grid_worker, diecui):
    take(elder, five)
    other = make_resident(diecui.households[1], "不急的人", "13900000034")
    take(other, five)
    CareSubject.objects.filter(resident=elder).update(next_on=timezone.localdate())
    client.force_login(grid_worker)

    due = client.get(f"{page('register')}?mark=due").content.decode()
    alone = client.get(f"{page('register')}?mark=unpaired").content.decode()

    assert "孤老" in due
    assert "不急的人" not in due
    assert "不急的人" in alone


def test_lists_at_the_desk_cost_the_same_with_many(client, secretary, five, diecui):
    client.force_login(secretary)
    listing = reverse("admin:grids_caresubject_changelist")

    def cost(path):
        with CaptureQueriesContext(connection) as found:
            assert client.get(path).status_code == 200
        return len(found)

    def more(numbers):
        for number in numbers:
            take(make_resident(diecui.households[0], f"人{number}", f"1370000{number:04}"), five)

    more(range(3))
    figures = reverse("admin:grids_caresubject_figures")
    client.get(listing)
    few = (cost(listing), cost(figures))
    more(range(3, 20))

    assert (cost(listing), cost(figures)) == few


def test_counts_by_colour_are_for_staff_within_their_ground(client, five, elder, fuxi, secretary):
    take(elder, five, "red")
    client.force_login(secretary)

    shown = client.get(reverse("admin:grids_caresubject_figures")).content.decode()

    assert "五色管理台账 · 红 · 急" in shown
    assert "孤老" not in shown
    client.force_login(make_staff("far", "外", Duty.SECRETARY, fuxi.place))
    assert "五色管理台账" not in client.get(reverse("admin:grids_caresubject_figures")).content.decode()


@pytest.mark.parametrize("step", ["", "visit", "colour", "refer", "census", "close"])
def test_pages_about_somebody_in_care_are_on_the_trail(client, five, elder, grid_worker, step):
    cared = take(elder, five, "red")
    path = f"/work/register/{elder.pk}/care/" if not step else f"/work/register/care/{cared.pk}/{step}/"
    client.force_login(grid_worker)

    assert elder.name in client.get(path).content.decode()
    [line] = AuditEntry.objects.filter(actor=grid_worker, audience="charge", event="register.read")
    assert line.subject_id == str(elder.pk)


def test_round_that_names_who_is_left_is_on_the_trail(client, diecui, four, secretary):
    now = timezone.now()
    day = timezone.localdate(now)
    take(make_resident(diecui.households[0], "小明", "13900000055"), four, "red", at=now)
    days = {"opens_on": day, "closes_on": day + timedelta(days=9)}
    census = census_plan(community=diecui.community, year=day.year, half=2, **days, actor=None, at=now)
    census_sweep(at=now)
    client.force_login(secretary)

    shown = client.get(reverse("admin:grids_censusround_change", args=[census.pk])).content.decode()

    assert "小明" in shown
    [line] = AuditEntry.objects.filter(actor=secretary, audience="charge")
    assert (line.event, line.scope_path) == ("register.listed", diecui.place.path)


def test_round_says_how_far_each_grid_is_without_those_who_have_died(
    client, diecui, four, grid, other_grid, secretary
):
    now = timezone.now()
    day = timezone.localdate(now)
    doors = [diecui.households[0], diecui.households[0], diecui.households[2], diecui.households[2]]
    people = [make_resident(door, f"小{at}", f"1390000006{at}") for at, door in enumerate(doors)]
    for one in people:
        take(one, four, "red", at=now)
    days = {"opens_on": day, "closes_on": day + timedelta(days=9)}
    census = census_plan(community=diecui.community, year=day.year, half=2, **days, actor=None, at=now)
    census_sweep(at=now)
    census.entries.filter(subject__resident=people[0]).update(
        state=CensusState.CONFIRMED, by=secretary, at=now
    )
    Resident.objects.filter(pk=people[3].pk).update(standing=Standing.DECEASED)
    client.force_login(secretary)

    shown = client.get(reverse("admin:grids_censusround_change", args=[census.pk])).content.decode()

    assert re.findall(r"第\d网格 \d/\d（[\d.]+%）", shown) == ["第1网格 1/2（50.0%）", "第2网格 0/1（0%）"]
