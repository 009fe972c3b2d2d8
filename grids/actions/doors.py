"""The lock behind everything that is written about a household."""

from __future__ import annotations

from community.models import Household
from core.errors import NotFoundError
from core.language import gettext as _


def lock_household(household_id: int) -> Household:
    """A door in use, locked, with its place.

    Raises:
        NotFoundError: there is none.
    """
    rows = Household.objects.select_related("place").select_for_update(of=("self",))
    household = rows.filter(pk=household_id, is_active=True).first()
    if household is None:
        raise NotFoundError(_("没有找到这一户。"))
    return household
