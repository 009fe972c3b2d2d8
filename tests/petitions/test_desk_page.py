"""The pages of the desk's list that are written into SQL once hold what the querysets hold."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from community.duties import Duty
from community.workflow import Limit
from core.paging import keyset
from petitions.actions.importing import past_matters_add
from petitions.models import Petition
from petitions.selectors.desk import desk_columns, desk_rows
from petitions.selectors.desk_page import desk_page
from petitions.selectors.queues import QUEUES
from tests.cast import NOW, put_in_post
from tests.petitions.history import past
from tests.petitions.loop import Loop, file, person

ORDERS = (("due_at",), ("-filed_at",))


@pytest.fixture
def matters(diecui, fuxi, secretary, grid_worker, supervisor):
    """Matters of two communities, at every stage of the desk, some held by nobody, some late, some spam."""
    first, second = diecui.buildings
    filed = [
        file(diecui, at=NOW + timedelta(minutes=number), place=place, who=person(phone=f"1390000000{number}"))
        for number, place in enumerate([*[first] * 6, *[second] * 2])
    ]
    walks = [Loop(one, desk=secretary, worker=grid_worker, at=NOW + timedelta(hours=1)) for one in filed]
    walks[1].triage()
    walks[2].triage().claim()
    walks[3].triage().claim().resolve()
    walks[4].triage().claim().resolve().feed_back()
    file(fuxi, at=NOW, place=fuxi.buildings[0])
    past_matters_add(community=diecui.community, matters=[past(diecui, place=first)], actor=secretary, at=NOW)
    Petition.objects.filter(pk=filed[5].pk).update(due_at=NOW - timedelta(days=1), awaits_decision=True)
    Petition.objects.filter(pk=filed[6].pk).update(spam_marked_at=NOW, due_at=None)
    Petition.objects.filter(pk=filed[2].pk).update(severity="red", assignee=secretary)
    Petition.objects.filter(pk=filed[1].pk).update(clock=Limit.RETURN_VISIT)
    Petition.objects.filter(pk=filed[3].pk).update(clock=Limit.EVALUATE)
    looked_after = {"supervisor": supervisor, "is_tracked": True, "neglected_at": NOW}
    Petition.objects.filter(pk__in=[filed[1].pk, filed[2].pk]).update(**looked_after)
    return filed


def shown(page) -> tuple[list[int], str | None, str | None]:
    return [row.id for row in page.items], page.next, page.previous


def both(user, params, order, cursor):
    """The page, and the same page found by querysets alone."""
    page = desk_page(user, params, order=order, cursor=cursor, at=NOW, size=3)
    rows = desk_columns(desk_rows(user, params, at=NOW))
    return page, keyset(rows, order=order, cursor=cursor, size=3)


@pytest.mark.parametrize("queue", [queue.code for queue in QUEUES])
def test_both_ends_of_every_list_are_those_of_the_querysets(
    matters, secretary, grid_worker, supervisor, diecui, queue
):
    put_in_post(secretary, Duty.GRID_WORKER, diecui.grids[1].place)
    grid, community = str(matters[0].grid_id), str(diecui.community.pk)
    compared = 0
    for user, severity, holder, place, cursor in product(
        (secretary, grid_worker, supervisor),
        ("", "red"),
        ("", "me", "nobody"),
        ({}, {"grid": grid}, {"community": community, "grid": "9" * 9}),
        (None, "last"),
    ):
        params = {"queue": queue, "severity": severity, "holder": holder, **place}
        page, expected = both(user, params, ORDERS[bool(holder)], cursor)
        assert shown(page) == shown(expected), params
        assert [tuple(row) for row in page.items] == [tuple(row) for row in expected.items]
        compared += len(page.items)
    assert compared


def test_pages_between_go_on_from_the_first(matters, supervisor):
    first, _ = both(supervisor, {"queue": "all"}, ("-filed_at",), "unreadable")

    second, expected = both(supervisor, {"queue": "all"}, ("-filed_at",), first.next)

    assert shown(second) == shown(expected)
    assert {row.id for row in second.items}.isdisjoint(row.id for row in first.items)


def test_nobody_without_a_post_finds_anything(matters, outsider):
    page, expected = both(outsider, {}, ("due_at",), None)

    assert shown(page) == shown(expected) == ([], None, None)


def test_lists_of_one_form_share_a_statement_and_no_row(matters, secretary, secretary_of_another_community):
    seen = {}
    for user in (secretary, secretary_of_another_community):
        with CaptureQueriesContext(connection) as asked:
            page = desk_page(user, {}, order=("due_at",), cursor=None, at=NOW)
        seen[user] = {row.id for row in page.items}

    assert seen[secretary]
    assert seen[secretary_of_another_community]
    assert seen[secretary].isdisjoint(seen[secretary_of_another_community])
    assert len([each for each in asked if "petitions_petition" in each["sql"]]) == 1
