"""What the gates need to know of one matter, read after its row is locked: one statement."""

from __future__ import annotations

from typing import Any, Final

from django.db import connection

from petitions.models import Origin, Petition
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
            AND answered_at IS NULL AND closed_at IS NULL)
"""


def facts_in_hand(petition: Petition) -> Facts:
    """What the row itself says, and the worst of everything that is on record elsewhere: no statement.

    A gate that these facts open is open whatever the records say.
    """
    return Facts(**_own(petition), has_unsupervised_decision=True)


def facts_of(petition: Petition) -> Facts:
    """The facts that are recorded about a matter in its present round."""
    with connection.cursor() as cursor:
        cursor.execute(RECORDED, {"petition": petition.pk, "round": petition.round})
        inspected, minutes, unsupervised, parties, after, visited, asked, unsettled = cursor.fetchone()
    return Facts(
        **_own(petition),
        inspected=inspected,
        has_minutes=minutes,
        has_unsupervised_decision=unsupervised,
        parties=parties,
        has_after_photo=after,
        return_visited=visited,
        evaluation_settled=(asked or petition.origin == Origin.PROACTIVE) and not unsettled,
    )


def _own(petition: Petition) -> dict[str, Any]:
    """What the petition's own row says, as the action has set it, saved or not."""
    return {
        "route": petition.route,
        "topic": petition.topic,
        "criteria_complete": None not in {petition.scale, petition.difficulty, petition.social_impact},
        "approved": petition.is_approved,
        "has_responsible": petition.assignee_id is not None,
        "has_deadline": petition.due_at is not None,
    }
