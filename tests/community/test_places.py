"""The tree of places: levels, paths, moves and closing (C-04, C-06)."""

from __future__ import annotations

import re
import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import get_resolver

from community import actions
from community.actions.community import RESERVED_SLUGS
from community.models import Community, Household, Place, TalkPoint
from community.models.place import PARENT_KINDS, PlaceKind
from community.place_listeners import place_moved
from core.errors import ConflictError, InvalidInputError, NotAllowedError
from core.models import AuditEntry
from tests.cast import NOW

LEVELS = ["county", "subdistrict", "place", "estate", "building", "entrance"]


def make(kind, parent, name="新", **details):
    return actions.place_create(kind=kind, name=name, parent=parent, at=NOW, **details)


def tree():
    return sorted(Place.objects.values_list("pk", "path", "depth", "parent_id", "is_active"))


def paths_are_right():
    for place in Place.objects.select_related("parent"):
        above = place.parent.path if place.parent else "/"
        assert place.path == f"{above}{place.pk}/"
        assert place.depth == (place.parent.depth + 1 if place.parent else 0)
    return True


@pytest.fixture
def spots(diecui, county, subdistrict):
    """One place of each level."""
    return {
        PlaceKind.COUNTY: county,
        PlaceKind.SUBDISTRICT: subdistrict,
        PlaceKind.COMMUNITY: diecui.place,
        PlaceKind.ESTATE: diecui.estate,
        PlaceKind.BUILDING: diecui.buildings[0],
        PlaceKind.ENTRANCE: diecui.entrances[0],
        PlaceKind.GRID: diecui.grids[0].place,
    }


@pytest.mark.parametrize("kind", PlaceKind)
@pytest.mark.parametrize("above", [None, *PlaceKind])
def test_place_hangs_only_where_its_level_fits(spots, kind, above):
    fits = above in PARENT_KINDS[kind] or (above is None and not PARENT_KINDS[kind])
    before = tree()

    if fits:
        make(kind, spots.get(above))
        assert paths_are_right()
    else:
        with pytest.raises(InvalidInputError):
            make(kind, spots.get(above))
        assert tree() == before


def test_path_leads_from_the_county_to_the_entrance(diecui, county, subdistrict):
    entrance = diecui.entrances[0]

    assert entrance.ancestor_ids == [
        county.pk,
        subdistrict.pk,
        diecui.place.pk,
        diecui.estate.pk,
        diecui.buildings[0].pk,
    ]
    assert entrance.depth == 5


def test_villa_needs_no_entrance(diecui):
    villa = make("building", diecui.estate, "别墅1号", building_kind="villa")

    assert Household.objects.create(place=villa, room="1").place == villa


def test_big_estate_reconciles(diecui):
    """22 blocks, 31 villas, 66 entrances, 707 households (C-04)."""
    estate = make("estate", diecui.place, "阳光花园")
    blocks = [make("building", estate, f"{n}号楼", building_kind="apartment") for n in range(22)]
    for n in range(31):
        make("building", estate, f"别墅{n}号", building_kind="villa")
    entrances = [make("entrance", block, f"{n}单元") for block in blocks for n in (1, 2, 3)]
    Household.objects.bulk_create(Household(place=entrances[n % 66], room=str(n)) for n in range(707))

    from community.selectors.estates import estates_of

    card = next(card for card in estates_of(diecui.community, NOW.date()) if card.place == estate)
    assert (card.blocks, card.villas, card.entrances, card.households) == (22, 31, 66, 707)


def test_two_places_of_one_name_under_one_parent_are_refused(diecui):
    with pytest.raises(ConflictError):
        make("estate", diecui.place, diecui.estate.name)

    assert make("building", diecui.estate, "9号楼")


@pytest.mark.parametrize("name", ["", "x" * 81])
def test_name_out_of_bounds_is_refused(diecui, name):
    with pytest.raises((InvalidInputError, ConflictError)):
        make("building", diecui.estate, name)


def test_renaming_keeps_the_paths(diecui, secretary, at):
    before = diecui.entrances[0].path

    actions.place_update(place_id=diecui.buildings[0].pk, changes={"name": "甲楼"}, actor=secretary, at=at)

    diecui.entrances[0].refresh_from_db()
    assert diecui.entrances[0].path == before


def test_renaming_onto_a_neighbour_is_refused(diecui, secretary, at):
    with pytest.raises(ConflictError):
        actions.place_update(
            place_id=diecui.buildings[0].pk,
            changes={"name": diecui.buildings[1].name},
            actor=secretary,
            at=at,
        )


def test_moving_takes_everything_below_along(diecui, secretary, at):
    other = make("estate", diecui.place, "二号小区")
    building, entrance = diecui.buildings[0], diecui.entrances[0]

    actions.place_move(place_id=building.pk, parent_id=other.pk, actor=secretary, at=at)

    entrance.refresh_from_db()
    assert entrance.path == f"{other.path}{building.pk}/{entrance.pk}/"
    assert paths_are_right()


def test_moving_to_another_depth_counts_again(diecui, secretary, at):
    building = diecui.buildings[0]

    actions.place_move(place_id=building.pk, parent_id=diecui.place.pk, actor=secretary, at=at)

    assert paths_are_right()


def test_moving_tells_whoever_keeps_a_copy_of_the_path(diecui, secretary, at):
    heard = []
    place_moved.append(lambda old, new: heard.append((old, new)))
    other = make("estate", diecui.place, "二号小区")
    old = diecui.buildings[0].path

    actions.place_move(place_id=diecui.buildings[0].pk, parent_id=other.pk, actor=secretary, at=at)
    place_moved.pop()

    assert heard == [(old, f"{other.path}{diecui.buildings[0].pk}/")]


@pytest.mark.parametrize("target", ["itself", "below", "wrong level", "another community"])
def test_impossible_move_changes_nothing(diecui, fuxi, administrator, at, target):
    parent = {
        "itself": diecui.estate,
        "below": diecui.buildings[0],
        "wrong level": diecui.entrances[1],
        "another community": fuxi.place,
    }[target]
    before = tree()

    with pytest.raises((InvalidInputError, ConflictError)):
        actions.place_move(place_id=diecui.estate.pk, parent_id=parent.pk, actor=administrator, at=at)

    assert tree() == before


def test_closing_waits_for_what_is_below(diecui, secretary, at):
    with pytest.raises(ConflictError):
        actions.place_deactivate(place_id=diecui.buildings[0].pk, actor=secretary, at=at)

    actions.place_deactivate(place_id=diecui.entrances[0].pk, actor=secretary, at=at)
    closed = actions.place_deactivate(place_id=diecui.buildings[0].pk, actor=secretary, at=at)
    assert not closed.is_active


def test_nothing_new_hangs_below_a_closed_place(diecui, secretary, at):
    actions.place_deactivate(place_id=diecui.entrances[0].pk, actor=secretary, at=at)
    actions.place_deactivate(place_id=diecui.buildings[0].pk, actor=secretary, at=at)

    with pytest.raises(ConflictError):
        make("entrance", diecui.buildings[0], "2单元")
    with pytest.raises(ConflictError):
        actions.place_activate(place_id=diecui.entrances[0].pk, actor=secretary, at=at)


@pytest.mark.parametrize(
    "who", ["grid_worker", "grid_leader", "clerk", "supervisor", "outsider", "secretary_of_another_community"]
)
def test_others_may_not_touch_the_tree(diecui, fuxi, request, who, at):
    actor = request.getfixturevalue(who)
    before = tree()
    building = diecui.buildings[0]

    for attempt in (
        lambda: actions.place_create(kind="building", name="x", parent=diecui.estate, actor=actor, at=at),
        lambda: actions.place_update(place_id=building.pk, changes={"name": "x"}, actor=actor, at=at),
        lambda: actions.place_move(place_id=building.pk, parent_id=diecui.place.pk, actor=actor, at=at),
        lambda: actions.place_deactivate(place_id=building.pk, actor=actor, at=at),
    ):
        with pytest.raises(NotAllowedError):
            attempt()

    assert tree() == before


def test_every_change_leaves_a_trace_with_the_post_held(diecui, secretary, at):
    actions.place_update(place_id=diecui.estate.pk, changes={"name": "甲小区"}, actor=secretary, at=at)

    entry = AuditEntry.objects.get(event="place.changed")
    assert (entry.actor, entry.fields, entry.scope_path) == (secretary, ["name"], diecui.estate.path)
    assert entry.post == f"community_secretary@{diecui.place.pk}"


def test_change_without_a_difference_leaves_no_trace(diecui, secretary, at):
    actions.place_update(
        place_id=diecui.estate.pk, changes={"name": diecui.estate.name}, actor=secretary, at=at
    )

    assert not AuditEntry.objects.filter(event="place.changed").exists()


def test_database_refuses_a_place_without_a_parent(db):
    with pytest.raises(IntegrityError), transaction.atomic():
        Place.objects.create(kind="estate", name="x", path="/9/")


@pytest.mark.parametrize("slug", ["admin", "account", "api", "static", "brand"])
def test_community_takes_no_address_of_the_portals_own(subdistrict, slug, at):
    with pytest.raises(InvalidInputError):
        actions.community_create(name="x", slug=slug, parent=subdistrict, at=at)

    assert not Community.objects.exists()


def test_every_address_of_the_portals_own_is_reserved():
    """Whatever app adds an address at the top: no community may take its first word."""
    first = re.compile(r"\^?/?([a-z0-9-]+)(?:/|$|\\)")
    own = {match.group(1) for route in _routes(get_resolver()) if (match := first.match(route))}

    assert own
    assert own <= RESERVED_SLUGS


def _routes(resolver, prefix=""):
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if hasattr(entry, "url_patterns") and not prefix and not route:
            yield from _routes(entry)
        else:
            yield route


def test_office_hours_out_of_order_are_refused(diecui, administrator, at):
    from datetime import time

    with pytest.raises(InvalidInputError, match="依次递增"):
        actions.community_update(
            community_id=diecui.community.pk, changes={"morning_to": time(8)}, actor=administrator, at=at
        )


def test_talk_point_carries_a_token_nobody_guesses(diecui, secretary, at):
    points = [
        actions.talk_point_create(
            community=diecui.community,
            place=diecui.estate,
            kind="talk_bench",
            name=f"凳{n}",
            actor=secretary,
            at=at,
        )
        for n in range(3)
    ]

    tokens = {point.token for point in points}
    assert len(tokens) == 3
    assert all(len(token) >= 20 for token in tokens)


def test_new_token_makes_the_old_print_worthless(diecui, secretary, at):
    point = actions.talk_point_create(
        community=diecui.community, place=diecui.estate, kind="talk_bench", name="凳", actor=secretary, at=at
    )

    actions.talk_point_renew(talk_point_id=point.pk, actor=secretary, at=at)

    assert not TalkPoint.objects.filter(token=point.token).exists()


def test_building_has_one_code(diecui, secretary, at):
    given = {"community": diecui.community, "place": diecui.buildings[0], "kind": "building", "at": at}
    actions.talk_point_create(**given, name="1号楼", actor=secretary)

    with pytest.raises(ConflictError):
        actions.talk_point_create(**given, name="又一个", actor=secretary)


def test_talk_point_lies_in_its_own_community(diecui, fuxi, administrator, at):
    with pytest.raises(InvalidInputError):
        actions.talk_point_create(
            community=diecui.community,
            place=fuxi.estate,
            kind="talk_bench",
            name="凳",
            actor=administrator,
            at=at,
        )


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_places_made_while_their_parent_moves_get_right_paths(diecui, at):
    other = make("estate", diecui.place, "二号小区")
    building = diecui.buildings[0]
    start = threading.Barrier(5)
    problems = []

    def add(number):
        start.wait()
        run(lambda: make("entrance", building, f"新{number}单元"))

    def move():
        start.wait()
        run(lambda: actions.place_move(place_id=building.pk, parent_id=other.pk, actor=None, at=at))

    def run(work):
        try:
            work()
        except Exception as problem:  # noqa: BLE001
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=add, args=(n,)) for n in range(4)] + [threading.Thread(target=move)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert problems == []
    assert paths_are_right()
    assert Place.objects.filter(parent=building).count() == 5
