"""What a page about one matter shows, on a phone and at the desk alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from community.duties import Power
from community.permissions import has_power
from core.models import User
from petitions import workflow
from petitions.selectors import claims
from petitions.selectors.matter import Matter
from petitions.selectors.progress import history_of, stepper_of
from petitions.selectors.steps import Possible, Step, main_step, possible_steps

GROUPS: Final = (
    (
        _("办理"),
        {
            *(Step.VERIFY, Step.CLAIM, Step.START, Step.RESOLVE, Step.SETTLE, Step.PROGRESS),
            *(Step.INSPECT, Step.HAZARD, Step.ASK),
            *(Step.PAUSE, Step.RESUME, Step.HAND_OVER, Step.ESCALATE),
        },
    ),
    (_("帮办"), {Step.ARRANGE, Step.EXPLAIN, Step.EXCHANGE, Step.EXCUSE, Step.COMPLETE}),
    (
        _("答复与评价"),
        {
            *(Step.FEED_BACK, Step.PUBLISH, Step.TAKE_DOWN, Step.RETURN_VISIT, Step.RECORD_JUDGEMENT),
            *(Step.REOPEN, Step.ARCHIVE, Step.PREVENT, Step.MEASURE_CHECK),
            *(Step.FOLLOW_ON, Step.SERVICE, Step.SERVICE_OPEN),
        },
    ),
    (
        _("分派与议事"),
        {
            *(Step.TRIAGE, Step.REGRADE, Step.APPROVE, Step.ASSIGN, Step.DELIBERATE, Step.PARTIES),
            Step.SUPERVISOR,
            *(Step.TITLE, Step.MERGE_IN),
        },
    ),
    (
        _("调解"),
        {
            *(Step.MEDIATE, Step.MEDIATION_PARTY, Step.MEDIATION_VISIT, Step.MEDIATION_NOTE),
            *(Step.MEDIATION_END, Step.MEDIATION_CHECK),
        },
    ),
    (_("督办"), {Step.URGE, Step.CHECK, Step.SUPERVISE, Step.RESUPERVISE, Step.UNSUPERVISE}),
    (
        _("更正与退转"),
        {
            *(Step.MERGE, Step.UNMERGE),
            *(Step.RETURN, Step.HAND_ON, Step.REROUTE, Step.PHONE, Step.HIDE, Step.SPAM, Step.SPAM_UNDO),
        },
    ),
)
"""The steps beside the main one, by what they are for."""


def matter_page(matter: Matter, user: User, at: datetime) -> dict[str, Any]:
    """The matter, its history, and the steps that are possible: one main, one beside it, the rest."""
    possible = possible_steps(matter, user, at)
    main = main_step(possible)
    second = possible.get(Step.PROGRESS) if main and main.step == Step.RESOLVE else None
    rest = [one for one in possible.values() if one not in (main, second) and not one.gate]
    return {
        "matter": matter,
        "petition": matter.petition,
        "main": main,
        "second": second,
        "groups": _grouped(rest),
        "held_by": claims.who_has_it(matter.petition)
        if claims.is_claimed_by_another(matter.petition, user, at=at, stands=matter.claim_stands(at))
        else "",
        "gates": list(dict.fromkeys(one.gate for one in possible.values() if one.gate)),
        "may_read_notes": matter.in_confidence(user, at),
        "stepper": stepper_of(matter),
        "history": history_of(matter),
        "may_call": not matter.petition.is_imported
        and has_power(user, Power.PETITION_CONTACT, matter.petition.scope, at=at),
        "larger_scale": _larger_scale(matter),
        "at": at,
    }


def _larger_scale(matter: Matter) -> int:
    """规模 as the number of people suggests it, while it is handled under a smaller one; else 0."""
    petition = matter.petition
    proposed = workflow.scale_for(petition.reporters_count)
    is_smaller = petition.scale is not None and petition.scale < proposed
    return proposed if is_smaller and petition.stage in workflow.HANDLING else 0


def _grouped(steps: Sequence[Possible]) -> list[tuple[Any, list[Possible]]]:
    """The steps under their headings; empty headings are left out."""
    groups = [(label, [one for one in steps if one.step in members]) for label, members in GROUPS]
    return [(label, members) for label, members in groups if members]
