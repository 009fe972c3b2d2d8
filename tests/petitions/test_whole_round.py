"""One matter all the way round."""

from __future__ import annotations

from community.workflow import Stage
from core.models import OutboxMessage
from petitions.models import WallPost
from petitions.workflow import Event
from tests.petitions.loop import Loop, file


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


def test_every_hop_has_a_clock_and_a_name(diecui, secretary, dispatcher, grid_worker):
    loop = Loop(file(diecui), desk=secretary, worker=grid_worker)
    seen = []
    for step in (lambda: None, loop.triage, loop.claim, loop.resolve, loop.feed_back, loop.publish):
        step()
        petition = loop.refresh()
        seen.append((petition.clock, petition.due_at is not None, str(petition.assignee)))

    assert seen == [
        ("accept", True, "吴管理"),
        ("handle_blue", True, "王网格"),
        ("handle_blue", True, "王网格"),
        ("feed_back", True, "王网格"),
        ("publish", True, "吴管理"),
        ("evaluate", True, "吴管理"),
    ]


def test_first_refusal_reopens_at_once_one_tier_up(loop, grid_leader):
    loop.triage().claim().resolve().feed_back().publish().judge(satisfied=False, comment="灯又坏了")

    petition = loop.refresh()
    assert petition.stage == Stage.IN_PROGRESS
    assert (petition.round, petition.assignee) == (2, grid_leader)
    assert OutboxMessage.objects.filter(kind="petition.reopened", user=grid_leader).count() == 1
