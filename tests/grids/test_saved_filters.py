"""A list of the grids' desk is kept under a name, and belongs to its owner and to that list alone."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.urls import reverse

from community.actions.list_export import PERSONAL
from community.admin.exporting import ExportMixin
from community.duties import Duty
from community.models import ListExport
from core.admin_lists import SavedFiltersMixin
from core.errors import InvalidInputError
from core.models import SavedFilter
from grids.models import CareSubject, DutyList, Errand, Hazard, MeterCycle, Need, Patrol, ResidentTag, Visit
from tests.cast import make_staff
from tests.petitions.pages import statements

pytestmark = pytest.mark.django_db
LISTS = (Hazard, Visit, Need, Errand, CareSubject, ResidentTag, Patrol, DutyList, MeterCycle)
ABOUT_PEOPLE = (
    *("assistedapplication", "carefile", "caremonth", "caresubject", "ebike", "emergencyteam", "errand"),
    *("hazard", "need", "opiniondiaryentry", "partnerlead", "protectionreferral", "reportingmember"),
    *("residenttag", "visit"),
)


@pytest.fixture
def child_officer(diecui):
    """Somebody of the desk who sees no hazards."""
    return make_staff("child", "儿童主任", Duty.CHILD_OFFICER, diecui.place)


def address(model, name="changelist", *args):
    return reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_{name}", args=args)


def save(client, model, asked, name="急的"):
    return client.post(address(model, "filter_save"), {"name": name, "list": asked})


def test_every_list_of_grids_is_kept_under_names_and_taken_along():
    desks = [desk for model, desk in admin.site._registry.items() if model._meta.app_label == "grids"]

    assert len(desks) > 25
    assert [desk for desk in desks if not isinstance(desk, SavedFiltersMixin)] == []
    assert [desk for desk in desks if not (isinstance(desk, ExportMixin) and desk.exportable)] == []


def test_lists_about_people_are_taken_along_for_a_purpose_alone():
    named = {name.removeprefix("grids.") for name in PERSONAL if name.startswith("grids.")}

    assert named == set(ABOUT_PEOPLE)


@pytest.mark.parametrize("model", [Visit, Errand, Hazard, Need])
def test_list_about_people_without_a_purpose_is_not_made(client, secretary, model):
    client.force_login(secretary)

    refused = client.post(address(model, "export"), {"purpose": ""})
    assert (refused.status_code, ListExport.objects.count()) == (200, 0)
    assert client.post(address(model, "export"), {"purpose": "核对台账"}).status_code == 302

    assert ListExport.objects.get().purpose == "核对台账"


@pytest.mark.parametrize("model", LISTS)
def test_list_is_kept_and_shown_by_its_name(client, secretary, model):
    assert isinstance(admin.site._registry[model], SavedFiltersMixin)
    client.force_login(secretary)

    answer = save(client, model, "q=1号楼&o=new&password=x&cursor=abc")

    kept = SavedFilter.objects.get()
    assert (kept.user, kept.page, kept.name) == (secretary, model._meta.label_lower, "急的")
    assert kept.querystring == "q=1%E5%8F%B7%E6%A5%BC&o=new"
    assert answer.url.endswith(f"?{kept.querystring}")
    shown = client.get(address(model)).content.decode()
    assert f'href="?{kept.querystring.replace("&", "&amp;")}"' in shown


def test_own_filters_of_the_list_are_kept_and_the_same_name_replaces(client, secretary):
    client.force_login(secretary)

    save(client, Hazard, "late=yes&state__exact=open&scope__name=x")
    save(client, Hazard, "state__exact=open")

    assert [kept.querystring for kept in SavedFilter.objects.all()] == ["state__exact=open"]
    assert client.get(f"{address(Hazard)}?state__exact=open").status_code == 200


def test_other_lists_and_other_people_do_not_see_it(client, secretary, clerk):
    client.force_login(secretary)
    save(client, Hazard, "o=new")
    kept = SavedFilter.objects.get()
    client.get(address(Hazard))  # the word that it was kept
    assert "急的" not in client.get(address(Need)).content.decode()
    client.post(address(Need, "filter_drop", kept.pk))
    client.force_login(clerk)
    assert "急的" not in client.get(address(Hazard)).content.decode()
    client.post(address(Hazard, "filter_drop", kept.pk))
    assert SavedFilter.objects.filter(pk=kept.pk).exists()

    client.force_login(secretary)
    client.post(address(Hazard, "filter_drop", kept.pk))

    assert not SavedFilter.objects.exists()


@pytest.mark.parametrize(("name", "asked"), [("", "o=new"), ("长" * 21, "o=new"), ("空", "evil=1")])
def test_what_has_no_name_or_narrows_nothing_is_refused(client, secretary, name, asked):
    client.force_login(secretary)

    assert save(client, Hazard, asked, name).status_code == InvalidInputError.status

    assert not SavedFilter.objects.exists()


def test_no_more_than_twenty_of_one_list(client, secretary):
    client.force_login(secretary)
    for number in range(20):
        save(client, Hazard, "o=new", f"第{number}")

    refused = save(client, Hazard, "o=new", "再来一个")
    other = save(client, Need, "o=new")

    assert (refused.status_code, other.status_code) == (InvalidInputError.status, 302)
    assert SavedFilter.objects.count() == 21


def test_anonymous_and_people_without_a_post_keep_nothing(client, outsider, child_officer):
    assert "/admin/login/" in save(client, Hazard, "o=new").url
    client.force_login(outsider)
    assert "/admin/login/" in save(client, Hazard, "o=new").url
    client.force_login(child_officer)
    assert save(client, Hazard, "o=new").status_code == 403
    assert not SavedFilter.objects.exists()


def test_list_costs_the_same_with_many_saved(client, secretary):
    client.force_login(secretary)

    def cost():
        with statements() as made:
            client.get(address(Hazard))
        return len(made)

    cost()
    few = cost()
    for number in range(15):
        save(client, Hazard, "o=new", f"第{number}")
    assert cost() == few
