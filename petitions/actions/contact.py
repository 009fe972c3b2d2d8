"""Full phone numbers are shown to the handling chain only, and each look is on the trail."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from community.duties import Power
from community.permissions import require_power
from core import audit
from core.models import User
from petitions.models import Petition, PetitionReporter
from petitions.selectors.following import people_behind


@transaction.atomic
def reporters_contact(*, petition: Petition, actor: User, at: datetime) -> list[PetitionReporter]:
    """The reporters with their phone numbers, for somebody who has to reach them.

    Raises:
        NotAllowedError: no current post of `actor` belongs to the handling chain.
    """
    held = require_power(actor, Power.PETITION_CONTACT, petition.scope, at=at)
    audit.record(
        event="petition.contact_seen",
        actor=actor,
        subject=petition,
        at=at,
        scope_path=petition.grid_path or petition.place_path,
        post=held.trace,
        fields=["phone"],
        audience="charge",
    )
    return people_behind(petition)
