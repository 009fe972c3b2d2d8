"""专项整治: hazards of its types come into it, each is looked at again, and with none open it is closed."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.errors import ConflictError, DomainError, InvalidInputError, NotAllowedError, RepeatedError
from core.models import InboxItem, User
from grids.actions.campaign_sweeping import campaigns_sweep
from grids.actions.campaigns import (
    CampaignPlan,
    campaign_close,
    campaign_set,
    e_bike_register,
    e_bike_remove,
    violation_look,
)
from grids.models import Campaign, EBike, Hazard, Violation
from grids.selectors.campaigns import trend, weeks_of
from grids.selectors.hazard_figures import hazard_figures
from tests.cast import NOW
from tests.grids.test_hazards import DAY, TODAY, a_type, close, company, in_hand, upload  # noqa: F401
from tests.parallel import at_once, overlapping

pytestmark = pytest.mark.django_db
WEEK = 7 * DAY
LATER = NOW + WEEK


def campaign(community: Any, actor: User | None = None, **given: Any) -> Campaign:
    plan = {
        "name": "电动自行车整治",
        "types": [a_type()],
        "days": 7,
        "starts_on": TODAY - 30 * DAY,
        "ends_on": TODAY + 60 * DAY,
        **given,
    }
    return campaign_set(community=community, plan=CampaignPlan(**plan), actor=actor, at=NOW)


def look(hazard: Hazard, actor: User, *, is_clear: bool = True, note: str = "", at: Any = LATER) -> Violation:
    return violation_look(hazard_id=hazard.pk, is_clear=is_clear, note=note, actor=actor, at=at)


@pytest.fixture
def running(community) -> Campaign:
    return campaign(community)


class TestBelonging:
    def test_hazard_of_its_type_comes_into_it(self, running, building, grid_worker):
        hazard = in_hand(building, grid_worker)

        assert (hazard.violation.campaign, hazard.violation.look_on) == (running, TODAY + WEEK)

    def test_other_types_other_days_and_other_communities_stay_out(
        self, community, fuxi, building, grid_worker
    ):
        campaign(community, types=[a_type("楼道杂物堆积")])
        campaign(community, name="以后", starts_on=TODAY + DAY)
        campaign(fuxi.community)
        in_hand(building, grid_worker)

        assert not Violation.objects.exists()

    def test_plate_finds_its_household(self, running, building, diecui, grid_worker):
        bike = e_bike_register(
            household=diecui.households[0], plate="运城 a·12345", actor=grid_worker, at=NOW
        )
        hazard = in_hand(building, grid_worker, plate="运城A12345")

        assert (bike.plate, hazard.violation.bike) == ("运城A12345", bike)

    def test_plate_that_nobody_registered_is_kept_as_it_is(self, running, building, grid_worker):
        violation = in_hand(building, grid_worker, plate="运城B1").violation

        assert (violation.plate, violation.bike) == ("运城B1", None)


class TestLooking:
    @pytest.fixture
    def hazard(self, running, building, grid_worker) -> Hazard:
        return in_hand(building, grid_worker)

    def test_gone_and_not_come_back_it_is_cleared(self, hazard, grid_worker):
        close(hazard, grid_worker)
        kept = look(hazard, grid_worker)

        assert (kept.cleared_by, kept.looks, kept.sweep_on) == (grid_worker, 1, None)

    def test_come_back_it_is_looked_at_again_later(self, hazard, grid_worker):
        close(hazard, grid_worker)
        kept = look(hazard, grid_worker, is_clear=False, note="又拉了一根线。")

        assert (kept.cleared_at, kept.look_on) == (None, TODAY + 2 * WEEK)

    def test_before_its_day_it_is_refused(self, hazard, grid_worker):
        close(hazard, grid_worker)

        with pytest.raises(InvalidInputError):
            look(hazard, grid_worker, at=NOW + 6 * DAY)

    def test_while_the_danger_is_there_it_is_not_cleared(self, hazard, grid_worker):
        with pytest.raises(ConflictError):
            look(hazard, grid_worker)

    def test_come_back_without_a_word_is_refused(self, hazard, grid_worker):
        with pytest.raises(InvalidInputError):
            look(hazard, grid_worker, is_clear=False)

    def test_whoever_answered_for_it_does_not_look(self, running, building, grid_worker, grid_leader):
        hazard = in_hand(building, grid_worker, grid_leader)
        close(hazard, grid_worker)

        with pytest.raises(NotAllowedError):
            look(hazard, grid_leader)

    def test_of_another_grid_nobody_looks(self, hazard, worker_of_another_grid):
        with pytest.raises(NotAllowedError):
            look(hazard, worker_of_another_grid)

    def test_cleared_twice_the_second_is_told(self, hazard, grid_worker):
        close(hazard, grid_worker)
        look(hazard, grid_worker)

        with pytest.raises(RepeatedError):
            look(hazard, grid_worker)

    @pytest.mark.django_db(transaction=True)
    def test_cleared_by_three_at_once_it_is_cleared_once(self, hazard, grid_worker, secretary):
        close(hazard, grid_worker)
        results = at_once([lambda one=one: look(hazard, one) for one in (grid_worker, secretary, secretary)])

        assert sum(isinstance(result, Violation) for result in results) == 1
        assert Violation.objects.get().looks == 1

    def test_database_refuses_one_cleared_without_a_look(self, hazard, grid_worker):
        with pytest.raises(IntegrityError, match="violation_cleared_by_a_look"), transaction.atomic():
            Violation.objects.update(cleared_at=NOW, cleared_by=grid_worker)


class TestClosing:
    def test_with_something_open_it_says_how_much(self, running, building, grid_worker, secretary):
        for _ in range(3):
            in_hand(building, grid_worker)

        with pytest.raises(ConflictError, match="3"):
            campaign_close(campaign_id=running.pk, actor=secretary, at=LATER)

    def test_with_nothing_open_it_is_closed_and_takes_nothing_more(
        self, running, building, grid_worker, secretary
    ):
        hazards = [in_hand(building, grid_worker) for _ in range(12)]
        for hazard in hazards:
            close(hazard, grid_worker)
            look(hazard, grid_worker)
        closed = campaign_close(campaign_id=running.pk, actor=secretary, at=LATER)
        in_hand(building, grid_worker)

        weeks = weeks_of(closed, TODAY + WEEK)
        assert (weeks[-1].known, weeks[-1].open, closed.violations.count()) == (12, 0, 12)
        with pytest.raises(RepeatedError):
            campaign_close(campaign_id=running.pk, actor=secretary, at=LATER)

    def test_leader_of_a_grid_closes_nothing_of_the_community(self, running, grid_leader):
        with pytest.raises(NotAllowedError):
            campaign_close(campaign_id=running.pk, actor=grid_leader, at=LATER)

    @pytest.mark.django_db(transaction=True)
    def test_closed_while_a_hazard_comes_in_it_has_none_open(self, running, building, grid_worker, secretary):
        results = overlapping(
            lambda: in_hand(building, grid_worker),
            lambda: campaign_close(campaign_id=running.pk, actor=secretary, at=LATER),
        )

        assert isinstance(results[1], ConflictError)
        running.refresh_from_db()
        assert (running.closed_at, running.violations.count()) == (None, 1)

    @pytest.mark.django_db(transaction=True)
    def test_closed_by_two_at_once_it_is_closed_once(self, running, clerk, secretary):
        _first, second = overlapping(
            lambda: campaign_close(campaign_id=running.pk, actor=secretary, at=LATER),
            lambda: campaign_close(campaign_id=running.pk, actor=clerk, at=LATER + DAY),
        )

        assert isinstance(second, RepeatedError)
        running.refresh_from_db()
        assert (running.closed_by, running.closed_at) == (secretary, LATER)

    @pytest.mark.django_db(transaction=True)
    def test_hazard_that_comes_in_while_it_is_closed_stays_out(
        self, running, building, grid_worker, secretary
    ):
        overlapping(
            lambda: campaign_close(campaign_id=running.pk, actor=secretary, at=LATER),
            lambda: in_hand(building, grid_worker),
        )

        assert Hazard.objects.count() == 1
        assert not Violation.objects.exists()


def test_weeks_show_the_way_to_zero(running, building, grid_worker):
    first = in_hand(building, grid_worker)
    Hazard.objects.update(found_at=NOW - 2 * WEEK)
    close(first, grid_worker)
    in_hand(building, grid_worker)
    Violation.objects.update(look_on=TODAY)
    look(first, grid_worker, at=NOW)
    weeks = weeks_of(running, TODAY)

    assert [(one.found, one.cleared, one.open) for one in weeks[-3:]] == [(1, 0, 1), (0, 0, 1), (1, 1, 1)]
    assert len(trend(weeks).columns) == len(weeks)


class TestSweeping:
    def test_on_its_day_the_worker_is_told_once(self, running, building, grid_worker):
        for _ in range(3):
            in_hand(building, grid_worker)
        swept = [campaigns_sweep(at=NOW + days * DAY) for days in (6, 7, 7, 8)]

        assert swept == [0, 3, 0, 0]
        told = InboxItem.objects.get(kind="campaign.look")
        assert told.user == grid_worker
        assert "3" in told.body

    def test_come_back_it_is_told_again(self, running, building, grid_worker):
        hazard = in_hand(building, grid_worker)
        campaigns_sweep(at=LATER)
        look(hazard, grid_worker, is_clear=False, note="又充了。")
        campaigns_sweep(at=LATER + WEEK)

        assert InboxItem.objects.filter(kind="campaign.look").count() == 2

    @pytest.mark.django_db(transaction=True)
    def test_two_sweeps_at_once_tell_once(self, running, building, grid_worker):
        in_hand(building, grid_worker)
        at_once([lambda: campaigns_sweep(at=LATER)] * 3)

        assert InboxItem.objects.filter(kind="campaign.look").count() == 1


class TestPlates:
    def test_plate_is_registered_once_until_it_is_removed(self, diecui, grid_worker):
        first = e_bike_register(household=diecui.households[0], plate="A1234", actor=grid_worker, at=NOW)
        with pytest.raises(ConflictError):
            e_bike_register(household=diecui.households[1], plate="a 1234", actor=grid_worker, at=NOW)
        e_bike_remove(bike_id=first.pk, actor=grid_worker, at=NOW)
        e_bike_register(household=diecui.households[1], plate="A1234", actor=grid_worker, at=NOW)

        assert EBike.objects.filter(removed_at=None).count() == 1

    @pytest.mark.django_db(transaction=True)
    def test_registered_by_two_at_once_it_is_there_once(self, diecui, grid_worker):
        doors = diecui.households[:2]
        results = at_once(
            [
                lambda door=door: e_bike_register(household=door, plate="A1234", actor=grid_worker, at=NOW)
                for door in doors
            ]
        )

        assert EBike.objects.count() == 1
        assert sum(isinstance(result, (DomainError, IntegrityError)) for result in results) == 1

    def test_at_a_door_of_another_grid_it_is_refused(self, diecui, worker_of_another_grid):
        with pytest.raises(NotAllowedError):
            e_bike_register(
                household=diecui.households[0], plate="A1234", actor=worker_of_another_grid, at=NOW
            )


class TestPages:
    @pytest.fixture
    def hazard(self, running, building, grid_worker) -> Hazard:
        hazard = in_hand(building, grid_worker, at=timezone.now())
        close(hazard, grid_worker, at=timezone.now())
        Violation.objects.update(look_on=timezone.localdate())
        return hazard

    @pytest.fixture
    def running(self, community) -> Campaign:
        today = timezone.localdate()
        return campaign(community, ends_on=today + DAY)

    def test_whole_way_on_the_phone(self, client, hazard, running, grid_worker):
        client.force_login(grid_worker)
        tile = next(tile for tile in client.get("/today/").context["tiles"] if tile.code == "campaign")
        page = f"/work/campaigns/{running.pk}/"
        assert (tile.count, tile.url) == (1, "/work/campaigns/")
        assert page in client.get(tile.url).content.decode()
        assert f"/work/hazards/{hazard.pk}/" in client.get(page).content.decode()
        assert (
            f"/work/hazards/{hazard.pk}/look/" in client.get(f"/work/hazards/{hazard.pk}/").content.decode()
        )
        assert client.get(f"/work/hazards/{hazard.pk}/look/").status_code == 200
        assert client.post(f"/work/hazards/{hazard.pk}/look/", {"clear": "no"}).status_code == 422
        assert client.post(f"/work/hazards/{hazard.pk}/look/", {"clear": "yes"}).status_code == 302

        assert Violation.objects.get().cleared_by == grid_worker
        assert "campaign" not in {tile.code for tile in client.get("/today/").context["tiles"]}

    def test_form_asks_for_a_plate_while_a_campaign_runs(self, client, grid_worker, running):
        client.force_login(grid_worker)
        assert 'name="plate"' in client.get("/work/hazards/new/").content.decode()
        Campaign.objects.update(ends_on=timezone.localdate() - DAY)
        assert 'name="plate"' not in client.get("/work/hazards/new/").content.decode()

    def test_plates_of_a_door(self, client, diecui, grid_worker):
        client.force_login(grid_worker)
        page = f"/work/homes/{diecui.households[0].pk}/bikes/"
        assert client.get(page).status_code == 200
        assert client.post(page, {"plate": "1"}).status_code == 422
        assert client.post(page, {"plate": "运城A12345"}).status_code == 302
        bike = EBike.objects.get()
        assert "运城A12345" in client.get(page).content.decode()
        other = f"/work/homes/{diecui.households[1].pk}/bikes/{bike.pk}/"
        assert client.post(other).status_code == 404
        assert client.post(f"{page}{bike.pk}/").status_code == 302

        assert not EBike.objects.filter(removed_at=None).exists()

    def test_others_see_nothing(
        self,
        client,
        hazard,
        running,
        diecui,
        outsider,
        worker_of_another_grid,
        secretary_of_another_community,
    ):
        page, door = f"/work/campaigns/{running.pk}/", f"/work/homes/{diecui.households[0].pk}/bikes/"
        assert {client.get(path).status_code for path in (page, door, "/work/campaigns/")} == {302}
        client.force_login(outsider)
        assert {client.get(path).status_code for path in (page, door, "/work/campaigns/")} == {403}
        client.force_login(secretary_of_another_community)
        assert {client.get(path).status_code for path in (page, door)} == {404}
        client.force_login(worker_of_another_grid)
        assert client.get(door).status_code == 404
        assert f"/work/hazards/{hazard.pk}/" not in client.get(page).content.decode()

    def test_page_takes_as_many_statements_for_many(self, client, running, building, grid_worker):
        client.force_login(grid_worker)
        counted = []
        for number in (3, 12):
            for _ in range(number):
                in_hand(building, grid_worker, at=timezone.now())
            client.get(f"/work/campaigns/{running.pk}/")
            with CaptureQueriesContext(connection) as queries:
                client.get(f"/work/campaigns/{running.pk}/")
            counted.append(len(queries))

        assert counted[0] == counted[1]


class TestDesk:
    def test_campaign_is_begun_shown_and_closed(self, client, community, building, grid_worker, secretary):
        client.force_login(secretary)
        pages = reverse("admin:grids_campaign_changelist")
        today = timezone.localdate()
        given = {
            "community": community.pk,
            "name": "飞线整治",
            "types": [a_type().pk],
            "days": 7,
            "starts_on": f"{TODAY}",
            "ends_on": f"{today + DAY}",
        }
        assert client.post(f"{pages}add/", given).status_code == 302
        made = Campaign.objects.get()
        hazard = in_hand(building, grid_worker, at=timezone.now())
        row = f"{pages}{made.pk}/"
        assert "1 / 1" in client.get(pages).content.decode()
        assert "<svg" in client.get(f"{row}change/").content.decode()
        assert "1" in client.post(f"{row}close/").content.decode()
        close(hazard, grid_worker, at=timezone.now())
        Violation.objects.update(look_on=today)
        look(hazard, grid_worker, at=timezone.now())
        assert client.post(f"{row}close/").status_code == 302

        made.refresh_from_db()
        assert made.closed_by == secretary

    def test_plate_is_found(self, client, diecui, grid_worker, secretary):
        e_bike_register(household=diecui.households[0], plate="A1234", actor=grid_worker, at=NOW)
        client.force_login(secretary)
        found = client.get(f"{reverse('admin:grids_ebike_changelist')}?q=a12")

        assert len(found.context["cl"].result_list) == 1

    def test_figures_by_type_and_company(self, client, building, grid_worker, secretary, company):  # noqa: F811
        for days, is_closed in ((3, True), (0, True), (1, False)):
            hazard = in_hand(building, grid_worker, days=days)
            if is_closed:
                close(hazard, grid_worker, at=NOW + DAY)
        Hazard.objects.update(responsible_body=company, responsible_name="")
        figures = hazard_figures(["/"], TODAY + 2 * DAY)
        client.force_login(secretary)

        [row] = figures.companies
        assert (row.name, row.open, row.overdue, row.closed, row.on_time, row.rate) == (
            "安居物业", 1, 1, 2, 1, "50.0%",
        )  # fmt: skip
        page = client.get(reverse("admin:grids_hazard_figures")).content.decode()
        assert "安居物业" in page
        assert "<svg" in page

    def test_figures_of_others_are_not_counted(
        self, client, building, grid_worker, secretary_of_another_community, outsider
    ):
        in_hand(building, grid_worker)
        client.force_login(secretary_of_another_community)
        page = reverse("admin:grids_hazard_figures")

        assert client.get(page).context["figures"].whole.total == 0
        client.force_login(outsider)
        assert client.get(page).status_code in (302, 403)
