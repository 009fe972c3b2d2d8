"""What the gates need to know of one matter, read after its row is locked: one statement."""

from __future__ import annotations

from django.db.models import Count, Exists, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from petitions.models import (
    Deliberation,
    Evaluation,
    Petition,
    PetitionEvent,
    PetitionParty,
    PetitionPhoto,
    PhotoKind,
    ReturnVisit,
)
from petitions.workflow import Event, Facts


def facts_of(petition: Petition) -> Facts:
    """The facts that are recorded about a matter in its present round."""
    mine = {"petition_id": OuterRef("pk")}
    round_ = {**mine, "round": petition.round}
    parties = (
        PetitionParty.objects.filter(**mine)
        .order_by()
        .values("petition_id")
        .annotate(n=Count("*"))
        .values("n")
    )
    row = Petition.objects.filter(pk=petition.pk).values_list(
        Exists(PetitionEvent.objects.filter(**mine, event=Event.INSPECTED)),
        Exists(Deliberation.objects.filter(**mine)),
        Exists(Deliberation.objects.filter(**mine, supervisor=None)),
        Coalesce(Subquery(parties, output_field=IntegerField()), 0),
        Exists(PetitionPhoto.objects.filter(**mine, kind=PhotoKind.AFTER)),
        Exists(ReturnVisit.objects.filter(**round_)),
        Exists(Evaluation.objects.filter(**round_)),
        Exists(Evaluation.objects.filter(**round_, answered_at=None, closed_at=None)),
    )[0]
    inspected, minutes, unsupervised, count, after, visited, asked, unsettled = row
    return Facts(
        route=petition.route,
        topic=petition.topic,
        criteria_complete=None not in {petition.scale, petition.difficulty, petition.social_impact},
        approved=petition.is_approved,
        has_responsible=petition.assignee_id is not None,
        has_deadline=petition.due_at is not None,
        inspected=inspected,
        has_minutes=minutes,
        has_unsupervised_decision=unsupervised,
        parties=count,
        has_after_photo=after,
        return_visited=visited,
        evaluation_settled=asked and not unsettled,
    )
