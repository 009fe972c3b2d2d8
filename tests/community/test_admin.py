"""The desk's pages: opened by posts, limited to what they cover, and written through actions."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from community import actions
from community.duties import Duty
from community.models import (
    Channel,
    Community,
    CommunityFact,
    Estate,
    Household,
    Organisation,
    Place,
    PortalBoard,
    Post,
    Resident,
    SignInGuard,
    TalkPoint,
)
from core.models import AuditEntry, User
from grids.models import DutyList, Grid, GridNorm
from tests.cast import NOW, SINCE, make_staff, make_user

ROLL = ["community_household", "community_resident"]
PLACES = [
    "community_place",
    "community_estate",
    "community_organisation",
    "community_talkpoint",
    "grids_grid",
    "grids_dutylist",
    "grids_gridnorm",
]
OWN = ["community_community", "community_portalboard", "community_channel", "community_communityfact"]
GUIDE = ["community_serviceitem"]
POSTS = ["community_post", "core_user"]
BRAND = ["community_workflowprofile"]
EVERY = [*ROLL, *PLACES, *OWN, *GUIDE, *POSTS, *BRAND]
KEEPERS = ["secretary", "administrator"]


@pytest.fixture(autouse=True)
def _cheap_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def signed_in(client, request):
    """Sign in whoever is named, as a fresh object of this request."""

    def sign_in(who):
        user = request.getfixturevalue(who) if isinstance(who, str) else who
        client.force_login(user)
        return client

    return sign_in


def listing(name):
    return reverse(f"admin:{name}_changelist")


def adding(name):
    return reverse(f"admin:{name}_add")


def page_of(row, step="change"):
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{step}", args=[row.pk])


def errors(response):
    form = response.context["adminform"].form if "adminform" in response.context else response.context["form"]
    return " ".join(str(each) for each in form.errors.values())


# Who may see what.


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("who", KEEPERS)
def test_keepers_open_every_page(signed_in, who, name, diecui):
    client = signed_in(who)

    assert client.get(listing(name)).status_code == 200


@pytest.mark.parametrize("name", [n for n in EVERY if n not in BRAND])
def test_keepers_open_the_form_for_something_new(signed_in, name, diecui):
    assert signed_in("administrator").get(adding(name)).status_code == 200


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("who", [None, "resident", "outsider"])
def test_without_a_post_every_page_asks_to_sign_in(client, request, who, name, diecui):
    if who:
        client.force_login(request.getfixturevalue(who))

    for url in (listing(name), adding(name)) if name not in BRAND else (listing(name),):
        assert client.get(url).url.startswith(reverse("admin:login"))


@pytest.mark.parametrize("name", [*POSTS, *BRAND, *OWN, *GUIDE, *ROLL])
def test_grid_worker_opens_no_page_of_the_office(signed_in, name, grid_worker):
    assert signed_in(grid_worker).get(listing(name)).status_code == 403


@pytest.mark.parametrize("name", [*POSTS, *BRAND, *OWN])
def test_clerk_keeps_the_roll_and_the_guide_and_nothing_else(signed_in, name, clerk):
    client = signed_in(clerk)

    assert client.get(listing(name)).status_code == 403
    assert client.get(listing("community_resident")).status_code == 200
    assert client.get(listing("community_serviceitem")).status_code == 200


@pytest.mark.parametrize("name", ["auth_group", "account_emailaddress", "mfa_authenticator"])
def test_tables_of_libraries_stay_closed(signed_in, name, administrator):
    assert signed_in(administrator).get(listing(name)).status_code == 403


def rows_of(town):
    community = town.community
    resident = Resident.objects.filter(household__place__path__startswith=town.place.path).first()
    return [
        town.estate,
        town.households[0],
        resident or Resident.objects.create(household=town.households[0], name="李四"),
        community,
        community.profile,
        community.boards.first(),
        community.channels.first(),
        town.grids[0],
        DutyList.objects.create(community=community, name="职责"),
        GridNorm.objects.create(community=community, tier="level_1"),
        Organisation.objects.create(community=community, kind="other", name="某机构"),
        Estate.objects.create(place=town.estate),
        TalkPoint.objects.create(
            community=community, place=town.estate, kind="talk_bench", name="凳", token=community.slug
        ),
        CommunityFact.objects.create(
            community=community, code="x", label="户数", value=3, as_of=date(2025, 1, 1), source="年报"
        ),
    ]


def test_secretary_opens_rows_of_their_own_community(signed_in, diecui, secretary):
    client = signed_in(secretary)

    for row in rows_of(diecui):
        assert client.get(page_of(row)).status_code == 200, row


def test_secretary_finds_no_row_of_another_community(signed_in, diecui, fuxi, secretary):
    client = signed_in(secretary)

    for row in rows_of(fuxi):
        assert client.get(page_of(row)).status_code == 302, row  # the admin's "does not exist"
        assert client.post(page_of(row), {}).status_code == 302, row


def test_list_shows_only_ones_own(signed_in, diecui, fuxi, secretary, administrator):
    assert "府西" not in signed_in(secretary).get(listing("community_community")).content.decode()
    assert "府西" in signed_in(administrator).get(listing("community_community")).content.decode()


def test_choices_of_other_tables_are_limited_too(signed_in, diecui, fuxi, secretary):
    client = signed_in(secretary)
    url = reverse("admin:autocomplete")
    asked = {"app_label": "community", "model_name": "household", "field_name": "place"}

    found = {int(row["id"]) for row in client.get(url, {**asked, "term": ""}).json()["results"]}

    own = set(Place.objects.under(diecui.place.path).values_list("pk", flat=True))
    assert found
    assert found <= own


def test_choices_go_by_their_long_names(signed_in, diecui, secretary, django_assert_max_num_queries):
    client = signed_in(secretary)
    client.get(reverse("admin:password_change_done"))
    asked = {"app_label": "community", "field_name": "household", "model_name": "resident", "term": "101"}

    with django_assert_max_num_queries(6):
        found = client.get(reverse("admin:autocomplete"), asked).json()["results"]

    assert {row["text"] for row in found} == {"一号小区 1号楼 1单元 101", "一号小区 2号楼 1单元 101"}


def test_only_community_is_chosen_already(signed_in, diecui, fuxi, secretary, administrator):
    own = signed_in(secretary).get(adding("community_channel")).context["adminform"].form
    every = signed_in(administrator).get(adding("community_channel")).context["adminform"].form

    assert own["community"].value() == diecui.community.pk
    assert every["community"].value() is None


def test_choice_outside_ones_own_is_refused(signed_in, diecui, fuxi, secretary):
    response = signed_in(secretary).post(
        adding("community_household"), {"place": fuxi.entrances[0].pk, "room": "909", "is_active": "on"}
    )

    assert response.status_code == 200
    assert not Household.objects.filter(room="909").exists()


# How many statements a list costs.


@pytest.mark.parametrize("rows", [3, 30])
def test_list_of_places_costs_a_fixed_number_of_statements(
    signed_in, diecui, secretary, rows, django_assert_max_num_queries
):
    for number in range(rows):
        actions.place_create(kind="building", name=f"楼{number}", parent=diecui.estate, at=NOW)
    client = signed_in(secretary)
    client.get(reverse("admin:password_change_done"))

    with django_assert_max_num_queries(6):
        client.get(listing("community_place"))


@pytest.mark.parametrize("rows", [3, 30])
@pytest.mark.parametrize("name", ["community_resident", "community_household", "community_post", "core_user"])
def test_lists_of_people_cost_a_fixed_number_of_statements(
    signed_in, diecui, secretary, rows, name, django_assert_max_num_queries
):
    for number in range(rows):
        Household.objects.create(place=diecui.entrances[0], room=f"9{number}")
        Resident.objects.create(household=diecui.households[0], name=f"居民{number}")
        make_staff(f"clerk{number}", f"干事{number}", Duty.CLERK, diecui.place)
    client = signed_in(secretary)
    client.get(reverse("admin:password_change_done"))  # the check of second factors, once in five minutes

    with django_assert_max_num_queries(6):
        client.get(listing(name))


# What is written goes through actions.


def test_place_is_added_with_path_and_trace(signed_in, diecui, secretary):
    response = signed_in(secretary).post(
        adding("community_place"),
        {"kind": "building", "parent": diecui.estate.pk, "name": "9号楼", "order": 9},
    )

    place = Place.objects.get(name="9号楼")
    assert response.status_code == 302
    assert place.path == f"{diecui.estate.path}{place.pk}/"
    assert AuditEntry.objects.filter(
        event="place.created", actor=secretary, subject_id=str(place.pk)
    ).exists()


def test_wrong_parent_says_so_and_keeps_what_was_typed(signed_in, diecui, secretary):
    response = signed_in(secretary).post(
        adding("community_place"),
        {"kind": "entrance", "parent": diecui.estate.pk, "name": "9单元", "order": 0},
    )

    assert response.status_code == 200
    assert "不能放在" in errors(response)
    assert 'value="9单元"' in response.content.decode()
    assert not Place.objects.filter(name="9单元").exists()


def test_moving_in_the_admin_rewrites_the_paths_below(signed_in, diecui, secretary):
    other = actions.place_create(kind="estate", name="二号小区", parent=diecui.place, at=NOW)
    building, entrance = diecui.buildings[0], diecui.entrances[0]

    signed_in(secretary).post(
        page_of(building),
        {"parent": other.pk, "name": building.name, "building_kind": "apartment", "order": 0},
    )

    entrance.refresh_from_db()
    assert entrance.path == f"{other.path}{building.pk}/{entrance.pk}/"


def test_place_is_closed_and_opened_by_buttons(signed_in, diecui, secretary):
    entrance = diecui.entrances[0]
    client = signed_in(secretary)

    assert client.get(page_of(entrance, "close")).status_code == 200
    client.post(page_of(entrance, "close"))
    entrance.refresh_from_db()
    assert not entrance.is_active

    client.post(page_of(entrance, "reopen"))
    entrance.refresh_from_db()
    assert entrance.is_active


def test_place_with_open_places_below_is_not_closed(signed_in, diecui, secretary):
    response = signed_in(secretary).post(page_of(diecui.estate, "close"))

    assert response.status_code == 200
    assert "请先停用" in response.content.decode()
    diecui.estate.refresh_from_db()
    assert diecui.estate.is_active


def test_post_is_given_by_user_name(signed_in, diecui, secretary, grid):
    newcomer = make_user("newcomer")

    response = signed_in(secretary).post(
        adding("community_post"),
        {"username": "newcomer", "duty": "grid_worker", "place": grid.pk, "starts_on": "2026-11-01"},
    )

    assert response.status_code == 302
    assert Post.objects.get(user=newcomer).duty == Duty.GRID_WORKER


def test_post_says_full_time_or_part_time_at_the_desk(signed_in, secretary, grid_worker, grid):
    client, post = signed_in(secretary), grid_worker.posts.get()
    page = reverse("admin:community_post_change", args=[post.pk])

    client.post(page, {"starts_on": "2026-01-01", "ends_on": "", "employment": "part"})

    post.refresh_from_db()
    assert post.employment == "part"
    listed = reverse("admin:community_post_changelist")
    assert str(grid_worker) in client.get(listed, {"employment__exact": "part"}).content.decode()
    assert str(grid_worker) not in client.get(listed, {"employment__exact": "full"}).content.decode()


def test_second_worker_for_a_grid_is_refused_in_words(signed_in, secretary, grid_worker, grid):
    make_user("newcomer")

    response = signed_in(secretary).post(
        adding("community_post"),
        {"username": "newcomer", "duty": "grid_worker", "place": grid.pk, "starts_on": "2026-11-01"},
    )

    assert "已有人担任" in errors(response)
    assert Post.objects.filter(place=grid.place).count() == 1


def test_deputy_is_arranged_and_post_is_ended_by_buttons(signed_in, secretary, grid_worker):
    post = grid_worker.posts.get()
    deputy = make_user("deputy")
    today = timezone.localdate()
    client = signed_in(secretary)

    assert client.get(page_of(post, "deputise")).status_code == 200
    client.post(page_of(post, "deputise"), {"username": "deputy", "starts_on": today, "ends_on": today})
    assert Post.objects.get(user=deputy).deputises == post

    client.post(page_of(post, "end"), {"last_day": today})
    post.refresh_from_db()
    assert post.ends_on == today


def test_steps_on_another_communitys_post_are_not_found(signed_in, secretary, secretary_of_another_community):
    post = secretary_of_another_community.posts.get()
    client = signed_in(secretary)

    for step in ("deputise", "end"):
        assert client.get(page_of(post, step)).status_code == 404
        assert client.post(page_of(post, step), {"last_day": "2026-11-20"}).status_code == 404
    post.refresh_from_db()
    assert post.ends_on is None


def test_nobody_changes_their_own_post(signed_in, secretary):
    post = secretary.posts.get()

    response = signed_in(secretary).post(page_of(post), {"starts_on": "2020-01-01", "ends_on": ""})

    assert "不能给自己任职" in errors(response)
    post.refresh_from_db()
    assert post.starts_on == SINCE


INVITATION = {
    "username": "newbie",
    "display_name": "新人",
    "phone": "13912345678",
    "duty": "clerk",
    "starts_on": "2026-01-01",
}


def link_on(page: str) -> str:
    return re.search(r'id="password-link" href="([^"]+)"', page).group(1)


def test_invitation_opens_an_account_and_shows_a_link_to_set_its_password(signed_in, diecui, secretary):
    response = signed_in(secretary).post(adding("core_user"), {**INVITATION, "place": diecui.place.pk})

    user = User.objects.get(username="newbie")
    page = response.content.decode()
    assert not user.has_usable_password()
    assert Client().get(link_on(page)).status_code == 200
    assert "<svg" in page
    assert user.is_staff
    assert user.posts.get().duty == Duty.CLERK
    assert "no-store" in response["Cache-Control"]


def test_refused_invitation_leaves_no_account(signed_in, diecui, grid, grid_worker, secretary):
    response = signed_in(secretary).post(
        adding("core_user"), {**INVITATION, "duty": "grid_worker", "place": grid.pk}
    )

    assert "已有人担任" in errors(response)
    assert not User.objects.filter(username="newbie").exists()


def test_invitation_to_another_community_is_refused(signed_in, diecui, fuxi, secretary):
    signed_in(secretary).post(adding("core_user"), {**INVITATION, "place": fuxi.place.pk})

    assert not User.objects.filter(username="newbie").exists()


def test_mistyped_number_is_corrected_with_a_trace_without_the_number(signed_in, clerk, secretary):
    signed_in(secretary).post(page_of(clerk), {"display_name": clerk.display_name, "phone": "139 1111 2222"})

    clerk.refresh_from_db()
    entry = AuditEntry.objects.get(event="account.corrected")
    assert clerk.phone == "13911112222"
    assert entry.fields == ["phone"]


def test_account_is_closed_and_reopened_by_buttons(signed_in, clerk, secretary):
    client = signed_in(secretary)

    client.post(page_of(clerk, "close"))
    clerk.refresh_from_db()
    assert not clerk.is_active
    assert clerk.posts.get().ends_on == timezone.localdate()

    page = client.post(page_of(clerk, "reopen")).content.decode()
    clerk.refresh_from_db()
    assert clerk.is_active
    assert "password-link" in page


def test_password_and_second_factor_are_reset_by_buttons(signed_in, clerk, secretary):
    client = signed_in(secretary)

    page = client.post(page_of(clerk, "password")).content.decode()
    assert link_on(page).startswith("http")
    client.post(page_of(clerk, "factor"))
    client.post(page_of(clerk, "require-factor"), {"required": "on"})

    clerk.refresh_from_db()
    assert not clerk.has_usable_password()
    assert SignInGuard.objects.get(user=clerk).mfa_required
    assert client.get(page_of(clerk)).status_code == 200


@pytest.mark.parametrize("step", ["close", "password", "factor", "require-factor"])
def test_accounts_above_are_out_of_reach(signed_in, secretary, supervisor, administrator, step):
    client = signed_in(secretary)

    for account in (supervisor, administrator):
        before = account.password
        assert client.post(page_of(account, step)).status_code == 404
        account.refresh_from_db()
        assert (account.is_active, account.password) == (True, before)


def test_account_with_a_post_elsewhere_too_is_out_of_reach(signed_in, secretary, clerk, fuxi):
    actions.post_give(user=clerk, duty=Duty.CLERK, place=fuxi.place, starts_on=SINCE, at=NOW)

    response = signed_in(secretary).post(page_of(clerk, "close"))

    clerk.refresh_from_db()
    assert response.status_code == 200
    assert clerk.is_active


def test_nobody_closes_their_own_account(signed_in, secretary):
    response = signed_in(secretary).post(page_of(secretary, "close"))

    secretary.refresh_from_db()
    assert response.status_code == 200
    assert secretary.is_active


def test_clerk_corrects_a_residents_number_with_a_trace(signed_in, clerk, resident):
    row = resident.resident

    signed_in(clerk).post(
        page_of(row),
        {"household": row.household_id, "name": row.name, "phone": "13922223333", "standing": "present"},
    )

    row.refresh_from_db()
    entry = AuditEntry.objects.get(event="resident.changed")
    assert row.phone == "13922223333"
    assert entry.fields == ["phone"]


def test_list_of_residents_masks_numbers(signed_in, clerk, resident):
    page = signed_in(clerk).get(listing("community_resident")).content.decode()

    assert "139****0001" in page
    assert "13900000001" not in page


def test_resident_is_erased_on_request(signed_in, clerk, resident):
    row = resident.resident

    signed_in(clerk).post(page_of(row, "delete"), {"post": "yes"})

    assert not Resident.objects.filter(pk=row.pk).exists()
    assert AuditEntry.objects.filter(event="resident.erased").exists()


def test_household_with_residents_is_kept(signed_in, clerk, resident):
    row = resident.resident.household

    signed_in(clerk).post(page_of(row, "delete"), {"post": "yes"})

    assert Household.objects.filter(pk=row.pk).exists()


def test_new_community_starts_with_a_shipped_brand(signed_in, administrator, subdistrict):
    response = signed_in(administrator).post(
        adding("community_community"),
        {
            "parent": subdistrict.pk,
            "shipped": "xijiao",
            "name": "西郊社区",
            "slug": "xijiao",
            "kind": "urban",
            "morning_from": "08:30",
            "morning_to": "12:00",
            "afternoon_from": "14:30",
            "afternoon_to": "18:00",
        },
    )

    community = Community.objects.get(slug="xijiao")
    assert response.status_code == 302
    assert community.profile.brand_name == "周二说事日"
    assert community.boards.count() == 9


def test_community_outside_ones_own_tree_is_not_made(signed_in, secretary, subdistrict):
    response = signed_in(secretary).post(
        adding("community_community"),
        {"parent": subdistrict.pk, "shipped": "xijiao", "name": "x", "slug": "x"},
    )

    assert response.status_code in (200, 403)
    assert not Community.objects.filter(slug="x").exists()


@pytest.mark.parametrize("target", ["javascript:alert(1)", "//evil.example/", "http://evil.example/"])
def test_board_leads_to_no_foreign_trick(signed_in, secretary, diecui, target):
    board = diecui.community.boards.first()

    response = signed_in(secretary).post(
        page_of(board),
        {
            "community": diecui.community.pk,
            "name": "板块",
            "icon": "map",
            "target": target,
            "order": 1,
            "is_active": "on",
        },
    )

    board.refresh_from_db()
    assert response.status_code == 200
    assert board.target != target


def test_grid_is_made_with_its_buildings(signed_in, secretary, diecui):
    free = actions.place_create(kind="building", name="3号楼", parent=diecui.estate, at=NOW)

    signed_in(secretary).post(
        adding("grids_grid"),
        {"community": diecui.community.pk, "name": "第三网格", "tier": "level_1", "holds": [free.pk]},
    )

    grid = Grid.objects.get(name="第三网格")
    assert [link.place for link in grid.buildings.all()] == [free]


def test_building_of_another_grid_is_refused_in_words(signed_in, secretary, diecui, other_grid):
    response = signed_in(secretary).post(
        page_of(other_grid),
        {"name": other_grid.name, "tier": "level_1", "holds": [diecui.buildings[0].pk]},
    )

    assert "已属于" in errors(response)
    assert [link.place for link in other_grid.buildings.all()] == [diecui.buildings[1]]


def test_trail_shows_what_happened_under_ones_own_posts(signed_in, diecui, fuxi, secretary):
    page = signed_in(secretary).get(listing("core_auditentry"))

    paths = {entry.scope_path for entry in page.context["cl"].result_list}
    assert paths
    assert all(path.startswith(diecui.place.path) for path in paths)


def test_every_model_of_ours_in_the_admin_has_a_grant():
    from community.backends import GRANTS

    ours = {
        m._meta.label_lower
        for m in admin.site._registry
        if m._meta.app_label in ("community", "grids", "core")
    }

    assert ours <= set(GRANTS)


def test_pages_carry_no_inline_script_or_style(signed_in, diecui, administrator):
    client = signed_in(administrator)
    urls = [listing(name) for name in EVERY] + [adding(name) for name in EVERY if name not in BRAND]
    urls += [page_of(diecui.community.profile), page_of(diecui.entrances[0], "close")]

    for url in urls:
        page = client.get(url).content.decode()
        assert " style=" not in page, url
        assert not re.search(r"<script(?![^>]*(\bsrc=|type=\"application/json\"))", page), url
        assert not re.search(r"\son(click|load|change|submit)=", page), url


def test_channel_without_a_right_community_is_refused(signed_in, secretary, diecui, fuxi):
    signed_in(secretary).post(
        adding("community_channel"), {"community": fuxi.community.pk, "kind": "hotline", "name": "热线X"}
    )

    assert not Channel.objects.filter(name="热线X").exists()


def test_boards_are_reordered(signed_in, secretary, diecui):
    board = PortalBoard.objects.filter(community=diecui.community).first()

    signed_in(secretary).post(
        page_of(board),
        {
            "community": diecui.community.pk,
            "name": board.name,
            "icon": "map",
            "target": "echo/",
            "order": 7,
            "is_active": "on",
        },
    )

    board.refresh_from_db()
    assert (board.order, board.icon) == (7, "map")


def test_post_ended_yesterday_closes_every_page(signed_in, clerk):
    yesterday = timezone.localdate() - timedelta(days=1)
    clerk.posts.update(ends_on=yesterday)

    assert signed_in(clerk).get(listing("community_resident")).status_code == 302
