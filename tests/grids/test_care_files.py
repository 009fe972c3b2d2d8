"""一人一档, 一年两排 and 纳入保障: who may read, what is kept, what a round closes with, what must be decided."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from core.errors import ConflictError, InvalidInputError, NotAllowedError
from core.models import AuditEntry, InboxItem
from grids.actions.registers.assessing import care_assess
from grids.actions.registers.care import care_close
from grids.actions.registers.census import census_confirm, census_plan, census_sweep
from grids.actions.registers.files import FRESH, file_write, files_tell
from grids.actions.registers.referrals import referral_decide, referral_raise, referrals_tell
from grids.models import (
    CareFile,
    CareFileEntry,
    CensusEntry,
    CensusRound,
    FileSection,
    ProtectionReferral,
)
from tests.cast import NOW, make_resident
from tests.grids.registers import mark
from tests.grids.test_care import child_officer, elder, five, four, go, hue, take  # noqa: F401
from tests.parallel import at_once, overlapping

# ruff: noqa: F811

TODAY = NOW.date()
DAY = timedelta(days=1)
OTHERS = ["worker_of_another_grid", "outsider", "secretary_of_another_community"]


@pytest.fixture
def child(elder, four):
    return take(elder, four)


def write(subject, section, actor, text="祖母照看。", at=NOW):
    return file_write(subject_id=subject.pk, section=section, text=text, actor=actor, at=at)


def page(name, *args):
    return reverse(f"grids:{name}", args=args)


# The file.


def test_file_without_guardianship_is_seven_of_eight(child, child_officer):
    for section in FileSection.values:
        if section != "guardianship":
            write(child, section, child_officer)

    assert CareFile.objects.get().completeness == "7/8"
    write(child, "guardianship", child_officer)
    assert CareFile.objects.get().completeness == "8/8"


def test_section_keeps_its_versions(child, child_officer, secretary):
    write(child, "life", child_officer, "一日三餐在学校。")
    write(child, "life", secretary, "周末由邻居送饭。")

    found = CareFileEntry.objects.filter(section="life").values_list("version", "text")
    assert list(found) == [(2, "周末由邻居送饭。"), (1, "一日三餐在学校。")]


def test_empty_or_unknown_section_is_refused(child, child_officer):
    for section, text in (("life", " "), ("weather", "晴。")):
        with pytest.raises(InvalidInputError):
            write(child, section, child_officer, text)


@pytest.mark.parametrize("who", ["grid_worker", "grid_leader", "clerk", *OTHERS])
def test_file_of_a_child_is_for_those_who_answer_for_children(request, client, child, child_officer, who):
    write(child, "life", child_officer)
    actor = request.getfixturevalue(who)
    client.force_login(actor)

    with pytest.raises(NotAllowedError):
        write(child, "life", actor)

    expected = {404, 403} if who in OTHERS else {403}
    assert client.get(page("care_file", child.pk)).status_code in expected
    assert client.get(page("care_file_section", child.pk, "life")).status_code in expected
    assert not AuditEntry.objects.filter(event="care.file_read").exists()


@pytest.mark.parametrize("who", ["child_officer", "secretary"])
def test_reading_a_childs_file_is_on_the_trail(request, client, child, who):
    actor = request.getfixturevalue(who)
    write(child, "life", actor, "一日三餐在学校。")
    client.force_login(actor)

    shown = client.get(page("care_file", child.pk)).content.decode()
    client.get(page("care_file_section", child.pk, "life"))

    assert "一日三餐在学校。" in shown
    assert "1/8" in shown
    lines = AuditEntry.objects.filter(event="care.file_read", actor=actor, audience="charge")
    assert lines.count() == 2


def test_file_of_an_elder_is_read_by_the_worker_with_what_visits_found(client, elder, five, grid_worker):
    subject = take(elder, five)
    go(subject, grid_worker)
    client.force_login(grid_worker)

    client.post(page("care_file_section", subject.pk, "medical"), {"text": "高血压，按时服药。"})
    shown = client.get(page("care_file", subject.pk)).content.decode()

    assert "高血压，按时服药。" in shown
    assert "尚好。" in shown


def test_strangers_are_sent_to_sign_in_for_files(client, child):
    assert client.get(page("care_file", child.pk)).status_code == 302


def test_stale_file_is_told_once_to_those_who_may_read_it(child, child_officer, grid_worker):
    write(child, "life", child_officer)
    write(child, "medical", child_officer, at=NOW + 30 * DAY)

    assert files_tell(TODAY + FRESH - DAY, NOW + FRESH - DAY) == 0
    assert files_tell(TODAY + FRESH, NOW + FRESH) == 1
    assert files_tell(TODAY + FRESH + DAY, NOW + FRESH + DAY) == 0

    assert InboxItem.objects.get(kind="care.file_stale").user == child_officer


def test_stale_file_of_who_fell_silent_is_no_matter(child, child_officer):
    write(child, "life", child_officer)
    mark(child.resident, "搬离", None)

    assert files_tell(TODAY + FRESH, NOW + FRESH) == 0


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_versions_at_once_are_two(child, child_officer, secretary):
    write(child, "life", secretary)

    overlapping(lambda: write(child, "life", child_officer), lambda: write(child, "life", secretary))

    assert {one.version for one in CareFileEntry.objects.all()} == {1, 2, 3}


# The round.


def when(month, day):
    return datetime(2026, month, day, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def plan(community, actor=None, opens=date(2026, 12, 1), closes=date(2026, 12, 21)):
    window = {"opens_on": opens, "closes_on": closes}
    return census_plan(community=community, year=2026, half=2, actor=actor, at=NOW, **window)


@pytest.fixture
def ten(diecui, four):
    people = [make_resident(diecui.households[n % 2], f"儿童{n}", f"1370000{n:04}") for n in range(10)]
    return [take(one, four) for one in people]


def test_round_with_nine_of_ten_confirmed_closes_at_ninety_and_passes_the_tenth_on(
    community, ten, grid_worker, secretary, child_officer
):
    census = plan(community, secretary)
    steps = [census_sweep(at=when(12, 1)), census_sweep(at=when(12, 1))]
    for entry in census.entries.order_by("pk")[:9]:
        census_confirm(entry_id=entry.pk, actor=grid_worker, at=when(12, 5))

    steps += [census_sweep(at=when(12, 21)), census_sweep(at=when(12, 22)), census_sweep(at=when(12, 22))]

    census.refresh_from_db()
    assert (census.checked, census.listed, census.percent) == (9, 10, 90)
    assert CensusEntry.objects.get(escalated_at__isnull=False).state == "pending"
    assert steps == [1, 0, 1, 1, 0]
    told = InboxItem.objects.filter(kind="census.closed")
    assert {item.user for item in told} == {secretary, child_officer}
    assert InboxItem.objects.filter(kind="census.opened", user=grid_worker).count() == 1


def test_round_reminds_half_way_and_before_the_end_once_each(community, ten, grid_worker):
    plan(community)
    census_sweep(at=when(12, 1))

    swept = [census_sweep(at=when(12, day)) for day in (10, 11, 12, 18, 19)]

    assert swept == [0, 1, 0, 1, 0]
    assert InboxItem.objects.filter(kind="census.left", user=grid_worker).count() == 2


def test_child_found_while_the_round_is_open_is_part_of_it_and_one_closed_is_checked(
    community, diecui, ten, four, grid_worker
):
    census = plan(community)
    census_sweep(at=when(12, 1))

    take(
        make_resident(diecui.households[0], "新来的", "13700001111"), four, actor=grid_worker, at=when(12, 3)
    )
    care_close(subject_id=ten[0].pk, reason="父母已回。", actor=grid_worker, at=when(12, 3))

    assert census.entries.get(is_new=True).state == "confirmed"
    assert census.entries.get(subject=ten[0]).state == "closed"


def test_child_who_moved_away_is_in_no_figure_of_the_round(community, ten):
    census = plan(community)
    census_sweep(at=when(12, 1))
    mark(ten[0].resident, "搬离", None)

    census_sweep(at=when(12, 22))

    census.refresh_from_db()
    assert (census.checked, census.listed) == (0, 9)


def test_nothing_is_confirmed_after_the_end_or_twice(community, ten, grid_worker):
    census = plan(community)
    census_sweep(at=when(12, 1))
    first, second = census.entries.order_by("pk")[:2]
    census_confirm(entry_id=first.pk, actor=grid_worker, at=when(12, 2))

    with pytest.raises(ConflictError):
        census_confirm(entry_id=first.pk, actor=grid_worker, at=when(12, 2))
    census_sweep(at=when(12, 22))
    with pytest.raises(ConflictError):
        census_confirm(entry_id=second.pk, actor=grid_worker, at=when(12, 22))


def test_two_rounds_a_year_and_no_third(community, secretary):
    plan(community, secretary)

    with pytest.raises(IntegrityError, match="census_twice_a_year"), transaction.atomic():
        plan(community, secretary)


@pytest.mark.parametrize("who", [*OTHERS, "grid_worker"])
def test_others_plan_no_round(request, community, who):
    with pytest.raises(NotAllowedError):
        plan(community, request.getfixturevalue(who))


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_child_confirmed_while_the_round_closes_is_counted_or_refused(community, child, grid_worker):
    census = plan(community)
    census_sweep(at=when(12, 1))
    entry = census.entries.get()

    found = overlapping(
        lambda: census_sweep(at=when(12, 22)),
        lambda: census_confirm(entry_id=entry.pk, actor=grid_worker, at=when(12, 22)),
    )

    census.refresh_from_db()
    assert (found[0], type(found[1])) == (1, ConflictError)
    assert (census.checked, census.listed) == (0, 1)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_round_opened_by_four_sweeps_at_once_lists_and_tells_once(community, child, grid_worker):
    plan(community)

    at_once([partial(census_sweep, at=when(12, 1))] * 4)

    assert CensusEntry.objects.count() == 1
    assert InboxItem.objects.filter(kind="census.opened").count() == 1


def test_worker_confirms_on_the_persons_page(client, community, child, grid_worker):
    CensusRound.objects.create(
        community=community, year=2026, half=1, opens_on=TODAY, closes_on=TODAY + 900 * DAY
    )
    census_sweep(at=NOW)
    client.force_login(grid_worker)

    listed = client.get(f"{page('register')}?mark=census").content.decode()
    offered = client.get(page("person", child.resident_id)).content.decode()
    client.post(page("care_step", child.pk, "census"), {"note": ""})

    assert "孤老" in listed
    assert page("care_step", child.pk, "census") in offered
    assert CensusEntry.objects.get().state == "confirmed"
    assert (
        page("care_step", child.pk, "census")
        not in client.get(page("person", child.resident_id)).content.decode()
    )


# Referrals.


def assess(subject, relief, actor=None):
    pk = hue(subject.scheme, "red")
    return care_assess(
        subject_id=subject.pk, colour_id=pk, reason="父母失联。", relief=relief, actor=actor, at=NOW
    )


def decide(referral, actor, words="符合条件。", yes=True):
    return referral_decide(referral_id=referral.pk, is_approved=yes, words=words, actor=actor, at=NOW)


def test_assessment_that_finds_somebody_eligible_opens_a_referral(
    child, grid_worker, secretary, child_officer
):
    assess(child, "事实无人抚养儿童保障", grid_worker)

    referral = ProtectionReferral.objects.get()
    assert (referral.state, referral.raised_by, referral.grounds) == ("open", grid_worker, "父母失联。")
    told = InboxItem.objects.filter(kind="referral.raised")
    assert {item.user for item in told} == {secretary, child_officer}


def test_assessment_without_relief_opens_none(child):
    assess(child, "")

    assert not ProtectionReferral.objects.exists()


def test_referral_stays_on_the_ageing_list_until_decided_and_is_told_weekly(
    client, child, grid_worker, secretary
):
    assess(child, "低保", grid_worker)
    days = [6, 7, 8, 14]
    assert [referrals_tell(TODAY + n * DAY, NOW + n * DAY) for n in days] == [0, 1, 0, 1]

    decide(ProtectionReferral.objects.get(), secretary)

    assert referrals_tell(TODAY + 21 * DAY, NOW + 21 * DAY) == 0
    assert InboxItem.objects.get(kind="referral.decided").user == grid_worker


def test_referral_is_decided_once_in_words(child, secretary):
    assess(child, "低保")
    referral = ProtectionReferral.objects.get()

    with pytest.raises(InvalidInputError, match="说明"):
        decide(referral, secretary, " ")
    decide(referral, secretary, "收入超标。", yes=False)

    with pytest.raises(ConflictError, match="已经决定"):
        decide(referral, secretary)
    referral.refresh_from_db()
    assert (referral.state, referral.decision) == ("declined", "收入超标。")


@pytest.mark.parametrize("who", ["grid_worker", "clerk", *OTHERS])
def test_others_decide_nothing_about_a_child(request, child, who):
    assess(child, "低保")

    with pytest.raises(NotAllowedError):
        decide(ProtectionReferral.objects.get(), request.getfixturevalue(who))


def test_same_relief_waits_once(child):
    assess(child, "低保")

    with pytest.raises(ConflictError, match="正等决定"):
        referral_raise(subject_id=child.pk, relief="低保", grounds="再提。", actor=None, at=NOW)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_decisions_at_once_are_one(child, secretary, child_officer):
    assess(child, "低保")
    referral = ProtectionReferral.objects.get()

    found = overlapping(
        lambda: decide(referral, secretary), lambda: decide(referral, child_officer, yes=False)
    )

    assert [type(one) for one in found] == [ProtectionReferral, ConflictError]


def test_desk_shows_rounds_referrals_and_files_and_decides(client, community, child, secretary):
    assess(child, "低保")
    write(child, "life", secretary)
    census = plan(community)
    referral = ProtectionReferral.objects.get()
    client.force_login(secretary)

    for name in ("censusround", "protectionreferral", "carefile"):
        assert client.get(reverse(f"admin:grids_{name}_changelist")).status_code == 200
    assert client.get(reverse("admin:grids_censusround_change", args=[census.pk])).status_code == 200
    step = reverse("admin:grids_protectionreferral_decide", args=[referral.pk])
    client.post(step, {"is_approved": "1", "words": "符合条件。"})

    referral.refresh_from_db()
    assert referral.state == "approved"
