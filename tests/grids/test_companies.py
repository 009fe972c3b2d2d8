"""A property company sees what it answers for and says that it is done; another company sees nothing (G-24)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.shortcuts import resolve_url
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from community import actions
from community.duties import Duty
from community.models import Estate, Organisation, Place
from community.models.place import PlaceKind
from core.errors import InvalidInputError, NotAllowedError
from core.models import InboxItem, User
from grids.actions.hazards.filing import Answerable, hazard_file
from grids.actions.hazards.rectifying import hazard_close, hazard_done
from grids.actions.hazards.sweeping import hazards_sweep
from grids.models import Hazard, HazardState
from tests.cast import NOW, Town, make_staff
from tests.grids.hazards import DAY, found, in_hand, photo, upload

pytestmark = pytest.mark.django_db
LIST, API = "/company/hazards/", "/api/v1/hazards/"


def of_company(place: Place, worker: User, *, at: datetime = NOW, days: int = 7) -> Hazard:
    answerable = Answerable(timezone.localdate(at) + days * DAY)
    return hazard_file(
        found=found(place, is_public_area=True), answerable=answerable, key=uuid4(), actor=worker, at=at
    )


@pytest.fixture
def company(estate: Place, diecui: Town) -> Organisation:
    made = Organisation.objects.create(community=diecui.community, kind="property_company", name="安居物业")
    Estate.objects.update_or_create(place=estate, defaults={"property_company": made})
    return made


@pytest.fixture
def rep(estate: Place, company: Organisation) -> User:
    return make_staff("rep", "物业代表甲", Duty.PROPERTY_REP, estate)


@pytest.fixture
def other_rep(diecui: Town) -> User:
    """Of another company in the same community."""
    estate = actions.place_create(kind=PlaceKind.ESTATE, name="二号小区", parent=diecui.place, at=NOW)
    other = Organisation.objects.create(community=diecui.community, kind="property_company", name="和顺物业")
    Estate.objects.update_or_create(place=estate, defaults={"property_company": other})
    return make_staff("other-rep", "物业代表乙", Duty.PROPERTY_REP, estate)


@pytest.fixture
def hazard(building, grid_worker, rep) -> Hazard:
    return of_company(building, grid_worker, at=timezone.now())


class TestTelling:
    def test_company_is_told_at_filing_with_a_page_that_it_may_open(self, client, hazard, rep, other_rep):
        item = InboxItem.objects.get(kind="hazard.given")
        client.force_login(rep)

        assert item.user == rep
        assert client.get(urlsplit(item.url).path).status_code == 200

    def test_company_is_reminded_and_of_its_end(self, building, grid_worker, rep, other_rep):
        hazard = of_company(building, grid_worker, days=3)
        hazards_sweep(at=NOW + 2 * DAY)
        hazard_done(hazard_id=hazard.pk, note="已清走。", photos=[photo()], actor=rep, at=NOW + 2 * DAY)
        hazards_sweep(at=NOW + 3 * DAY)
        hazard_close(hazard_id=hazard.pk, note="", photos=[photo()], actor=grid_worker, at=NOW + 3 * DAY)

        kinds = InboxItem.objects.filter(user=rep).order_by("pk").values_list("kind", flat=True)
        assert list(kinds) == ["hazard.given", "hazard.due", "hazard.closed"]
        assert not InboxItem.objects.filter(user=other_rep).exists()

    def test_without_a_representative_the_worker_hears_instead(self, building, grid_worker, company):
        of_company(building, grid_worker, days=1)
        hazards_sweep(at=NOW + DAY)

        assert InboxItem.objects.get(kind="hazard.due").user == grid_worker


class TestStanding:
    def test_over_estates_of_two_companies_one_stands_for_nobody(self, client, diecui, hazard, other_rep):
        both = make_staff("both", "两头跑", Duty.PROPERTY_REP, diecui.place)
        client.force_login(both)

        assert client.get(LIST).status_code == 404
        assert client.get(API).json()["results"] == []

    def test_over_the_whole_community_with_one_company_one_stands_for_it(self, client, diecui, hazard):
        client.force_login(make_staff("all", "总代表", Duty.PROPERTY_REP, diecui.place))

        assert hazard.text in client.get(LIST).content.decode()

    def test_after_the_estate_has_another_company_the_old_one_sees_nothing(self, client, estate, hazard, rep):
        other = Organisation.objects.create(
            community=hazard.community, kind="property_company", name="新来物业"
        )
        Estate.objects.filter(place=estate).update(property_company=other)
        client.force_login(rep)

        assert client.get(f"{LIST}{hazard.pk}/").status_code == 404


class TestPages:
    def test_representative_reads_it_and_reports_it_done_with_a_photo(self, client, hazard, rep):
        client.force_login(rep)
        page = f"{LIST}{hazard.pk}/"
        image = hazard.photos.get().pk
        assert hazard.text in client.get(LIST).content.decode()
        assert "报整改完成" in client.get(page).content.decode()
        assert client.get(f"{page}photos/{image}/?small")["Content-Type"] == "image/jpeg"
        assert client.get(f"{page}done/").status_code == 200
        assert client.post(f"{page}done/", {"note": "清走了。"}).status_code == 422
        assert client.post(f"{page}done/", {"note": "清走了。", **upload()}).status_code == 302

        hazard.refresh_from_db()
        assert (hazard.state, hazard.photos.filter(kind="done").count()) == (HazardState.DONE, 1)
        assert not client.get(page).context["may_report"]
        assert client.post(f"{page}done/", {"note": "又报。", **upload()}).status_code == 409

    def test_representative_never_closes_it_nor_reads_the_ledger(self, client, hazard, rep):
        client.force_login(rep)
        for path in ("", f"{hazard.pk}/", f"{hazard.pk}/recheck/", f"{hazard.pk}/move/"):
            assert client.get(f"/work/hazards/{path}").status_code == 403
        with pytest.raises(NotAllowedError):
            hazard_close(hazard_id=hazard.pk, note="", photos=[photo()], actor=rep, at=timezone.now())

    def test_company_without_photo_is_refused_by_the_action(self, hazard, rep):
        with pytest.raises(InvalidInputError):
            hazard_done(hazard_id=hazard.pk, note="x", photos=[], actor=rep, at=timezone.now())

    def test_what_others_answer_for_is_not_the_companys(self, client, building, grid_worker, rep):
        theirs = in_hand(building, grid_worker, at=timezone.now())
        client.force_login(rep)

        assert theirs.text not in client.get(LIST).content.decode()
        assert client.get(f"{LIST}{theirs.pk}/").status_code == 404

    def test_another_company_sees_nothing(self, client, hazard, other_rep):
        client.force_login(other_rep)
        image = hazard.photos.get().pk

        assert hazard.text not in client.get(LIST).content.decode()
        for path in ("", "done/", f"photos/{image}/"):
            assert client.get(f"{LIST}{hazard.pk}/{path}").status_code == 404
        assert client.post(f"{LIST}{hazard.pk}/done/", {"note": "x", **upload()}).status_code == 404
        with pytest.raises(NotAllowedError):
            hazard_done(hazard_id=hazard.pk, note="x", photos=[photo()], actor=other_rep, at=timezone.now())

    @pytest.mark.parametrize("who", ["secretary", "grid_worker", "resident", "outsider", "administrator"])
    def test_for_everybody_else_there_is_no_such_page(self, client, hazard, who, request):
        client.force_login(request.getfixturevalue(who))

        assert {client.get(path).status_code for path in (LIST, f"{LIST}{hazard.pk}/")} == {404}

    def test_strangers_sign_in(self, client, hazard):
        assert client.get(LIST).status_code == 302

    def test_after_sign_in_a_representative_stands_before_their_hazards(self, client, rep):
        client.force_login(rep)

        assert client.get(resolve_url(settings.STAFF_HOME)).headers["Location"] == LIST

    def test_list_takes_as_many_statements_for_many(self, client, building, grid_worker, rep):
        client.force_login(rep)
        counted = []
        for number in (3, 27):
            for _ in range(number):
                of_company(building, grid_worker, at=timezone.now())
            with CaptureQueriesContext(connection) as queries:
                client.get(LIST)
            counted.append(len(queries))

        assert counted[0] == counted[1]


class TestApi:
    def refused(self, response: Any, status: int, code: str) -> None:
        assert response.status_code == status, response.content
        assert (response.json()["code"], set(response.json())) == (code, {"code", "message", "extra"})

    def test_without_signing_in_it_is_401(self, client, hazard):
        for path in ("", f"{hazard.pk}/"):
            self.refused(client.get(f"{API}{path}"), 401, "not_signed_in")
        self.refused(client.post(f"{API}{hazard.pk}/done/", {"note": "x"}), 401, "not_signed_in")

    def test_company_reads_its_hazards_and_their_photos(self, client, hazard, rep):
        client.force_login(rep)
        row = client.get(API).json()["results"][0]
        one = client.get(f"{API}{hazard.pk}/").json()

        assert (row["number"], row["state"], row["company"]) == (hazard.number, "open", "安居物业")
        assert [event["kind"] for event in one["history"]] == ["filed"]
        assert client.get(one["photos"][0]["url"]).status_code == 200
        assert str(hazard.found_by) not in client.get(f"{API}{hazard.pk}/").content.decode()

    @pytest.mark.parametrize("who", ["other_rep", "secretary", "grid_worker", "outsider"])
    def test_nobody_else_finds_any(self, client, hazard, who, request):
        client.force_login(request.getfixturevalue(who))

        assert client.get(API).json()["results"] == []
        self.refused(client.get(f"{API}{hazard.pk}/"), 404, "not_found")
        self.refused(client.post(f"{API}{hazard.pk}/done/", {"note": "x", **upload()}), 404, "not_found")
        assert Hazard.objects.get().state == HazardState.OPEN

    def test_company_reports_it_done_once(self, client, hazard, rep):
        client.force_login(rep)
        path = f"{API}{hazard.pk}/done/"
        self.refused(client.post(path, {"note": "清走了。"}), 422, "invalid_input")
        answer = client.post(path, {"note": "清走了。", **upload()})

        assert (answer.status_code, answer.json()["state"]) == (200, "done")
        assert client.post(path, {"note": "清走了。", **upload()}).status_code == 409

    def test_from_another_site_it_is_refused(self, hazard, rep):
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(rep)

        self.refused(strict.post(f"{API}{hazard.pk}/done/", {"note": "x", **upload()}), 403, "not_allowed")

    def test_pages_go_by_key(self, client, building, grid_worker, rep):
        made = [of_company(building, grid_worker, at=timezone.now()).pk for _ in range(5)]
        client.force_login(rep)
        seen, path = [], f"{API}?page_size=2&state=open"
        while path:
            answer = client.get(path).json()
            seen += [row["id"] for row in answer["results"]]
            path = answer["next"]

        assert seen == made[::-1]

    def test_state_that_there_is_not_is_refused(self, client, rep):
        client.force_login(rep)

        self.refused(client.get(f"{API}?state=gone"), 422, "invalid_input")

    def test_list_takes_as_many_statements_for_many(self, client, building, grid_worker, rep):
        client.force_login(rep)
        counted = []
        for number in (3, 27):
            for _ in range(number):
                of_company(building, grid_worker, at=timezone.now())
            client.get(API)
            with CaptureQueriesContext(connection) as queries:
                client.get(f"{API}?page_size=100")
            counted.append(len(queries))

        assert counted[0] == counted[1]

    def test_it_is_described(self, capsys):
        call_command("spectacular", "--validate", "--fail-on-warn")

        described = capsys.readouterr().out
        assert all(name in described for name in ("hazards_list", "hazards_read", "hazards_done"))
