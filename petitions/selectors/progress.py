"""Where a matter stands, as steps and as lines of a history, for the people who handle it."""

from __future__ import annotations

from typing import Any, Protocol

from django.utils.translation import gettext as _

from community.workflow import Mode, Stage
from core.display import moment
from petitions import workflow
from petitions.models import Petition, PetitionEvent
from petitions.selectors.matter import Matter
from petitions.selectors.places import public_place
from petitions.workflow import Event

HEADLINE = 44


class Worded(Protocol):
    """What a headline is made of."""

    @property
    def public_title(self) -> str: ...
    @property
    def text(self) -> str: ...


def headline(petition: Worded) -> str:
    """The approved title, else how the words begin."""
    text = petition.public_title or " ".join(petition.text.split())
    return text if len(text) <= HEADLINE else text[: HEADLINE - 1] + "…"


def heading(petition: Petition) -> str:
    """The approved title, else what it is about and where; the words themselves stand below."""
    return petition.public_title or f"{petition.get_topic_display()} · {public_place(petition.place)}"


def stepper_of(matter: Matter) -> list[dict[str, Any]]:
    """The stages of this matter's loop in the community's words; nothing once it has left the loop, or never
    went round it.
    """
    stage = Stage(matter.petition.stage)
    if stage in workflow.SIDE or matter.petition.is_imported:
        return []
    here = workflow.POSITION[stage]
    reached = {event.stage for event in matter.events if event.round == matter.petition.round}
    shown = [
        each
        for each in matter.profile.shown_stages
        if matter.profile.mode(each) == Mode.ON or each in reached or each == Stage.ARCHIVED
    ]
    now = max((each for each in shown if workflow.POSITION[each] <= here), key=workflow.POSITION.__getitem__)
    return [{"label": matter.profile.label(each), "state": _state(each, now)} for each in shown]


def history_of(matter: Matter) -> list[dict[str, Any]]:
    """Every line, newest first, with the person and the post that acted."""
    return [_line(matter, event) for event in reversed(matter.events)]


def _state(stage: Stage, now: Stage) -> str:
    if stage == now:
        return "done" if stage == Stage.ARCHIVED else "now"
    return "done" if workflow.POSITION[stage] < workflow.POSITION[now] else "todo"


def _line(matter: Matter, event: PetitionEvent) -> dict[str, Any]:
    title = str(event.get_event_display())
    if event.event == Event.PASSED:
        title = _("%s（自动通过）") % matter.profile.label(event.stage)
    who = " ".join(part for part in (event.who, matter.name_of(event.actor_id)) if part)
    return {"at": moment(event.at), "title": title, "who": who, "text": event.note}
