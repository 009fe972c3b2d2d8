"""Sorting what came in: 理事 and its corrections, merging, and what keeps a matter from sight."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from community.duties import Power
from community.workflow import Stage
from petitions import workflow
from petitions.selectors.steps.case import Case, Rule
from petitions.selectors.steps.step import Step


def _unsorted(case: Case) -> bool:
    return case.stage in {Stage.RECEIVED, Stage.TRIAGED}


def _separable(case: Case) -> bool:
    runs_in = case.matter.runs_in
    return runs_in is not None and runs_in.stage in workflow.UNANSWERED


def _hideable(case: Case) -> bool:
    return not case.petition.is_private and case.matter.shown_post is None


def _spammable(case: Case) -> bool:
    return case.petition.spam_marked_at is None and not case.matter.merged


RULES: Final[Mapping[Step, Rule]] = {
    Step.TRIAGE: Rule(Power.PETITION_TRIAGE, lambda c: c.leads_to(Stage.TRIAGED)),
    Step.REGRADE: Rule(Power.PETITION_TRIAGE, lambda c: c.in_handling),
    Step.TITLE: Rule(Power.PETITION_TRIAGE, lambda c: not c.petition.is_private),
    Step.MERGE_IN: Rule(
        Power.PETITION_TRIAGE, lambda c: c.stage in workflow.UNANSWERED and not c.is_application
    ),
    Step.MERGE: Rule(Power.PETITION_TRIAGE, lambda c: c.leads_to(Stage.MERGED) and not c.is_application),
    Step.UNMERGE: Rule(Power.PETITION_TRIAGE, _separable),
    Step.RETURN: Rule(Power.PETITION_TRIAGE, _unsorted),
    Step.HAND_ON: Rule(Power.PETITION_TRIAGE, _unsorted),
    Step.REROUTE: Rule(Power.PETITION_TRIAGE, _unsorted),
    Step.PHONE: Rule(Power.PETITION_CONTACT, lambda c: bool(c.matter.reporters)),
    Step.HIDE: Rule(Power.PETITION_TRIAGE, _hideable),
    Step.SPAM: Rule(Power.PETITION_TRIAGE, _spammable),
    Step.SPAM_UNDO: Rule(Power.PETITION_TRIAGE, lambda c: c.petition.spam_marked_at is not None),
}
