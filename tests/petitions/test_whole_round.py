"""One matter all the way round."""

from __future__ import annotations

from community.workflow import Stage
from core.models import OutboxMessage
from petitions.models import WallPost
from petitions.workflow import Event


def test_matter_goes_all_the_way_round_and_ends_by_itself(loop):
    loop.triage().claim().resolve().feed_back().publish().judge(satisfied=True)

    petition = loop.refresh()
    assert petition.stage == Stage.ARCHIVED
    assert petition.satisfied_count == 1
    events = list(petition.events.values_list("event", flat=True))
    assert [event for event in events if event != Event.PASSED] == [
        "filed",
        "triaged",
        "claimed",
        "resolved",
        "fed_back",
        "published",
        "judged",
        "evaluated",
        "archived",
    ]
    assert WallPost.objects.filter(petition=petition, taken_down_at=None).exists()


def test_every_hop_has_a_clock_and_a_name(loop, grid_worker):
    seen = []
    for step in (lambda: None, loop.triage, loop.claim, loop.resolve, loop.feed_back, loop.publish):
        step()
        petition = loop.refresh()
        seen.append((petition.stage, petition.clock, petition.due_at is not None, petition.tier != ""))

    assert [clock for _stage, clock, _due, _tier in seen] == [
        "accept",
        "handle_blue",
        "handle_blue",
        "feed_back",
        "publish",
        "evaluate",
    ]
    assert all(due and tier for _stage, _clock, due, tier in seen)
    assert petition.assignee == grid_worker


def test_first_refusal_reopens_at_once_one_tier_up(loop, grid_leader):
    loop.triage().claim().resolve().feed_back().publish().judge(satisfied=False, comment="灯又坏了")

    petition = loop.refresh()
    assert petition.stage == Stage.IN_PROGRESS
    assert (petition.round, petition.assignee) == (2, grid_leader)
    assert OutboxMessage.objects.filter(kind="petition.reopened", user=grid_leader).count() == 1
