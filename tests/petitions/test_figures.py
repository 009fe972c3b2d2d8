"""What is counted of a community's months, and of the places above it (C-31, P-47)."""

from __future__ import annotations

import threading
import time
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext

from community.models import Place
from community.models.place import PlaceKind
from community.workflow import Stage
from petitions.actions import evaluating, hiding, merging, reporting, rerouting, settling
from petitions.actions.erasing import reporters_asked_erase
from petitions.actions.figures import FIGURES_LOCK, figures_recount, figures_refresh
from petitions.models import CommunityFigures, MonthFigures, Origin, Petition, PetitionReporter
from petitions.selectors.figures.counting import added_up
from tests.cast import NOW, Town
from tests.parallel import at_once
from tests.petitions.loop import Loop, file, person
from tests.petitions.mediation import begin, end, team_of, visit
from tests.petitions.sessions import enter, planned, write

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
LATER = NOW + 40 * DAY
NOVEMBER = date(2026, 11, 1)


def month_at(place_id: int, month: date = NOVEMBER) -> MonthFigures:
    return MonthFigures.objects.get(place_id=place_id, month=month)


def everything() -> list[dict[str, object]]:
    """All that is kept, but for keys and the time it was computed."""
    kept = MonthFigures.objects.order_by("place_id", "month").values()
    homes = CommunityFigures.objects.order_by("pk").values()
    return [
        {name: value for name, value in row.items() if name not in {"id", "computed_at"}}
        for row in (*kept, *homes)
    ]


def everything_is_the_same_when_counted_anew(at: datetime) -> bool:
    before = everything()
    figures_recount(at=at)
    return everything() == before


@pytest.fixture
def answered(diecui: Town, secretary, grid_worker):
    """Makes a matter that was answered and published, by somebody with a phone of their own."""
    made = []

    def make(**fields: object) -> Loop:
        made.append(len(made))
        fields.setdefault("who", person(phone=f"1370000{len(made):04}"))
        loop = Loop(file(diecui, **fields), desk=secretary, worker=grid_worker, at=fields.get("at", NOW))
        return loop.triage().claim().resolve().feed_back().publish()

    return make


@pytest.fixture
def mixed(diecui: Town, answered, secretary) -> Town:
    """Eight matters, each with an end of its own."""
    answered().judge()
    answered().judge(satisfied=False)  # reopened: it waits for an answer again
    answered()  # nobody has said anything yet
    silent = answered()
    silent.refresh().evaluations.update(closed_at=NOW + 2 * DAY, sweep_at=None)
    evaluating.petition_archive(petition_id=silent.pk, actor=secretary, at=NOW + 2 * DAY)
    file(diecui, who=person(phone="13700001001"))
    gone = file(diecui, who=person(phone="13700001002"))
    reporting.petition_withdraw(reporter=gone.reporters.get(), reason="已经好了", at=NOW + DAY)
    returned = file(diecui, who=person(phone="13700001003"))
    rerouting.petition_return(petition_id=returned.pk, actor=secretary, reason="不属于社区职责", at=NOW + DAY)
    spam = file(diecui, who=person(phone="13700001004"))
    hiding.spam_mark(petition_id=spam.pk, actor=secretary, reason="广告", at=NOW)
    return diecui


def test_every_matter_is_counted_once_where_it_stands(mixed):
    figures_refresh(at=LATER)

    kept = month_at(mixed.community.pk)
    assert (kept.received, kept.opinions) == (7, 7)
    assert (kept.open, kept.set_aside, kept.answered) == (2, 2, 3)
    assert (kept.confirmed, kept.refused, kept.silent, kept.waiting, kept.unasked) == (1, 0, 1, 1, 0)
    assert (kept.ratings, kept.satisfied) == (2, 1)
    assert kept.splits["topic"] == {"lamp": [7, 3, 1]}
    assert kept.splits["place"] == {str(mixed.estate.pk): [7, 3, 1]}
    assert sum(kept.days["whole"].values()) == 3


def test_splits_by_channel_route_stage_and_kind_hold_every_matter_once(mixed):
    figures_refresh(at=LATER)

    kept = month_at(mixed.community.pk)
    for dimension in ("channel", "route", "stage", "kind"):
        assert sum(counts[0] for counts in kept.splits[dimension].values()) == kept.received
    assert kept.splits["channel"] == {"web_form": [7, 3, 1]}
    assert kept.splits["stage"]["in_progress"] == [1, 0, 0]
    assert sum(kept.days["claim"].values()) == 3


def test_what_was_found_settled_there_urged_and_tracked_is_marked(diecui, secretary, grid_worker):
    found = file(diecui, actor=grid_worker, channel="patrol", origin=Origin.PROACTIVE)
    settling.petition_settle_on_spot(
        petition_id=found.pk, actor=grid_worker, outcome="换了灯泡。", photos=(), at=NOW
    )
    settling.petition_feed_back(petition_id=found.pk, actor=secretary, answer="灯亮了。", at=NOW + DAY)
    waiting = file(diecui, who=person(phone="13700000007"))
    Petition.objects.filter(pk=waiting.pk).update(urge_count=2)
    figures_refresh(at=LATER)

    marks = month_at(diecui.community.pk).splits["mark"]

    assert marks == {"proactive": [1, 1, 0], "there": [1, 1, 0], "urged": [1, 0, 0]}
    assert "claim" not in month_at(diecui.community.pk).days


def test_own_kinds_of_communities_are_not_added_up_above_them(mixed):
    figures_refresh(at=LATER)

    county = Place.objects.get(kind=PlaceKind.COUNTY)
    assert "kind" in month_at(mixed.community.pk).splits
    assert "kind" not in month_at(county.pk).splits
    assert month_at(county.pk).splits["channel"] == {"web_form": [7, 3, 1]}


def test_home_says_the_same_as_the_months(mixed):
    figures_refresh(at=LATER)

    home = CommunityFigures.objects.get(pk=mixed.community.pk)
    assert (home.received, home.open, home.answered) == (7, 2, 3)
    assert home.confirmed + home.closed_by_unit == home.answered
    assert (home.silent, home.overdue, home.computed_at) == (1, 2, LATER)


def test_counting_twice_changes_nothing(mixed):
    figures_refresh(at=LATER)
    once = everything()

    figures_refresh(at=LATER)
    figures_recount(at=LATER)

    assert everything() == once


def test_what_changed_is_counted_and_the_rest_is_left(mixed, fuxi):
    file(fuxi, at=NOW - 100 * DAY)
    figures_refresh(at=NOW + 3 * DAY)
    file(mixed, at=NOW + 4 * DAY, who=person(phone="13700009999"))

    assert figures_refresh(at=NOW + 5 * DAY) == 1

    assert month_at(mixed.community.pk).received == 8
    assert (
        MonthFigures.objects.filter(computed_at=NOW + 5 * DAY).count() == 3
    )  # community, subdistrict, county
    incremental = everything()
    figures_recount(at=NOW + 5 * DAY)
    assert everything() == incremental


def test_change_that_ends_after_the_count_began_is_not_lost(diecui):
    file(diecui)
    figures_refresh(at=NOW + DAY)
    file(diecui, at=NOW + DAY - timedelta(seconds=20), who=person(phone="13700009999"))

    figures_refresh(at=NOW + DAY + timedelta(minutes=5))

    assert month_at(diecui.community.pk).received == 2


def test_month_begins_and_ends_at_midnight_in_shanghai(diecui):
    before = datetime(2026, 10, 31, 23, 59, 59, tzinfo=SHANGHAI)
    after = datetime(2026, 11, 1, 0, 0, tzinfo=SHANGHAI)
    file(diecui, at=before, who=person(phone="13700000001"))
    file(diecui, at=after, who=person(phone="13700000002"))

    figures_refresh(at=LATER)

    assert month_at(diecui.community.pk, date(2026, 10, 1)).received == 1
    assert month_at(diecui.community.pk).received == 1


def test_merged_matter_counts_once_and_brings_its_people(diecui, secretary):
    first = file(diecui, who=person(phone="13700000001"))
    second = file(diecui, who=person(phone="13700000002"))
    merging.petitions_merge(petition_ids=[second.pk], into_id=first.pk, actor=secretary, at=NOW + DAY)

    figures_refresh(at=LATER)

    kept = month_at(diecui.community.pk)
    assert (kept.received, kept.opinions) == (1, 2)


def test_erased_person_still_counts(diecui):
    petition = file(diecui)
    figures_refresh(at=NOW)
    once = everything()
    petition.reporters.update(erasure_asked_at=NOW)
    Petition.objects.update(stage=Stage.WITHDRAWN, closed_at=NOW)
    figures_recount(at=NOW)
    closed = everything()

    reporters_asked_erase(LATER)
    figures_recount(at=LATER)

    assert PetitionReporter.objects.get().erased_at is not None
    assert [row["received"] for row in everything()] == [row["received"] for row in once]
    assert [row["opinions"] for row in everything()] == [row["opinions"] for row in closed]


def test_answer_after_the_promised_moment_is_late(answered, diecui):
    answered()
    late = answered(who=person(phone="13700000009"))
    Petition.objects.filter(pk=late.pk).update(promise_at=NOW)

    figures_refresh(at=LATER)

    kept = month_at(diecui.community.pk)
    assert (kept.answered, kept.promised, kept.on_time) == (2, 2, 1)


def test_mediations_count_by_how_they_ended(diecui, secretary, grid_worker, clerk):
    team = team_of(diecui, grid_worker, clerk)
    for number, outcome in enumerate(("agreed", "agreed", "failed", "")):
        matter = file(diecui, who=person(phone=f"1380000000{number}"))
        loop = begin(Loop(matter, desk=secretary, worker=grid_worker).triage(), team)
        if outcome:
            end(loop, outcome)

    figures_refresh(at=LATER)

    kept = month_at(diecui.community.pk)
    assert (kept.agreed, kept.failed) == (2, 1)


def test_visits_in_the_evening_count_once_their_hour_has_come(diecui, secretary, grid_worker, clerk):
    team = team_of(diecui, grid_worker, clerk)
    loop = begin(Loop(file(diecui), desk=secretary, worker=grid_worker).triage().claim(), team)
    for day, hour in ((1, 19), (2, 20), (2, 10), (9, 19)):
        visit(loop, grid_worker, clerk, day=day, hour=hour)
    figures_refresh(at=NOW)
    assert "visit" not in month_at(diecui.community.pk).splits

    figures_refresh(at=NOW + 5 * DAY)

    assert month_at(diecui.community.pk).splits["visit"] == {"evening": [2], "day": [1]}
    figures_refresh(at=NOW + 12 * DAY)
    after = {
        row.month.month: row.splits.get("visit") for row in MonthFigures.objects.filter(place=diecui.place)
    }
    assert after == {11: {"evening": [3], "day": [1]}}
    assert everything_is_the_same_when_counted_anew(NOW + 12 * DAY)


def test_sessions_count_once_their_minutes_are_written(diecui, clerk, secretary):
    session = planned(diecui)
    figures_refresh(at=NOW)
    assert not MonthFigures.objects.exists()
    enter(session, clerk, "resident", "resident")
    write(session, clerk)

    figures_refresh(at=LATER)

    month = session.starts_at.astimezone(SHANGHAI).date().replace(day=1)
    kept = month_at(diecui.community.pk, month)
    assert (kept.sessions, kept.received) == (1, 0)
    assert kept.splits["session"]["weekly_council"][0] == 1


def test_places_above_are_the_sum_of_their_communities(mixed, fuxi, county, subdistrict):
    file(fuxi, who=person(phone="13700009999"))

    figures_refresh(at=LATER)

    communities = MonthFigures.objects.filter(
        place_id__in=[mixed.community.pk, fuxi.community.pk], month=NOVEMBER
    )
    for place in (county, subdistrict):
        kept = month_at(place.pk)
        assert kept.received == sum(row.received for row in communities) == 8
        assert kept.splits["topic"]["lamp"] == [8, 3, 1]
        assert kept.days == month_at(mixed.community.pk).days
    assert set(month_at(county.pk).splits["place"]) == {str(subdistrict.pk)}
    assert set(month_at(subdistrict.pk).splits["place"]) == {str(mixed.place.pk), str(fuxi.place.pk)}


def test_place_without_communities_has_no_figures(mixed, county, subdistrict):
    figures_refresh(at=LATER)
    place = mixed.place
    place.path, place.parent = f"{county.path}{place.pk}/", county
    place.save()

    figures_recount(at=LATER)

    assert not MonthFigures.objects.filter(place=subdistrict).exists()
    assert month_at(county.pk).received == 7


def test_matter_that_went_elsewhere_leaves_the_old_months_over_night(diecui, fuxi):
    petition = file(diecui)
    figures_refresh(at=NOW + DAY)
    Petition.objects.filter(pk=petition.pk).update(
        community=fuxi.community, place=fuxi.estate, place_path=fuxi.estate.path, changed_at=NOW + DAY
    )

    figures_recount(at=NOW + 2 * DAY)

    assert month_at(diecui.community.pk).received == 0
    assert month_at(fuxi.community.pk).received == 1


def test_statements_do_not_grow_with_matters(diecui):
    def counting(matters: int, at: datetime) -> int:
        for number in range(matters):
            file(diecui, at=at, who=person(phone=f"138{at.day:02}{number:06}"))
        with CaptureQueriesContext(connection) as statements:
            figures_refresh(at=at)
        return len(statements)

    counting(1, NOW)

    assert counting(3, NOW + DAY) == counting(30, NOW + 2 * DAY)


@pytest.mark.parametrize(
    "wrong", [{"received": 9}, {"confirmed": 9}, {"satisfied": 9}, {"month": date(2026, 11, 2)}]
)
def test_database_refuses_figures_that_do_not_add_up(diecui, wrong):
    file(diecui)
    figures_refresh(at=NOW)

    with pytest.raises(IntegrityError):
        MonthFigures.objects.filter(place=diecui.place).update(**wrong)


def test_nothing_added_up_is_nothing():
    assert added_up([])["received"] == 0
    assert added_up([])["last_no"] is None


@pytest.mark.django_db(transaction=True)
def test_slow_count_never_overwrites_a_newer_one(diecui):
    """It reads only after it has the lock: whoever counts later has also looked later."""
    file(diecui)
    counting = threading.Thread(target=_count)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FIGURES_LOCK])
        counting.start()
        _until_somebody_waits()
        file(diecui, who=person(phone="13700000002"))
    counting.join()

    assert month_at(diecui.community.pk).received == 2


def _count() -> None:
    figures_refresh(at=LATER)
    connection.close()


def _until_somebody_waits() -> None:
    waiting = "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)"
    for _ in range(500):
        with connection.cursor() as cursor:
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    raise AssertionError("the count does not wait")


@pytest.mark.django_db(transaction=True)
def test_counting_in_parallel_is_as_good_as_once(diecui, fuxi):
    for number in range(5):
        file(diecui, who=person(phone=f"1380000000{number}"))
        file(fuxi, who=person(phone=f"1380000000{number}"))

    results = at_once([lambda: figures_refresh(at=LATER), lambda: figures_recount(at=LATER)] * 2)

    assert not [result for result in results if isinstance(result, Exception)]
    parallel = everything()
    figures_recount(at=LATER)
    assert everything() == parallel
    assert month_at(diecui.community.pk).received == 5
