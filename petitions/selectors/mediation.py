"""What is read of mediations: sides, visits and looks of a matter, and who is in confidence."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final

from django.db import connection
from django.utils import timezone

from community.duties import Duty
from community.permissions import held_posts
from community.workflow import Category
from core.models import User
from petitions.models import (
    MediationCase,
    MediationFollowUp,
    MediationOutcome,
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
    team = MediationCase.objects.filter(petition=petition, team__members=user)
    return trusted_post(petition, user, [user.pk] if team.exists() else [], at=at)


def trusted_post(petition: Petition, user: User, members: Collection[int], *, at: datetime) -> str | None:
    """The same, of a matter whose team has these members; asks nothing."""
    over = [post for post in held_posts(user, at=at) if petition.scope.is_under(post.place_path)]
    secretary = next((post for post in over if post.duty == Duty.SECRETARY), None)
    if secretary is not None:
        return secretary.trace
    return over[-1].trace if over and user.pk in members else None


@dataclass(frozen=True, slots=True)
class Visit:
    """Two people who went, or will go, to see the sides."""

    starts_at: datetime
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class MediationView:
    """A mediation as those who handle the matter read it; the notes are not part of it."""

    team: str
    members: Collection[int]
    outcome: str
    terms: str
    parties: Sequence[str]
    visits: Sequence[Visit]
    follow_ups: Sequence[MediationFollowUp]

    @property
    def outcome_label(self) -> str:
        return str(MediationOutcome(self.outcome).label) if self.outcome else ""

    def next_due(self, at: datetime) -> MediationFollowUp | None:
        """The next look, once its day has come."""
        return next((one for one in self.follow_ups if one.done_at is None and one.due_at <= at), None)


VIEW: Final = """
    SELECT jsonb_build_object(
        'team', team.name, 'outcome', held.outcome, 'terms', held.terms,
        'members', (SELECT coalesce(jsonb_agg(member.user_id), '[]')
            FROM petitions_mediationteam_members member WHERE member.mediationteam_id = team.id),
        'parties', (SELECT coalesce(jsonb_agg(coalesce(body.name, side.name) ORDER BY side.id), '[]')
            FROM petitions_mediationparty side LEFT JOIN community_organisation body
                ON body.id = side.organisation_id
            WHERE side.petition_id = held.petition_id AND coalesce(body.name, side.name) > ''),
        'visits', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                'starts_at', visit.starts_at,
                'first', coalesce(nullif(one.display_name, ''), one.username, '#' || one.id),
                'second', coalesce(nullif(other.display_name, ''), other.username, '#' || other.id)
            ) ORDER BY visit.starts_at, visit.id), '[]')
            FROM petitions_mediationvisit visit
            JOIN core_user one ON one.id = visit.first_id JOIN core_user other ON other.id = visit.second_id
            WHERE visit.petition_id = held.petition_id),
        'looks', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                'id', look.id, 'round', look.round, 'days', look.days, 'due_at', look.due_at,
                'done_at', look.done_at, 'holds', look.holds, 'words', look.words
            ) ORDER BY look.due_at, look.id), '[]')
            FROM petitions_mediationfollowup look WHERE look.petition_id = held.petition_id)
    )::text
    FROM petitions_mediationcase held JOIN petitions_mediationteam team ON team.id = held.team_id
    WHERE held.petition_id = %s
"""


def mediation_of(petition: Petition) -> MediationView | None:
    """The mediation of a matter; one statement where there is one, none where there is not."""
    if not petition.mediation:
        return None
    with connection.cursor() as cursor:
        cursor.execute(VIEW, [petition.pk])
        found = json.loads(cursor.fetchone()[0])
    moment = MediationFollowUp._meta.get_field("due_at").to_python
    looks = [
        MediationFollowUp(**{**row, "due_at": moment(row["due_at"]), "done_at": moment(row["done_at"])})
        for row in found.pop("looks")
    ]
    visits = [Visit(**{**row, "starts_at": moment(row["starts_at"])}) for row in found.pop("visits")]
    return MediationView(**found, visits=visits, follow_ups=looks)
