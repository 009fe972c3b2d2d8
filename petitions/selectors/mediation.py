"""What is read of mediations: sides, visits and looks of a matter, and who is in confidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final

from django.utils import timezone

from community.duties import Duty
from community.permissions import held_posts
from community.workflow import Category
from core.models import User
from petitions.models import (
    MediationCase,
    MediationFollowUp,
    MediationParty,
    MediationVisit,
    Petition,
)

EVENING: Final = (time(18, 30), time(21))


def evening_only(petition: Petition) -> bool:
    """Families are visited in the evening, when people are at home (P-18)."""
    return petition.canonical_category == Category.FAMILY_NEIGHBOUR


def is_evening(moment: datetime) -> bool:
    start, end = EVENING
    return start <= timezone.localtime(moment).time() <= end


def in_confidence(petition: Petition, user: User, *, at: datetime) -> str | None:
    """The post in which somebody may read the confidential notes; None when they may not.

    The team's members who are in post over the matter, and its secretary.
    """
    over = [post for post in held_posts(user, at=at) if petition.scope.is_under(post.place_path)]
    secretary = next((post for post in over if post.duty == Duty.SECRETARY), None)
    if secretary is not None:
        return secretary.trace
    team = MediationCase.objects.filter(petition=petition, team__members=user)
    return over[-1].trace if over and team.exists() else None


@dataclass(frozen=True, slots=True)
class MediationView:
    """A mediation as those who handle the matter read it; the notes are not part of it."""

    case: MediationCase
    parties: Sequence[str]
    visits: Sequence[MediationVisit]
    follow_ups: Sequence[MediationFollowUp]

    def next_due(self, at: datetime) -> MediationFollowUp | None:
        """The next look, once its day has come."""
        return next((one for one in self.follow_ups if one.done_at is None and one.due_at <= at), None)


def mediation_of(petition: Petition) -> MediationView | None:
    """The mediation of a matter; four statements where there is one, none where there is not."""
    if not petition.mediation:
        return None
    case = MediationCase.objects.select_related("team").get(petition=petition)
    parties = MediationParty.objects.filter(petition=petition).select_related("organisation")
    visits = MediationVisit.objects.filter(petition=petition).select_related("first", "second")
    looks = MediationFollowUp.objects.filter(petition=petition)
    names = [party.organisation.name if party.organisation else party.name for party in parties]
    return MediationView(case, [name for name in names if name], list(visits), list(looks))
