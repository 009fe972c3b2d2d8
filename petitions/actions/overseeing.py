"""A decision that was recorded without a supervisor gets one afterwards (P-17)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from community.duties import Power
from community.permissions import has_power
from core.errors import ConflictError, NotAllowedError
from core.language import gettext as _
from core.models import User
from petitions.actions.base import work_on
from petitions.actions.supervising import supervise_if_nobody_does
from petitions.models import Deliberation, Petition
from petitions.workflow import Event


@transaction.atomic
def decision_supervise(
    *, petition_id: int, actor: User, deliberation_id: int, supervisor: User, at: datetime
) -> Petition:
    """Name who watches over a decision that nobody watches yet, so that handling may begin.

    Raises:
        NotAllowedError: `supervisor` may not read the matter.
        ConflictError: no such decision, or it has a supervisor.
    """
    work = work_on(petition_id, actor=actor, power=Power.PETITION_TRIAGE, at=at)
    if not has_power(supervisor, Power.PETITION_READ, work.petition.scope, at=at):
        raise NotAllowedError(_("监督人须在这里任职。"))
    found = Deliberation.objects.filter(petition=work.petition, pk=deliberation_id, supervisor=None)
    if not found.update(supervisor=supervisor):
        raise ConflictError(_("这项决议已有监督人。"))
    supervise_if_nobody_does(work, supervisor)
    work.note(Event.DELIBERATED, _("补定监督人：%s") % supervisor.display_name)
    return work.finish(["supervisor"])
