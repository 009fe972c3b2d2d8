"""What the gates ask: the row itself first, the records only where that is not enough."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import product

import pytest

from community.workflow import Gate, Route, Stage, Topic
from petitions import workflow
from petitions.selectors.facts import facts_in_hand, facts_of
from petitions.workflow import Facts

RECORDED = {
    "inspected": (False, True),
    "has_minutes": (False, True),
    "has_unsupervised_decision": (False, True),
    "parties": (0, 1, 2),
    "has_after_photo": (False, True),
    "return_visited": (False, True),
    "evaluation_settled": (False, True),
    "is_unexplained": (False, True),
    "has_few_exchanges": (False, True),
    "is_incomplete": (False, True),
}


@pytest.mark.parametrize("gate", list(Gate))
def test_gate_that_is_open_by_the_worst_records_is_open_by_any(gate, petition):
    petition.service_minutes = 420  # as if it were about an item of the guide
    rule = workflow.GATES[gate]

    for route, topic in product(("", *Route), (Topic.LIFT, Topic.LAMP)):
        worst = replace(facts_in_hand(petition), route=route, topic=topic)
        for values in product(*RECORDED.values()):
            recorded = replace(worst, **dict(zip(RECORDED, values, strict=True)))
            assert rule.passed(recorded) or not rule.passed(worst)


def test_every_fact_is_either_in_hand_or_recorded(petition):
    in_hand, recorded = facts_in_hand(petition), facts_of(petition)
    given_by_the_action = {"has_public_text", "has_public_photo"}

    same = {field.name for field in fields(Facts)} - RECORDED.keys() - given_by_the_action

    assert {name for name in same if getattr(in_hand, name) != getattr(recorded, name)} == set()


def test_small_matter_is_claimed_without_asking_the_records(loop, django_assert_max_num_queries):
    loop.triage()
    actor = type(loop.worker).objects.get(pk=loop.worker.pk)
    loop.worker = actor

    with django_assert_max_num_queries(10):
        loop.claim()

    assert loop.refresh().stage == Stage.IN_PROGRESS
