"""A hazard becomes a matter and a matter a hazard: each once, linked both ways, each ended on its own."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.errors import ConflictError, DomainError, IllegalMoveError, NotAllowedError
from core.models import User
from grids.actions.hazards.filing import Answerable
from grids.models import Hazard, HazardState
from petitions.actions.hazards import hazard_file_from_petition, petition_file_from_hazard
from petitions.models import Origin, Petition, PetitionPhoto, PetitionSource
from petitions.selectors.matter import matter_of
from petitions.selectors.steps import Step, possible_steps
from tests.cast import NOW
from tests.grids.test_hazards import DAY, TODAY, close, found, in_hand, photo, upload
from tests.parallel import at_once
from tests.petitions.loop import file

pytestmark = pytest.mark.django_db


def ask(hazard: Hazard, actor: User, text: str = "请统一加装充电桩。") -> Petition:
    return petition_file_from_hazard(
        hazard_id=hazard.pk, text=text, topic="e_bike_charging", actor=actor, at=NOW
    )


def into_ledger(petition: Petition, actor: User, **given: Any) -> Hazard:
    return hazard_file_from_petition(
        petition_id=petition.pk,
        found=found(petition.place, **given),
        answerable=Answerable(TODAY + DAY, name="店主张三"),
        key=uuid4(),
        actor=actor,
        at=NOW,
    )


@pytest.fixture
def hazard(building, grid_worker, grid_leader) -> Hazard:
    return in_hand(building, grid_worker, grid_leader)


class TestFromHazard:
    def test_it_becomes_a_matter_with_photos_of_its_own(self, hazard, grid_worker):
        petition = ask(hazard, grid_worker)

        taken = PetitionPhoto.objects.get(petition=petition).image
        assert (petition.place, petition.origin) == (hazard.place, Origin.PROACTIVE)
        assert taken != hazard.photo
        assert PetitionSource.objects.get(petition=petition).hazard == hazard
        assert petition.events.last().event == "hazard_linked"

    def test_asked_again_it_names_the_matter(self, hazard, grid_worker, secretary):
        petition = ask(hazard, grid_worker)

        with pytest.raises(ConflictError, match=petition.number):
            ask(hazard, secretary)
        assert Petition.objects.count() == 1

    @pytest.mark.django_db(transaction=True)
    def test_asked_by_three_at_once_there_is_one_matter(self, hazard, grid_worker, secretary, grid_leader):
        people = (grid_worker, secretary, grid_leader)
        results = at_once([lambda one=one: ask(hazard, one, f"{one}请求") for one in people])

        assert sum(isinstance(result, Petition) for result in results) == Petition.objects.count() == 1
        assert sum(isinstance(result, DomainError) for result in results) == 2

    def test_of_another_grid_it_is_refused(self, hazard, worker_of_another_grid):
        with pytest.raises(NotAllowedError):
            ask(hazard, worker_of_another_grid)

    def test_closed_one_is_refused(self, hazard, grid_worker):
        close(hazard, grid_worker)

        with pytest.raises(IllegalMoveError):
            ask(hazard, grid_worker)

    def test_hazard_and_matter_end_each_on_their_own(self, hazard, grid_worker):
        petition = ask(hazard, grid_worker)
        close(hazard, grid_worker)

        petition.refresh_from_db()
        assert petition.stage == "received"


class TestFromMatter:
    def test_it_comes_into_the_ledger_beside_the_matter(self, diecui, grid_worker):
        petition = file(diecui)
        hazard = into_ledger(petition, grid_worker)

        assert hazard.state == HazardState.OPEN
        assert matter_of(grid_worker, number=petition.number, at=NOW).hazard == hazard
        assert not PetitionSource.objects.get().is_hazard_first

    def test_asked_again_it_names_the_hazard(self, diecui, grid_worker):
        petition = file(diecui)
        hazard = into_ledger(petition, grid_worker)

        with pytest.raises(ConflictError, match=hazard.number):
            into_ledger(petition, grid_worker)
        assert Hazard.objects.count() == 1

    @pytest.mark.django_db(transaction=True)
    def test_asked_by_three_at_once_there_is_one_hazard(self, diecui, grid_worker):
        petition = file(diecui)
        photos = [[photo()] for _ in range(3)]
        results = at_once([lambda one=one: into_ledger(petition, grid_worker, photos=one) for one in photos])

        assert sum(isinstance(result, Hazard) for result in results) == Hazard.objects.count() == 1

    def test_what_came_from_a_hazard_becomes_no_second_one(self, hazard, grid_worker):
        petition = ask(hazard, grid_worker)

        with pytest.raises(ConflictError):
            into_ledger(petition, grid_worker)
        at = matter_of(grid_worker, number=petition.number, at=NOW)
        assert Step.HAZARD not in possible_steps(at, grid_worker, NOW)

    def test_what_came_from_a_matter_becomes_no_second_one(self, diecui, grid_worker):
        hazard = into_ledger(file(diecui), grid_worker)

        with pytest.raises(ConflictError):
            ask(hazard, grid_worker)

    def test_database_refuses_a_second_link(self, hazard, diecui, grid_worker):
        ask(hazard, grid_worker)
        link = {"hazard": hazard, "linked_at": NOW, "linked_by": grid_worker}

        with pytest.raises(IntegrityError), transaction.atomic():
            PetitionSource.objects.create(petition=file(diecui), **link)


class TestPages:
    def test_whole_way_from_the_hazards_page(self, client, building, grid_worker, grid_leader):
        hazard = in_hand(building, grid_worker, grid_leader, at=timezone.now())
        client.force_login(grid_worker)
        page, form = f"/work/hazards/{hazard.pk}/", f"/work/new/hazard/{hazard.pk}/"
        assert form in client.get(page).content.decode()
        assert client.get(form).status_code == 200
        assert client.post(form, {"text": "", "topic": "clutter"}).status_code == 422
        answer = client.post(form, {"text": "请统一清理。", "topic": "clutter"})

        petition = Petition.objects.get()
        assert answer["Location"] == f"/work/{petition.number}/"
        assert petition.number in client.get(page).content.decode()
        assert hazard.number in client.get(answer["Location"]).content.decode()
        assert client.post(form, {"text": "再来一次。", "topic": "clutter"}).status_code == 409

    def test_whole_way_from_the_matters_page(self, client, diecui, grid_worker):
        petition = file(diecui, at=timezone.now())
        client.force_login(grid_worker)
        page = f"/work/{petition.number}/hazard/"
        kind = found(petition.place).type.pk
        given = {
            "key": str(uuid4()),
            "type": kind,
            "text": "线路裸露。",
            "rectify_by": f"{timezone.localdate()}",
        }
        assert client.get(page).status_code == 200
        assert client.post(page, {**given, "name": "住户"}).status_code == 422
        assert client.post(page, {**given, **upload()}).status_code == 422
        assert client.post(page, {**given, "name": "住户", **upload()}).status_code == 302

        hazard = Hazard.objects.get()
        assert hazard.number in client.get(f"/work/{petition.number}/").content.decode()
        assert petition.number in client.get(f"/work/hazards/{hazard.pk}/").content.decode()

    def test_others_are_shown_nothing(self, client, hazard, outsider, worker_of_another_grid):
        form = f"/work/new/hazard/{hazard.pk}/"
        assert client.get(form).status_code == 302
        for user, status in ((outsider, 403), (worker_of_another_grid, 404)):
            client.force_login(user)
            assert client.get(form).status_code == status

    def test_number_is_no_link_for_who_may_not_read_it(
        self, client, building, grid_worker, worker_of_another_grid
    ):
        hazard = in_hand(building, grid_worker, worker_of_another_grid, at=timezone.now())
        petition = ask(hazard, grid_worker)
        client.force_login(worker_of_another_grid)
        page = client.get(f"/work/hazards/{hazard.pk}/").content.decode()

        assert petition.number in page
        assert f"/work/{petition.number}/" not in page

    def test_hazards_page_takes_one_statement_more_for_its_matter(self, client, hazard, grid_worker):
        client.force_login(grid_worker)
        counted = []
        for _ in range(2):
            client.get(f"/work/hazards/{hazard.pk}/")
            with CaptureQueriesContext(connection) as queries:
                client.get(f"/work/hazards/{hazard.pk}/")
            counted.append(len(queries))
            if not PetitionSource.objects.exists():
                ask(hazard, grid_worker)

        assert counted[0] == counted[1]
