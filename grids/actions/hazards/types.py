"""The kinds of hazards that a community adds to the portal's own (G-18)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from community.duties import Power
from community.models import Community
from community.permissions import Scope, authorise
from core.audit import record
from core.errors import InvalidInputError, NotAllowedError
from core.language import gettext as _
from core.models import User
from grids.models import HazardType


@transaction.atomic
def hazard_type_set(
    *,
    community: Community | None,
    name: str,
    days: int,
    order: int,
    is_active: bool,
    actor: User | None,
    at: datetime,
    type_id: int | None = None,
) -> HazardType:
    """Add a community's own type, or change one.

    Raises:
        InvalidInputError: without a name.
        NotAllowedError: not this person's community; the portal's own types are nobody's to change.
    """
    if not name.strip():
        raise InvalidInputError(_("请写明类型的名称。"))
    kept = HazardType.objects.select_for_update(of=("self",)).get(pk=type_id) if type_id else HazardType()
    home = kept.community if type_id else community
    if home is None:
        raise NotAllowedError(_("全平台共用的类型不能在这里改，请给社区另加一种。"))
    post = authorise(actor, Power.PLACE_MANAGE, Scope(home.place.path), at=at)
    kept.community, kept.name, kept.days = home, name.strip(), days
    kept.order, kept.is_active = order, is_active
    kept.save()
    record(event="hazard_type.set", actor=actor, subject=kept, at=at, scope_path=home.place.path, post=post)
    return kept
