"""What a community asks of the grids of a tier: how many people, how many households at most (G-04, G-36)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from community import permissions
from community.duties import Power
from community.models import Community
from community.permissions import Scope
from core.audit import record
from core.errors import InvalidInputError
from core.language import gettext as _
from grids.models import GridNorm

if TYPE_CHECKING:
    from core.models import User


@transaction.atomic
def norm_set(
    *,
    community: Community,
    tier: str,
    leaders: int,
    workers: int,
    households: int,
    actor: User | None,
    at: datetime,
) -> GridNorm:
    """Say the norm of a tier of a community, anew or for the first time.

    Raises:
        NotAllowedError: `actor` does not keep the community's places.
        InvalidInputError: nobody at all, or no household.
    """
    path = community.place.path
    trace = permissions.authorise(actor, Power.PLACE_MANAGE, Scope(path), at=at)
    if workers < 1 or households < 1:
        raise InvalidInputError(_("至少要有 1 名网格员，户数上限至少为 1。"))
    numbers = {"leaders": leaders, "workers": workers, "households": households}
    norm, _is_new = GridNorm.objects.update_or_create(community=community, tier=tier, defaults=numbers)
    record(
        event="grid_norm.set",
        actor=actor,
        subject=norm,
        at=at,
        scope_path=path,
        post=trace,
        fields=[*numbers],
    )
    return norm
