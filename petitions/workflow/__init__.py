"""The closed loop as data: states, the transition table, gates. No query, no clock.

One canonical machine serves every community; a profile switches optional stages off, passes some by
itself, and guards some with gates. Source: P-01, P-02, P-16, P-17, P-20, P-21, P-24, P-25.
"""

from community.workflow import CLOSED, LOOP, SIDE
from petitions.workflow.events import BY_REPORTERS, Audience, Event
from petitions.workflow.gates import (
    BUILDING_TOPICS,
    GATES,
    STANDING,
    Facts,
    check_gates,
    check_standing,
    closed_gate,
    standing_gate,
)
from petitions.workflow.limits import (
    HANDLING_LIMIT,
    INSPECTED_WITHIN,
    NUDGES,
    PAUSE_CAP_WORKING_DAYS,
    PAUSE_WORKING_DAYS,
    VERIFY_MINUTES,
    WAITED,
    colour_of,
    limit_at,
    scale_for,
)
from petitions.workflow.moves import can_move, check_reopen, for_matter, on_the_spot, passage
from petitions.workflow.stages import AWAITING, HANDLING, OPEN, POSITION, SIDE_FROM, UNANSWERED, Mediation
from petitions.workflow.watching import (
    IN_VAIN,
    NO_PICTURE,
    NO_REPEAT,
    REOPENED_ROUND,
    REPEATS,
    REPEATS_WITHIN,
    URGE_MINUTES,
    WORTH_A_LOOK,
    Neglect,
    look_every,
)

__all__ = [
    "AWAITING",
    "BUILDING_TOPICS",
    "BY_REPORTERS",
    "CLOSED",
    "GATES",
    "HANDLING",
    "HANDLING_LIMIT",
    "INSPECTED_WITHIN",
    "IN_VAIN",
    "LOOP",
    "NO_PICTURE",
    "NO_REPEAT",
    "NUDGES",
    "OPEN",
    "PAUSE_CAP_WORKING_DAYS",
    "PAUSE_WORKING_DAYS",
    "POSITION",
    "REOPENED_ROUND",
    "REPEATS",
    "REPEATS_WITHIN",
    "SIDE",
    "SIDE_FROM",
    "STANDING",
    "UNANSWERED",
    "URGE_MINUTES",
    "VERIFY_MINUTES",
    "WAITED",
    "WORTH_A_LOOK",
    "Audience",
    "Event",
    "Facts",
    "Mediation",
    "Neglect",
    "can_move",
    "check_gates",
    "check_reopen",
    "check_standing",
    "closed_gate",
    "colour_of",
    "for_matter",
    "limit_at",
    "look_every",
    "on_the_spot",
    "passage",
    "scale_for",
    "standing_gate",
]
