"""The lock behind everything that is written about a household."""

from __future__ import annotations

from typing import Final

from community.models import Household
from core.errors import NotFoundError
from core.language import gettext as _
from core.prepared import PreparedModel

_DOOR: Final = PreparedModel(
    lambda pk: (
        Household.objects.filter(pk=pk, is_active=True)
        .select_related("place")
        .select_for_update(of=("self",))
    ),
    pk=-1,
)


def lock_household(household_id: int) -> Household:
    """A door in use, locked, with its place.

    Raises:
        NotFoundError: there is none.
    """
    household = _DOOR.first(pk=household_id)
    if household is None:
        raise NotFoundError(_("没有找到这一户。"))
    return household
