"""Whose a claimed matter is: who goes on with it, who stands in, who may take it over (P-24)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from community.duties import LADDER, POWERS, Duty, Power
from community.permissions import has_power, held_posts, holds_any
from core.models import User
from petitions import workflow
from petitions.models import Petition

_DESK: Final = LADDER.index(Duty.SECRETARY)
RANK: Final = {
    **{duty: rank for rank, duty in enumerate(LADDER)},
    Duty.CLERK: _DESK,
    Duty.DISPATCHER: _DESK,
}
"""How high a duty stands; the desk of a community stands with its secretary."""
HANDLERS: Final = frozenset(duty for duty in Duty if Power.PETITION_HANDLE in POWERS[duty])


def is_own(petition: Petition, user: User, *, at: datetime) -> bool:
    """Whether the matter is in this person's name, or in that of somebody they stand in for."""
    if petition.assignee_id is None:
        return False
    return petition.assignee_id == user.pk or any(
        post.stands_in_for == petition.assignee_id
        and Power.PETITION_HANDLE in post.powers
        and petition.scope.is_under(post.place_path)
        for post in held_posts(user, at=at)
    )


def claim_stands(petition: Petition, *, at: datetime) -> bool:
    """Whether somebody has claimed it who still holds a post over it; one statement where it is claimed."""
    if petition.claimed_at is None or petition.assignee_id is None:
        return False
    return holds_any(petition.assignee_id, HANDLERS, petition.scope, at=at)


def is_claimed_by_another(
    petition: Petition, user: User, *, at: datetime, stands: bool | None = None
) -> bool:
    """Whether it is being handled by somebody else, for whom this person does not stand in.

    `stands` is whether the claim does, where that was read already.
    """
    if petition.stage not in workflow.HANDLING or petition.claimed_at is None:
        return False
    if is_own(petition, user, at=at):
        return False
    return claim_stands(petition, at=at) if stands is None else stands


def may_take_over(petition: Petition, user: User, *, at: datetime) -> bool:
    """Whether a post that may assign here stands no lower than the tier which holds the matter."""
    tier = RANK.get(Duty(petition.tier), 0) if petition.tier else 0
    return any(
        Power.PETITION_ASSIGN in post.powers
        and petition.scope.is_under(post.place_path)
        and RANK.get(post.duty, 0) >= tier
        for post in held_posts(user, at=at)
    )


def may_pass_on(petition: Petition, user: User, *, at: datetime, stands: bool | None = None) -> bool:
    """Whether this person may give the matter to somebody else, or take it, with a reason."""
    if is_claimed_by_another(petition, user, at=at, stands=stands):
        return may_take_over(petition, user, at=at)
    return is_own(petition, user, at=at) or has_power(user, Power.PETITION_ASSIGN, petition.scope, at=at)


def who_has_it(petition: Petition) -> str:
    """For a colleague: who has claimed it, and how it is taken over."""
    words = _("已由 %s 认领，由本人或代理人办理。要接手，请其“移交”给您，或请网格长、书记移交并写明原因。")
    return words % petition.assignee
