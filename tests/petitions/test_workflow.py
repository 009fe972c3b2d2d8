"""The transition table and the gates, for every shipped profile; no database."""

from __future__ import annotations

from itertools import product

import pytest

from community.profiles import duration_from
from community.shipped import SHIPPED
from community.workflow import DEFAULT_MODES, LOOP, SIDE, Gate, Limit, Mode, Profile, Route, Severity, Stage
from core.errors import GateClosedError, IllegalMoveError
from petitions import workflow
from petitions.workflow import Facts


def profile_of(slug: str) -> Profile:
    shipped = SHIPPED[slug]
    return Profile(
        slug=slug,
        brand=shipped.brand_name,
        labels={stage: shipped.labels.get(stage, str(stage.label)) for stage in LOOP},
        modes={**DEFAULT_MODES, **shipped.modes},
        gates=frozenset(shipped.gates),
        limits={limit: shipped.limits.get(limit) or duration_from({}, limit) for limit in Limit},
        channels=frozenset(shipped.channels),
    )


PROFILES = {slug: profile_of(slug) for slug in SHIPPED}
MAIN_ROAD = {
    "diecui": "received triaged (deliberating) in_progress resolved fed_back published evaluated archived",
    "fuxi": "received triaged (deliberating) in_progress resolved fed_back published evaluated archived",
    "xijiao": "received [triaged] deliberating in_progress resolved fed_back followed_up archived",
    "dali": "received triaged dispatched accepted in_progress resolved fed_back (evaluated) archived",
    "jiwang": "received [triaged] (deliberating) in_progress resolved fed_back (published) archived",
    "yongji": "received triaged accepted in_progress resolved fed_back (evaluated) archived",
    "jiangshan": "received [triaged] (deliberating) dispatched accepted in_progress resolved fed_back (published) "
    "evaluated archived",
    "weilai": "received [triaged] deliberating in_progress resolved fed_back (published) followed_up archived",
    "fuqian": "received triaged dispatched in_progress resolved fed_back (published) followed_up archived",
}


def road(slug: str) -> list[tuple[Stage, str]]:
    """The stages of a profile as the mapping says: must, may be left out (), passes by itself []."""
    kinds = {"(": "may", "[": "auto"}
    return [(Stage(word.strip("()[]")), kinds.get(word[0], "must")) for word in MAIN_ROAD[slug].split()]


def allowed_pairs(slug: str) -> set[tuple[Stage, Stage]]:
    """Every forward pair that leaves out no compulsory stage, from the mapping alone."""
    steps = road(slug)
    silent = [stage for stage in LOOP if PROFILES[slug].mode(stage) == Mode.AUTO]
    pairs = set()
    for i, j in product(range(len(steps)), repeat=2):
        if i < j and all(kind != "must" for _stage, kind in steps[i + 1 : j]):
            pairs.add((steps[i][0], steps[j][0]))
    shown = {stage for stage, _kind in steps}
    return {
        pair
        for pair in pairs
        if pair[0] in shown and pair[1] in shown and not set(pair) & (set(silent) - shown)
    }


@pytest.mark.parametrize("slug", MAIN_ROAD)
def test_every_pair_of_shown_stages_is_allowed_or_refused_as_the_mapping_says(slug):
    profile, shown = PROFILES[slug], [stage for stage, _kind in road(slug)]

    found = {pair for pair in product(shown, repeat=2) if workflow.can_move(profile, *pair)}

    assert found == allowed_pairs(slug)


@pytest.mark.parametrize("slug", MAIN_ROAD)
def test_stage_that_is_off_is_never_entered(slug):
    profile = PROFILES[slug]
    off = [stage for stage in LOOP if profile.mode(stage) == Mode.OFF]

    assert off
    assert not any(workflow.can_move(profile, current, stage) for current in LOOP for stage in off)


@pytest.mark.parametrize("slug", MAIN_ROAD)
@pytest.mark.parametrize("stage", LOOP)
def test_no_stage_leads_back_or_to_itself(slug, stage):
    profile = PROFILES[slug]

    earlier = LOOP[: LOOP.index(stage) + 1]

    assert not any(workflow.can_move(profile, stage, target) for target in earlier)


@pytest.mark.parametrize("slug", MAIN_ROAD)
def test_nothing_leaves_a_closed_matter(slug):
    closed = [*SIDE, Stage.ARCHIVED]

    assert not any(workflow.can_move(PROFILES[slug], stage, target) for stage in closed for target in Stage)


@pytest.mark.parametrize(
    ("target", "sources"),
    [
        (Stage.RETURNED, {Stage.RECEIVED, Stage.TRIAGED}),
        (Stage.WITHDRAWN, {Stage.RECEIVED, *workflow.HANDLING}),
        (Stage.MERGED, {Stage.RECEIVED, *workflow.HANDLING}),
    ],
)
def test_side_state_is_reached_from_its_sources_only(target, sources):
    found = {stage for stage in Stage if workflow.can_move(PROFILES["diecui"], stage, target)}

    assert found == sources


def test_handling_cannot_jump_to_appraisal_before_publishing():
    with pytest.raises(IllegalMoveError) as refused:
        workflow.passage(PROFILES["diecui"], Stage.IN_PROGRESS, Stage.EVALUATED)

    assert refused.value.extra["missing"] == "resolved"


def test_private_matter_has_no_public_stage():
    private = workflow.for_matter(PROFILES["diecui"], private=True)

    assert not workflow.can_move(private, Stage.FED_BACK, Stage.PUBLISHED)
    assert workflow.can_move(private, Stage.FED_BACK, Stage.EVALUATED)


def test_nobody_sits_over_an_application():
    assisted = workflow.for_matter(PROFILES["xijiao"], private=True, assisted=True)

    assert workflow.can_move(assisted, Stage.TRIAGED, Stage.IN_PROGRESS)
    assert not workflow.can_move(assisted, Stage.TRIAGED, Stage.DELIBERATING)


OPENED = {
    Gate.ROUTE_AT_TRIAGE: ({}, {"route": Route.SELF_HELP}),
    Gate.CRITERIA_AT_TRIAGE: ({}, {"criteria_complete": True}),
    Gate.DEADLINE_AND_RESPONSIBLE: (
        {"has_responsible": True},
        {"has_responsible": True, "has_deadline": True},
    ),
    Gate.APPROVAL_BEFORE_DISPATCH: ({}, {"approved": True}),
    Gate.SITE_INSPECTION: ({"topic": "leak"}, {"topic": "leak", "inspected": True}),
    Gate.MINUTES_FOR_JOINT_MEETING: (
        {"route": Route.JOINT_MEETING},
        {"route": Route.JOINT_MEETING, "has_minutes": True},
    ),
    Gate.PARTIES_FOR_JOINT_ACTION: (
        {"route": Route.JOINT_ACTION, "parties": 1},
        {"route": Route.JOINT_ACTION, "parties": 2},
    ),
    Gate.SUPERVISOR_ON_DECISION: ({"has_unsupervised_decision": True}, {}),
    Gate.AFTER_PHOTO_TO_RESOLVE: ({}, {"has_after_photo": True}),
    Gate.TEXT_AND_PHOTO_TO_PUBLISH: (
        {"has_public_text": True},
        {"has_public_text": True, "has_public_photo": True},
    ),
    Gate.EXPLAINED_BEFORE_RESOLVE: ({"is_unexplained": True}, {}),
    Gate.EXCHANGES_BEFORE_RESOLVE: ({"has_few_exchanges": True}, {}),
    Gate.COMPLETED_BEFORE_RESOLVE: ({"is_incomplete": True}, {}),
    Gate.RETURN_VISIT_BEFORE_ARCHIVE: ({}, {"return_visited": True}),
    Gate.EVALUATION_BEFORE_ARCHIVE: ({}, {"evaluation_settled": True}),
}


def with_gate(gate: Gate) -> Profile:
    return Profile("x", "x", {}, dict(DEFAULT_MODES), frozenset({gate}), {})


@pytest.mark.parametrize("gate", Gate)
def test_gate_is_closed_until_its_condition_holds(gate):
    closed, opened = OPENED[gate]
    stages = (workflow.GATES[gate].stage,)

    with pytest.raises(GateClosedError) as refused:
        workflow.check_gates(with_gate(gate), stages, Facts(**closed))
    workflow.check_gates(with_gate(gate), stages, Facts(**opened))

    assert refused.value.extra == {"gate": gate.value}


@pytest.mark.parametrize("gate", Gate)
def test_gate_binds_only_the_profile_that_has_it(gate):
    closed, _opened = OPENED[gate]
    without = Profile("x", "x", {}, dict(DEFAULT_MODES), frozenset(), {})

    workflow.check_gates(without, (workflow.GATES[gate].stage,), Facts(**closed))

    assert gate not in without.gates


@pytest.mark.parametrize(
    ("criteria", "colour"),
    [
        ((1, 1, 1), Severity.BLUE),
        ((1, 2, 1), Severity.YELLOW),
        ((1, 2, 3), Severity.RED),
        ((3, 1, 1), Severity.RED),
    ],
)
def test_highest_criterion_decides_the_colour(criteria, colour):
    assert workflow.colour_of(*criteria) == colour


@pytest.mark.parametrize("slug", MAIN_ROAD)
def test_matter_settled_on_the_spot_passes_every_compulsory_stage(slug):
    profile = PROFILES[slug]

    passed = workflow.on_the_spot(profile, Stage.RECEIVED)

    assert passed[-2:] == (Stage.IN_PROGRESS, Stage.RESOLVED)
    assert list(passed) == sorted(passed, key=LOOP.index)
