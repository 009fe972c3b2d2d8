"""特殊人群: a mark whose colour has days makes its door due, planned anew at once, told of once (G-10)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.models import InboxItem
from grids.actions.registers.marks import marks_tell
from grids.actions.registers.schemes import Meaning, SchemeDraft, scheme_save
from grids.actions.registers.tagging import tag_end
from grids.models import ColourScheme, VisitWish
from grids.querysets import due_households
from grids.selectors.homes_page import due_in
from tests.cast import NOW, make_resident
from tests.grids.registers import mark
from tests.grids.visits import visit

TODAY = NOW.date()
DAY = timedelta(days=1)


@pytest.fixture
def elder(diecui):
    return make_resident(diecui.households[0], "张奶奶", "13900000011")


def days_of(community, days, word="特殊人群"):
    scheme = ColourScheme.objects.get(community=community, kind="register")
    meanings = {
        one.colour: Meaning(one.word, days if one.word == word else one.visit_days)
        for one in scheme.colours.all()
    }
    draft = SchemeDraft(scheme.name, meanings)
    scheme_save(community=community, draft=draft, scheme_id=scheme.pk, actor=None, at=NOW)


def due_doors(day):
    return set(due_households(day).values_list("pk", flat=True))


def test_mark_whose_colour_has_days_makes_its_door_due(diecui, community, elder, grid_worker):
    days_of(community, 30)
    tag = mark(elder, "特殊人群", grid_worker)

    assert tag.next_on == TODAY + 30 * DAY
    assert not due_doors(TODAY + 29 * DAY)
    assert due_doors(TODAY + 30 * DAY) == {elder.household_id}
    found = due_in([diecui.grids[0].pk], TODAY + 30 * DAY)
    assert [(one.household.pk, one.reason) for one in found] == [(elder.household_id, "该走访")]


def test_list_of_doors_that_a_phone_keeps_does_not_say_the_mark(client, community, elder, grid_worker):
    days_of(community, 1)
    mark(elder, "特殊人群", grid_worker, at=timezone.now() - 3 * DAY)
    client.force_login(grid_worker)

    shown = client.get("/work/homes/").content.decode()

    assert "/work/homes/" in client.get("/work/entries/").json()["keep"]
    assert "该走访" in shown
    assert "特殊人群" not in shown


def test_mark_without_days_plans_nothing(elder, grid_worker):
    assert mark(elder, "特殊人群", grid_worker).next_on is None


def test_visit_to_the_door_plans_the_next_one(community, elder, grid_worker):
    days_of(community, 30)
    tag = mark(elder, "特殊人群", grid_worker)

    visit(elder.household, grid_worker, at=NOW + 31 * DAY)

    tag.refresh_from_db()
    assert tag.next_on == TODAY + 61 * DAY
    assert not due_doors(TODAY + 60 * DAY)


def test_other_days_of_a_colour_plan_all_who_bear_it_anew_at_once(community, elder, grid_worker):
    tag = mark(elder, "特殊人群", grid_worker)

    for days, expected in ((30, TODAY + 30 * DAY), (7, TODAY + 7 * DAY), (None, None)):
        days_of(community, days)
        tag.refresh_from_db()
        assert tag.next_on == expected


def test_colour_that_is_in_use_no_more_asks_for_no_visit(community, elder, grid_worker):
    days_of(community, 30)
    tag = mark(elder, "特殊人群", grid_worker)
    scheme = ColourScheme.objects.get(community=community, kind="register")
    kept = scheme.colours.exclude(word="特殊人群")
    draft = SchemeDraft(scheme.name, {one.colour: Meaning(one.word) for one in kept})

    scheme_save(community=community, draft=draft, scheme_id=scheme.pk, actor=None, at=NOW)

    tag.refresh_from_db()
    assert tag.next_on is None


@pytest.mark.parametrize("ends", ["mark", "dead", "wish"])
def test_mark_that_ends_or_falls_silent_asks_for_no_visit(community, elder, grid_worker, ends):
    days_of(community, 30)
    tag = mark(elder, "特殊人群", grid_worker)
    if ends == "mark":
        tag_end(tag_id=tag.pk, reason="情况好转。", actor=grid_worker, at=NOW)
    elif ends == "dead":
        mark(elder, "已故", grid_worker)
    else:
        VisitWish.objects.create(resident=elder, noted_at=NOW)

    assert not due_doors(TODAY + 40 * DAY)
    assert marks_tell(at=NOW + 40 * DAY) == 0
    assert not InboxItem.objects.filter(kind="register.visit").exists()


def test_visit_that_a_mark_asks_for_is_told_once_for_each_day(diecui, community, elder, grid_worker):
    days_of(community, 30)
    tag = mark(elder, "特殊人群", grid_worker)

    found = [marks_tell(at=NOW + days * DAY) for days in (29, 30, 30, 31)]
    visit(elder.household, grid_worker, at=NOW + 32 * DAY)
    found += [marks_tell(at=NOW + days * DAY) for days in (33, 62, 62)]

    assert found == [0, 1, 0, 0, 0, 1, 0]
    assert InboxItem.objects.filter(kind="register.visit", user=grid_worker).count() == 2
    assert tag.resident.name not in InboxItem.objects.filter(kind="register.visit")[0].body


def test_telling_of_marks_costs_the_same_for_one_and_for_many(diecui, community, grid_worker):
    days_of(community, 30)

    def told(people, at):
        for one in people:
            mark(
                make_resident(diecui.households[one % 4], f"人{one}", f"137000{one:05}"), "特殊人群", None, at
            )
        with CaptureQueriesContext(connection) as found:
            marks_tell(at=at + 30 * DAY)
        return len(found)

    assert told(range(1), NOW) == told(range(1, 12), NOW + DAY)
