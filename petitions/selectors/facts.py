"""What the gates need to know of one matter, read after its row is locked: one statement."""

from __future__ import annotations

from typing import Any, Final

from django.db import connection

from petitions.models import Origin, Petition
from petitions.models.assistance import EXCHANGES_WANTED, Point
from petitions.workflow import Facts

RECORDED: Final = """
    SELECT
        EXISTS (SELECT FROM petitions_petitionevent WHERE petition_id = %(petition)s AND event = 'inspected'),
        EXISTS (SELECT FROM petitions_deliberation WHERE petition_id = %(petition)s),
        EXISTS (SELECT FROM petitions_deliberation
            WHERE petition_id = %(petition)s AND supervisor_id IS NULL),
        (SELECT count(*) FROM petitions_petitionparty WHERE petition_id = %(petition)s),
        EXISTS (SELECT FROM petitions_petitionphoto WHERE petition_id = %(petition)s AND kind = 'after'),
        EXISTS (SELECT FROM petitions_returnvisit WHERE petition_id = %(petition)s AND round = %(round)s),
        EXISTS (SELECT FROM petitions_evaluation WHERE petition_id = %(petition)s AND round = %(round)s),
        EXISTS (SELECT FROM petitions_evaluation WHERE petition_id = %(petition)s AND round = %(round)s
            AND answered_at IS NULL AND closed_at IS NULL),
        EXISTS (SELECT FROM petitions_assistance WHERE petition_id = %(petition)s AND is_application
            AND (SELECT count(*) FROM petitions_explanation WHERE petition_id = %(petition)s) < %(points)s),
        EXISTS (SELECT FROM petitions_assistance WHERE petition_id = %(petition)s AND is_application
            AND few_reason = ''
            AND (SELECT count(*) FROM petitions_exchange WHERE petition_id = %(petition)s) < %(exchanges)s),
        EXISTS (SELECT FROM petitions_assistance WHERE petition_id = %(petition)s AND is_application
            AND completed_at IS NULL)
"""

OF_HELP: Final = ("is_unexplained", "has_few_exchanges", "is_incomplete")


def facts_in_hand(petition: Petition) -> Facts:
    """What the row itself says, and the worst of everything that is on record elsewhere: no statement.

    A gate that these facts open is open whatever the records say.
    """
    is_assisted = petition.service_minutes is not None
    return Facts(
        **_own(petition),
        has_unsupervised_decision=True,
        is_unexplained=is_assisted,
        has_few_exchanges=is_assisted,
        is_incomplete=is_assisted,
    )


def facts_of(petition: Petition) -> Facts:
    """The facts that are recorded about a matter in its present round."""
    with connection.cursor() as cursor:
        wanted = {"points": len(Point), "exchanges": EXCHANGES_WANTED}
        cursor.execute(RECORDED, {"petition": petition.pk, "round": petition.round, **wanted})
        inspected, minutes, unsupervised, parties, after, visited, asked, unsettled, *help_ = (
            cursor.fetchone()
        )
    return Facts(
        **_own(petition),
        inspected=inspected,
        has_minutes=minutes,
        has_unsupervised_decision=unsupervised,
        parties=parties,
        has_after_photo=after,
        return_visited=visited,
        evaluation_settled=(asked or petition.origin == Origin.PROACTIVE) and not unsettled,
        **dict(zip(OF_HELP, help_, strict=True)),
    )


def _own(petition: Petition) -> dict[str, Any]:
    """What the petition's own row says, as the action has set it, saved or not."""
    return {
        "route": petition.route,
        "topic": petition.topic,
        "mediation": petition.mediation,
        "is_unverified": petition.is_unverified,
        "lacks_prevention": petition.lacks_prevention,
        "criteria_complete": None not in {petition.scale, petition.difficulty, petition.social_impact},
        "approved": petition.is_approved,
        "has_responsible": petition.assignee_id is not None,
        "has_deadline": petition.due_at is not None,
    }
