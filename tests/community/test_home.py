"""A community's front door (C-01, C-03, C-08, C-26)."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from community import actions
from community.duties import Duty
from community.models import Estate, Organisation, PortalBoard, ServicePlace
from community.models.place import PlaceKind
from community.profiles import SHIPPED
from community.registries import home_panels
from core.registries import Panel, Tile, home_tiles
from tests.cast import NOW, SINCE, make_town, make_user

PAGES = ["home", "about", "estates"]


def url(name, slug="diecui"):
    return reverse(f"community:{name}", args=[slug])


def record_fact(community, code="households", value=3219, as_of=date(2025, 12, 31), **changes):
    given = {"label": "户数", "unit": "户", "source": "社区年报", **changes}
    return actions.fact_record(community=community, code=code, value=value, as_of=as_of, at=NOW, **given)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("who", [None, "outsider", "resident", "secretary_of_another_community"])
def test_everybody_may_read_the_pages(client, diecui, request, name, who):
    if who:
        client.force_login(request.getfixturevalue(who))

    assert client.get(url(name)).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_unknown_or_closed_community_is_not_found(client, diecui, administrator, at, name):
    actions.community_update(
        community_id=diecui.community.pk, changes={"is_active": False}, actor=administrator, at=at
    )

    assert client.get(url(name)).status_code == 404
    assert client.get(url(name, "nowhere")).status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_pages_may_only_be_read(client, diecui, name):
    assert client.post(url(name)).status_code == 405


@pytest.mark.parametrize("slug", SHIPPED)
def test_each_brand_shows_its_own_name_and_no_other(client, subdistrict, slug):
    for each in SHIPPED:
        make_town(each, SHIPPED[each].community, subdistrict)

    page = client.get(url("home", slug)).content.decode()

    shown = {each for each in SHIPPED if SHIPPED[each].brand_name in page}
    assert shown == {slug}


def test_home_has_nine_boards_and_one_leads_to_the_form(client, diecui):
    page = client.get(url("home")).content.decode()

    boards = re.findall(r'class="tile[ "]', page)
    assert len(boards) >= 9
    for name in ("阳光政务", "办事大厅", "心声速递", "志愿服务", "文化活动"):
        assert name in page
    assert (
        PortalBoard.objects.get(community=diecui.community, name="心声速递")
        .href("diecui")
        .startswith("/diecui/")
    )


def test_board_without_a_target_is_no_link(client, diecui):
    PortalBoard.objects.filter(community=diecui.community).update(target="")

    assert 'class="tile" href' not in client.get(url("home")).content.decode()


def test_figures_come_with_date_and_source(client, diecui):
    record_fact(diecui.community)
    record_fact(diecui.community, code="area", value=Decimal("0.39"), label="面积", unit="km²")
    record_fact(diecui.community, code="people", value=8400, label="人口", unit="人", qualifier="over")

    page = client.get(url("about")).content.decode()

    for text in ("3,219", "0.39", "8,400", "余", "2025年12月31日", "社区年报"):
        assert text in page


def test_only_the_newest_figure_is_shown(client, diecui):
    record_fact(diecui.community, value=3100, as_of=date(2024, 12, 31))
    record_fact(diecui.community, value=3219)

    page = client.get(url("about")).content.decode()

    assert "3,219" in page
    assert "3,100" not in page


def test_estate_without_company_and_head_says_so(client, diecui):
    page = client.get(url("estates")).content.decode()

    assert "无物业 · 暂无联系人" in page


def test_estate_with_a_building_head_has_a_contact(client, diecui):
    head = make_user("head", "老张", staff=False)
    actions.post_give(user=head, duty=Duty.BUILDING_HEAD, place=diecui.buildings[0], starts_on=SINCE, at=NOW)

    page = client.get(url("estates")).content.decode()

    assert "老张" in page
    assert "暂无联系人" not in page


def test_estate_with_a_company_has_no_badge(client, diecui):
    company = Organisation.objects.create(
        community=diecui.community, kind="property_company", name="安居物业"
    )
    Estate.objects.create(place=diecui.estate, property_company=company)

    page = client.get(url("estates")).content.decode()

    assert "安居物业" in page
    assert "无物业" not in page


def test_villas_count_apart_and_need_no_entrance(client, diecui, at):
    actions.place_create(
        kind=PlaceKind.BUILDING, name="别墅1号", parent=diecui.estate, building_kind="villa", at=at
    )

    page = client.get(url("estates")).content.decode()

    for counted in ("2 栋楼", "1 栋别墅", "2 个单元", "4 户"):
        assert f"<span>{counted}</span>" in page


def test_estate_directory_names_no_resident(client, diecui, resident):
    assert resident.display_name not in client.get(url("estates")).content.decode()


def test_page_of_an_estate_says_who_looks_after_it(client, diecui):
    page = client.get(reverse("community:estate", args=["diecui", diecui.estate.pk])).content.decode()

    assert diecui.estate.name in page
    assert "无物业 · 暂无联系人" in page
    assert (
        reverse("community:estate", args=["diecui", diecui.estate.pk])
        in client.get(url("estates")).content.decode()
    )


def test_only_estates_of_the_community_have_a_page(client, diecui, fuxi):
    for place in (fuxi.estate, diecui.buildings[0], diecui.place):
        assert client.get(reverse("community:estate", args=["diecui", place.pk])).status_code == 404


def test_service_places_are_listed(client, diecui):
    ServicePlace.objects.create(
        community=diecui.community, place=diecui.place, kind="station", name="翠微站", address="翠微小区"
    )

    assert "翠微站" in client.get(url("about")).content.decode()


@pytest.mark.parametrize("rows", [3, 30])
@pytest.mark.parametrize(("name", "statements"), [("home", 9), ("about", 3), ("estates", 4)])
def test_pages_cost_a_fixed_number_of_statements(
    client, diecui, django_assert_max_num_queries, rows, name, statements
):
    for number in range(rows):
        record_fact(diecui.community, code=f"fact-{number}")
        estate = actions.place_create(
            kind=PlaceKind.ESTATE, name=f"小区{number}", parent=diecui.place, at=NOW
        )
        Estate.objects.create(place=estate)
        head = make_user(f"head{number}", staff=False)
        actions.post_give(user=head, duty=Duty.BUILDING_HEAD, place=estate, starts_on=SINCE, at=NOW)

    with django_assert_max_num_queries(statements):
        client.get(url(name))


def test_cached_home_costs_one_statement(client, diecui, django_assert_num_queries):
    client.get(url("home"))

    with django_assert_num_queries(1):
        client.get(url("home"))


@pytest.fixture
def contribute():
    """Register contributions to the home page for one test."""
    registered = []

    def register(registry, source):
        registry.register("tests.contribution", source)
        registered.append(registry)

    yield register
    for registry in registered:
        registry._items.pop("tests.contribution")


def test_upper_apps_contribute_tiles_and_sections(client, diecui, contribute):
    contribute(home_tiles, lambda request: Tile(title="在办", url="/diecui/problems/", count=12))
    contribute(home_panels, lambda request: Panel("community/_facts.html", {}))

    page = client.get(url("home")).content.decode()

    assert "在办" in page


def test_contribution_with_nothing_to_say_is_left_out(client, diecui, contribute):
    contribute(home_tiles, lambda request: None)
    contribute(home_panels, lambda request: None)

    assert client.get(url("home")).status_code == 200


def test_only_community_is_home_at_once(client, diecui):
    assert client.get("/").url == url("home")


def test_chooser_lists_active_communities(client, diecui, fuxi):
    page = client.get("/").content.decode()

    assert url("home") in page
    assert url("home", "fuxi") in page


def test_chooser_says_what_would_be_here(client, db):
    assert "还没有开通的社区" in client.get("/").content.decode()


def test_style_sheet_carries_the_brands_colour_for_good(client, diecui):
    link = re.search(r'href="(/brand/[^"]+)"', client.get(url("home")).content.decode()).group(1)

    response = client.get(link)

    assert response["Content-Type"].startswith("text/css")
    assert "immutable" in response["Cache-Control"]
    assert f"--accent:{SHIPPED['diecui'].accent}" in response.content.decode()


def test_style_sheet_of_nowhere_is_not_found(client, diecui):
    assert client.get(reverse("community:brand_css", args=["nowhere"])).status_code == 404


def test_changed_brand_has_a_new_style_sheet(client, diecui, secretary, at):
    before = re.search(r'href="(/brand/[^"]+)"', client.get(url("home")).content.decode()).group(1)

    actions.profile_save(
        community_id=diecui.community.pk, changes={"accent": "#1d4ed8"}, actor=secretary, at=at
    )

    after = re.search(r'href="(/brand/[^"]+)"', client.get(url("home")).content.decode()).group(1)
    assert before != after
    assert "#1d4ed8" in client.get(after).content.decode()


@pytest.mark.parametrize("name", PAGES)
def test_html_in_names_is_shown_as_text(client, diecui, administrator, at, name):
    evil = "<script>alert(1)</script>"
    actions.community_update(
        community_id=diecui.community.pk,
        changes={"name": evil, "introduction": evil, "hotline": evil[:30], "address": evil},
        actor=administrator,
        at=at,
    )
    actions.place_update(place_id=diecui.estate.pk, changes={"name": evil}, actor=administrator, at=at)

    assert "<script>alert" not in client.get(url(name)).content.decode()
