"""节日必访 and 礼包: listed once ahead of each festival, brought once to each household (G-12, G-15)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from chinese_calendar import get_holiday_detail
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from community.models import Household
from core.errors import ConflictError, InvalidInputError, NotAllowedError
from core.models import InboxItem
from core.workdays import ZONE
from grids import actions
from grids.actions import festival_visits_plan
from grids.actions.gifts import Gifts, gift_photos_expire
from grids.actions.season_reminding import festivals_remind, gifts_remind
from grids.festivals import FIXED, LAST_YEAR, festival_on, next_festival
from grids.models import Festival, FestivalVisit, FestivalVisitRule, GiftCampaign, GiftDelivery, GiftPack
from grids.selectors.homes_page import due_in
from tests.cast import NOW, make_resident
from tests.grids.hazards import photo, upload
from tests.grids.registers import colour, mark
from tests.grids.visits import visit
from tests.parallel import overlapping

SPRING = date(2026, 2, 17)
DAY = timedelta(days=1)
WEEK_BEFORE = datetime(2026, 2, 10, 9, 0, tzinfo=ZONE)
STATUTORY = {
    "spring": "Spring Festival",
    "qingming": "Tomb-sweeping Day",
    "dragon_boat": "Dragon Boat Festival",
    "mid_autumn": "Mid-autumn Festival",
}


def stand(*doors, at=WEEK_BEFORE - 30 * DAY):
    for door in doors:
        actions.standing_set(household_id=door.pk, every_days=366, actor=None, at=at)


@pytest.fixture
def rule(diecui):
    return actions.festival_rule_set(
        community=diecui.community, festival="spring", days_before=7, actor=None, at=WEEK_BEFORE
    )


# The calendar.


@pytest.mark.parametrize(("festival", "name"), STATUTORY.items())
@pytest.mark.parametrize("year", [2025, 2026])
def test_festivals_of_the_table_are_the_statutory_holidays(festival, name, year):
    assert get_holiday_detail(festival_on(festival, year))[0]
    if (year, festival) not in {(2025, "mid_autumn")}:  # fell into the week of the National Day
        assert get_holiday_detail(festival_on(festival, year))[1] == name


def test_every_festival_has_a_day_in_every_year_of_the_table():
    days = [festival_on(one, year) for one in Festival.values for year in range(2025, LAST_YEAR + 1)]

    assert None not in days
    assert festival_on("spring", LAST_YEAR + 1) is None
    assert {*FIXED} < set(Festival.values)


def test_next_festival_is_today_or_ahead():
    assert next_festival("spring", SPRING) == SPRING
    assert next_festival("spring", SPRING + DAY) == date(2027, 2, 6)


# Listing.


def test_households_are_listed_ahead_of_a_lunar_festival_once(diecui, rule):
    stand(*diecui.households[:3])

    assert actions.festival_visits_plan(at=WEEK_BEFORE - DAY) == 0
    assert actions.festival_visits_plan(at=WEEK_BEFORE) == 3
    assert actions.festival_visits_plan(at=WEEK_BEFORE) == 0
    assert FestivalVisit.objects.filter(festival_on=SPRING).count() == 3


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_at_once_list_each_household_once(diecui, rule):
    stand(*diecui.households)

    found = overlapping(*[lambda: actions.festival_visits_plan(at=WEEK_BEFORE)] * 2)

    assert sorted(found) == [0, 4]
    assert FestivalVisit.objects.count() == 4


def test_who_wants_no_visits_is_not_listed_nor_shown(diecui, grid, rule):
    first, second = diecui.households[:2]
    stand(first, second)
    for door, phone in ((first, "13900000008"), (second, "13900000009")):
        make_resident(door, "张婆婆", phone)
    wish = {"wishes_none": True, "actor": None, "at": WEEK_BEFORE}
    actions.wish_note(resident_id=first.residents.get().pk, **wish)

    assert actions.festival_visits_plan(at=WEEK_BEFORE) == 1
    actions.wish_note(resident_id=second.residents.get().pk, **wish)
    assert due_in([grid.pk], WEEK_BEFORE.date()) == []


def test_visit_before_the_festival_does_it(diecui, grid, grid_worker, rule):
    door = diecui.households[0]
    visit(door, grid_worker, at=WEEK_BEFORE - 9 * DAY)
    stand(door)
    actions.festival_visits_plan(at=WEEK_BEFORE)
    assert [one.household for one in due_in([grid.pk], WEEK_BEFORE.date())] == [door]

    made = visit(door, grid_worker, at=WEEK_BEFORE)

    assert FestivalVisit.objects.get().visit == made
    assert due_in([grid.pk], WEEK_BEFORE.date()) == []


def test_rule_is_the_secretarys(diecui, clerk, secretary):
    given = {"community": diecui.community, "festival": "lantern", "at": NOW}

    with pytest.raises(NotAllowedError):
        actions.festival_rule_set(**given, days_before=3, actor=clerk)
    with pytest.raises(InvalidInputError):
        actions.festival_rule_set(**given, days_before=61, actor=secretary)


# Gift packs.


def campaign(diecui, *, actor=None, at=NOW, colours=(), **given):
    days = {"starts_on": NOW.date(), "ends_on": NOW.date() + 7 * DAY}
    gifts = Gifts(**{"name": "对联礼包", "items": "对联、窗花、红包", **days, **given})
    return actions.gift_campaign_create(
        community=diecui.community, gifts=gifts, colours=colours, actor=actor, at=at
    )


@pytest.fixture
def pack(diecui):
    stand(diecui.households[0])
    return campaign(diecui).packs.get()


def test_pack_is_handed_over_once(pack, grid_worker, grid_leader):
    actions.gift_deliver(pack_id=pack.pk, signed_by="张奶奶", actor=grid_worker, at=NOW)

    with pytest.raises(ConflictError, match="王网格"):
        actions.gift_deliver(pack_id=pack.pk, signed_by="张奶奶", actor=grid_leader, at=NOW)
    assert GiftDelivery.objects.get().by == grid_worker


def test_database_itself_refuses_a_second_pack_and_a_second_handing_over(pack, grid_worker):
    actions.gift_deliver(pack_id=pack.pk, signed_by="张奶奶", actor=grid_worker, at=NOW)

    with pytest.raises(IntegrityError, match="pkey"), transaction.atomic():
        GiftDelivery.objects.create(pack=pack, by=grid_worker, at=NOW)
    with pytest.raises(IntegrityError, match="gift_pack_once"), transaction.atomic():
        GiftPack.objects.create(campaign=pack.campaign, household=pack.household)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_who_hand_over_at_once_hand_over_one(pack, grid_worker, grid_leader):
    found = overlapping(
        lambda: actions.gift_deliver(pack_id=pack.pk, signed_by="张奶奶", actor=grid_worker, at=NOW),
        lambda: actions.gift_deliver(pack_id=pack.pk, signed_by="张奶奶", actor=grid_leader, at=NOW),
    )

    assert [type(one) for one in found] == [GiftDelivery, ConflictError]


@pytest.mark.parametrize("off", [-DAY, 8 * DAY])
def test_pack_outside_the_days_of_its_campaign_is_refused(pack, grid_worker, off):
    with pytest.raises(ConflictError, match="没有开始"):
        actions.gift_deliver(pack_id=pack.pk, signed_by="张奶奶", actor=grid_worker, at=NOW + off)


def test_others_hand_over_nothing(client, pack, worker_of_another_grid):
    with pytest.raises(NotAllowedError):
        actions.gift_deliver(pack_id=pack.pk, signed_by="张奶奶", actor=worker_of_another_grid, at=NOW)
    client.force_login(worker_of_another_grid)

    path = reverse("grids:gift")
    assert client.get(f"{path}?pack={pack.pk}").status_code == 404
    assert client.post(path, {"pack": pack.pk, "signed_by": "张奶奶"}).status_code == 404
    assert not GiftDelivery.objects.exists()


def test_campaign_without_anybody_or_the_wrong_way_round_is_refused(diecui):
    with pytest.raises(InvalidInputError, match="定期走访"):
        campaign(diecui)
    with pytest.raises(InvalidInputError, match="止日"):
        campaign(diecui, ends_on=NOW.date() - DAY)


def test_worker_hands_over_on_the_page_of_the_door(client, diecui, grid_worker):
    stand(diecui.households[0])
    today = timezone.localdate()
    given = campaign(diecui, starts_on=today, ends_on=today).packs.get()
    client.force_login(grid_worker)
    page = reverse("grids:home", args=[given.household_id])
    path = f"{reverse('grids:gift')}?pack={given.pk}"

    assert path in client.get(page).content.decode()
    assert client.post(path).status_code == 422
    assert client.post(path, {"pack": given.pk, "signed_by": "张奶奶"}).status_code == 302
    assert GiftDelivery.objects.get().signed_by == "张奶奶"
    assert client.post(path, {"pack": given.pk, "signed_by": "张奶奶"}).status_code == 409
    assert path not in client.get(page).content.decode()


@pytest.fixture
def proven(diecui) -> GiftPack:
    """A pack of a campaign that asks for a photo."""
    stand(diecui.households[0])
    today = timezone.localdate()
    return campaign(diecui, starts_on=today, ends_on=today, needs_photo=True).packs.get()


def test_pack_of_a_campaign_that_asks_for_a_photo_is_handed_over_with_one(client, proven, grid_worker):
    client.force_login(grid_worker)
    path = f"{reverse('grids:gift')}?pack={proven.pk}"
    refused = client.post(path, {"pack": proven.pk, "signed_by": "张奶奶"})
    assert refused.status_code == 422
    assert "请拍一张" in refused.content.decode()
    assert 'value="张奶奶"' in refused.content.decode()

    assert client.post(path, {"pack": proven.pk, "signed_by": "张奶奶", **upload()}).status_code == 302
    delivery = GiftDelivery.objects.get()
    assert (delivery.by, delivery.photo is not None) == (grid_worker, True)
    home = client.get(reverse("grids:home", args=[proven.household_id])).content.decode()
    proof = reverse("grids:gift_photo", args=[proven.pk])
    assert proof in home
    assert client.get(proof)["Content-Type"].startswith("image/")
    assert client.post(path, {"pack": proven.pk, "signed_by": "又一次", **upload()}).status_code == 409


def test_photo_is_as_one_likes_where_none_is_asked_for(client, diecui, grid_worker):
    stand(diecui.households[0])
    today = timezone.localdate()
    given = campaign(diecui, starts_on=today, ends_on=today).packs.get()
    client.force_login(grid_worker)
    path = f"{reverse('grids:gift')}?pack={given.pk}"

    assert client.post(path, {"pack": given.pk, "signed_by": "张奶奶", **upload()}).status_code == 302
    assert GiftDelivery.objects.get().photo is not None


def test_database_refuses_a_handing_over_without_the_photo_that_was_asked_for(proven, grid_worker):
    with pytest.raises(IntegrityError, match="gift_photo_where_asked"), transaction.atomic():
        GiftDelivery.objects.create(pack=proven, by=grid_worker, at=NOW, signed_by="张奶奶", needs_photo=True)


def test_proof_is_for_posts_over_that_grid(client, proven, grid_worker, worker_of_another_grid, resident):
    now = timezone.now()
    actions.gift_deliver(
        pack_id=proven.pk, signed_by="张奶奶", photo=photo(now, grid_worker), actor=grid_worker, at=now
    )
    proof = reverse("grids:gift_photo", args=[proven.pk])
    form = f"{reverse('grids:gift')}?pack={proven.pk}"

    assert {client.get(path).status_code for path in (proof, form)} == {302}
    for user, status in ((resident, 403), (worker_of_another_grid, 404), (grid_worker, 200)):
        client.force_login(user)
        assert {client.get(path).status_code for path in (proof, form)} == {status}


def test_proof_goes_after_a_year_and_who_brought_what_stays(proven, grid_worker):
    now = timezone.now()
    kept = photo(now, grid_worker)
    actions.gift_deliver(pack_id=proven.pk, signed_by="张奶奶", photo=kept, actor=grid_worker, at=now)
    assert gift_photos_expire(now + 365 * DAY) == 0

    assert [gift_photos_expire(now + 366 * DAY) for _turn in range(2)] == [1, 0]
    delivery = GiftDelivery.objects.get()
    kept.refresh_from_db()
    assert (delivery.photo, delivery.signed_by, kept.discarded_at is not None) == (None, "张奶奶", True)


def test_desk_shows_how_far_each_is_and_who_is_left(client, diecui, secretary, pack, rule):
    stand(diecui.households[1])
    client.force_login(secretary)
    sent = {
        "community": diecui.community.pk,
        "name": "重阳礼包",
        "items": "米面油",
        "starts_on": "2026-11-20",
        "ends_on": "2026-11-30",
    }

    assert client.post("/admin/grids/giftcampaign/add/", sent).status_code == 302
    made = GiftCampaign.objects.get(name="重阳礼包")
    shown = client.get(f"/admin/grids/giftcampaign/{made.pk}/change/").content.decode()
    assert "0/2" in shown
    assert diecui.households[1].long_name in shown
    assert "0/1" in client.get("/admin/grids/giftcampaign/").content.decode()
    assert client.get(f"/admin/grids/festivalvisitrule/{rule.pk}/change/").status_code == 200


# By colour.


def special(diecui, number, **given):
    person = make_resident(diecui.households[number], f"特殊{number}", f"1370000000{number}")
    return mark(person, "特殊人群", None, at=WEEK_BEFORE, **given)


def test_rule_for_a_colour_lists_those_who_bear_it_and_nobody_silent(diecui):
    stand(diecui.households[0])
    for number in (1, 2, 3):
        special(diecui, number)
    mark(diecui.households[3].residents.get(), "已故", None, at=WEEK_BEFORE)
    rule = actions.festival_rule_set(
        community=diecui.community,
        festival="spring",
        days_before=7,
        colours=[colour("特殊人群", diecui.community)],
        actor=None,
        at=WEEK_BEFORE,
    )

    assert festival_visits_plan(at=WEEK_BEFORE) == 2
    assert festival_visits_plan(at=WEEK_BEFORE) == 0
    assert {one.household for one in rule.visits.all()} == {*diecui.households[1:3]}


def test_packs_for_a_colour_are_one_a_household(diecui):
    special(diecui, 1)
    days = {"starts_on": WEEK_BEFORE.date(), "ends_on": WEEK_BEFORE.date()}
    yellow = [colour("特殊人群", diecui.community)]
    made = campaign(diecui, colours=yellow, at=WEEK_BEFORE, **days)

    assert [pack.household for pack in made.packs.all()] == [diecui.households[1]]
    with pytest.raises(InvalidInputError, match="色标"):
        campaign(diecui, name="空", colours=[colour("租户", diecui.community)], at=WEEK_BEFORE, **days)


@pytest.mark.parametrize("word", ["已故", "搬离"])
def test_nobody_silent_is_chosen_by_colour(diecui, word):
    with pytest.raises(InvalidInputError, match="不走访"):
        actions.festival_rule_set(
            community=diecui.community,
            festival="spring",
            days_before=7,
            colours=[colour(word, diecui.community)],
            actor=None,
            at=WEEK_BEFORE,
        )


def test_colours_of_a_rule_are_chosen_at_the_desk(client, diecui, secretary):
    client.force_login(secretary)
    yellow = colour("特殊人群", diecui.community)
    given = {"community": diecui.community.pk, "festival": "spring", "days_before": "7", "is_active": "on"}

    client.post(reverse("admin:grids_festivalvisitrule_add"), {**given, "colours": [yellow.pk]})

    rule = FestivalVisitRule.objects.get()
    assert list(rule.colours.all()) == [yellow]
    shown = client.get(reverse("admin:grids_festivalvisitrule_change", args=[rule.pk])).content.decode()
    assert "信息册 · 黄 · 特殊人群" in shown
    assert "信息册 · 红 · 已故" not in shown


# Who is told of what is left.


def told(kind):
    return list(InboxItem.objects.filter(kind=kind).order_by("pk").values_list("user__username", flat=True))


def test_festival_is_told_before_and_on_the_day_to_the_worker_and_afterwards_to_the_leader(
    diecui, rule, grid_worker, grid_leader
):
    stand(diecui.households[0], diecui.households[1])
    festival_visits_plan(at=WEEK_BEFORE)

    found = [festivals_remind(at=WEEK_BEFORE + days * DAY) for days in (0, 3, 4, 4, 5, 7, 7, 8, 8, 9)]

    assert found == [0, 0, 2, 0, 0, 2, 0, 2, 0, 0]
    assert told("festival.left") == [grid_worker.username, grid_worker.username, grid_leader.username]


def test_festival_visit_that_was_made_or_whose_people_are_silent_is_told_to_nobody(diecui, rule, grid_worker):
    stand(diecui.households[0], diecui.households[1])
    festival_visits_plan(at=WEEK_BEFORE)
    visit(diecui.households[0], grid_worker, at=WEEK_BEFORE + DAY)
    mark(make_resident(diecui.households[1], "已故的人", "13900000061"), "已故", None)

    assert [festivals_remind(at=WEEK_BEFORE + days * DAY) for days in (4, 7, 8)] == [0, 0, 0]


def test_packs_left_are_told_every_day_of_the_last_week_and_once_when_over(
    diecui, grid_worker, grid_leader, pack
):
    campaign, at = pack.campaign, NOW + (pack.campaign.ends_on - NOW.date())
    GiftCampaign.objects.update(starts_on=campaign.ends_on - 20 * DAY)

    found = [gifts_remind(at=at + days * DAY) for days in (-7, -6, -6, -5, 0, 0, 1, 1, 2)]

    assert found == [0, 1, 0, 1, 1, 0, 1, 0, 0]
    assert told("gift.left") == [*[grid_worker.username] * 3, grid_leader.username]


def test_pack_that_was_brought_is_told_to_nobody(grid_worker, pack):
    actions.gift_deliver(pack_id=pack.pk, signed_by="张奶奶", actor=grid_worker, at=NOW)

    assert gifts_remind(at=NOW + (pack.campaign.ends_on - NOW.date())) == 0


def test_telling_costs_the_same_for_one_and_for_many(diecui, rule, grid_worker, grid_leader):
    def cost(rooms, at):
        doors = Household.objects.bulk_create(
            Household(place=diecui.entrances[0], room=room) for room in rooms
        )
        FestivalVisit.objects.bulk_create(
            FestivalVisit(rule=rule, household=door, festival_on=SPRING) for door in doors
        )
        with CaptureQueriesContext(connection) as found:
            festivals_remind(at=at)
        return len(found)

    assert cost(["301"], WEEK_BEFORE + 4 * DAY) == cost(
        [f"4{n:02}" for n in range(20)], WEEK_BEFORE + 5 * DAY
    )
