"""The steps of the loop as a community names them, and how far a matter came."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from community.workflow import Mode, Profile, Stage
from core.display import short_day
from petitions import workflow
from petitions.models import Petition, PetitionEvent
from petitions.workflow import POSITION, SIDE

FOLDED: Final = frozenset({Stage.RESOLVED, Stage.FED_BACK})
"""Stages that are a step of their own only where the community has a word of its own for them."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the loop in the community's own word. `state` is done, now or todo."""

    label: str
    state: str
    note: str = ""


def steps_of(petition: Petition, events: Collection[PetitionEvent]) -> list[Step]:
    """The community's own steps, done ones with their day. A side state has no step to come."""
    profile = petition.profile
    entered = _entered(petition, events)
    reached = _reached(petition, events)
    shown = [stage for stage in profile.shown_stages if _is_step(profile, stage, entered, reached)]
    current = max((POSITION[stage] for stage in shown if POSITION[stage] <= reached), default=0)
    ended = petition.stage in workflow.CLOSED
    steps = []
    for stage in shown:
        at = POSITION[stage]
        state = "todo" if at > current else "now" if at == current and not ended else "done"
        note = short_day(entered[stage]) if state == "done" and stage in entered else ""
        if state == "now" and petition.stage != stage and petition.stage not in SIDE:
            note = petition.stage_label
        if state != "todo" or petition.stage not in SIDE:
            steps.append(Step(profile.label(stage), state, note))
    if petition.stage in SIDE:
        steps.append(Step(petition.stage_label, "now", short_day(petition.closed_at)))
    return steps


def _entered(petition: Petition, events: Collection[PetitionEvent]) -> dict[str, datetime]:
    """When each stage was entered, in the present round if it came that far again."""
    entered: dict[str, datetime] = {}
    for event in sorted(events, key=lambda event: (event.round != petition.round, event.pk)):
        entered.setdefault(event.stage, event.at)
    return entered


def _reached(petition: Petition, events: Collection[PetitionEvent]) -> int:
    """How far round the loop the matter came."""
    if petition.stage in POSITION:
        return POSITION[Stage(petition.stage)]
    return max((POSITION[Stage(event.stage)] for event in events if event.stage in POSITION), default=0)


def _is_step(profile: Profile, stage: Stage, entered: dict[str, datetime], reached: int) -> bool:
    """Left out: folded stages, and optional ones that were passed over or are mere deliberation to come."""
    if stage in FOLDED and profile.label(stage) == str(stage.label):
        return False
    if profile.mode(stage) != Mode.OPTIONAL or stage in entered:
        return True
    return POSITION[stage] > reached and stage != Stage.DELIBERATING
