"""After the result: 反馈, 晒事, 回访, 评事, and the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from community.duties import Power
from community.workflow import Mode, Stage
from petitions import workflow
from petitions.selectors.steps.case import Case, Rule
from petitions.selectors.steps.step import Step


def _publishable(case: Case) -> bool:
    again = case.petition.published_at is not None and case.stage != Stage.FED_BACK
    free = not case.petition.is_private and case.matter.shown_post is None
    return free and (again or case.leads_to(Stage.PUBLISHED))


def _visitable(case: Case) -> bool:
    visited = any(visit.round == case.petition.round for visit in case.matter.return_visits)
    return case.leads_to(Stage.FOLLOWED_UP) and not visited and not case.handled_by_me


def _recordable(case: Case) -> bool:
    return not case.handled_by_me and bool(case.matter.unasked(case.at))


def _archivable(case: Case) -> bool:
    decided = not case.petition.awaits_decision or case.may(Power.PETITION_SUPERVISE)
    heard = all(one.is_settled for one in case.matter.round_evaluations)
    last = _evaluated(case)
    return decided and heard and workflow.can_move(case.profile, last, Stage.ARCHIVED)


def _evaluated(case: Case) -> Stage:
    """Where the matter stands before it is archived: 评事 is passed on the way, where there is one."""
    has_stage = case.profile.mode(Stage.EVALUATED) != Mode.OFF
    return Stage.EVALUATED if has_stage and case.leads_to(Stage.EVALUATED) else case.stage


def _preventable(case: Case) -> bool:
    return case.petition.lacks_prevention and not case.claimed_by_another


def _has_periodic_measure(case: Case) -> bool:
    measure = case.matter.prevention if case.petition.prevented_at else None
    return measure is not None and measure.every_months > 0


RULES: Final[Mapping[Step, Rule]] = {
    Step.FEED_BACK: Rule(Power.PETITION_HANDLE, lambda c: c.leads_to(Stage.FED_BACK)),
    Step.PUBLISH: Rule(
        Power.PETITION_PUBLISH,
        _publishable,
        lambda c: c.passage(Stage.PUBLISHED),
        lambda c: {"has_public_text": True, "has_public_photo": bool(c.matter.photos)},
    ),
    Step.TAKE_DOWN: Rule(Power.PETITION_PUBLISH, lambda c: c.matter.shown_post is not None),
    Step.RETURN_VISIT: Rule(Power.PETITION_VISIT, _visitable),
    Step.RECORD_JUDGEMENT: Rule(Power.PETITION_VISIT, _recordable),
    Step.ARCHIVE: Rule(Power.PETITION_TRIAGE, _archivable, lambda _c: (Stage.ARCHIVED,)),
    Step.PREVENT: Rule(Power.PETITION_HANDLE, _preventable),
    Step.MEASURE_CHECK: Rule(Power.PETITION_HANDLE, _has_periodic_measure),
    Step.REOPEN: Rule(Power.PETITION_SUPERVISE, lambda c: c.petition.awaits_decision),
}
