"""What a claim keeps colleagues from doing."""

from __future__ import annotations

from datetime import datetime

from community.duties import Power
from community.permissions import require_power
from core.errors import ConflictError, RepeatedError
from core.language import gettext as _
from core.models import User
from petitions.actions.base import Work
from petitions.models import Petition
from petitions.selectors import claims


def claimed_error(petition: Petition) -> ConflictError:
    """Says who has claimed it, and how it is taken over."""
    return ConflictError(claims.who_has_it(petition), extra={"claimed_by": str(petition.assignee)})


def refuse_others(work: Work, actor: User) -> None:
    """Raise ConflictError while a colleague handles the matter, for whom `actor` does not stand in."""
    if claims.is_claimed_by_another(work.petition, actor, at=work.at):
        raise claimed_error(work.petition)


def refuse_lower(work: Work, actor: User) -> None:
    """Raise ConflictError while a colleague handles the matter from whom `actor` may not take it."""
    if claims.may_take_over(work.petition, actor, at=work.at):
        return
    refuse_others(work, actor)


def refuse_claimed(petition: Petition, actor: User, at: datetime) -> None:
    """Raise ConflictError where somebody has claimed it already, RepeatedError where `actor` has."""
    if petition.claimed_at is not None and petition.assignee_id == actor.pk:
        raise RepeatedError(_("您已经认领了这件诉求。"), extra={"claimed_by": str(petition.assignee)})
    if claims.claim_stands(petition, at=at):
        raise claimed_error(petition)


def refuse_outsiders(work: Work, actor: User) -> None:
    """Only the person in whose name it stands, a deputy, or somebody who may assign, goes on from here.

    Raises:
        NotAllowedError: `actor` is none of them.
    """
    if not claims.is_own(work.petition, actor, at=work.at):
        require_power(actor, Power.PETITION_ASSIGN, work.petition.scope, at=work.at)
