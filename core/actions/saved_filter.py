"""A list of the desk under a name: kept and forgotten by its owner alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from django.db import transaction

from core.errors import InvalidInputError
from core.language import gettext as _
from core.models import SavedFilter, User

MOST: Final = 20
"""Of one person and one list."""
NAME_MAX: Final = 20
ADDRESS_MAX: Final = 400


@transaction.atomic
def saved_filter_keep(*, user: User, page: str, name: str, asked: Mapping[str, str]) -> SavedFilter:
    """Keep what a list is narrowed by under a name; the same name again replaces it.

    Raises:
        InvalidInputError: no name or too long a one, nothing to keep or too much, or too many of them.
    """
    label, address = "".join(sign for sign in name if sign.isprintable()).strip(), urlencode(asked)
    if not label or len(label) > NAME_MAX:
        raise InvalidInputError(_("请给筛选起个名，最多 %d 个字。") % NAME_MAX)
    if not address or len(address) > ADDRESS_MAX:
        raise InvalidInputError(_("没有选筛选条件，或者条件太长，不能保存。"))
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    known = SavedFilter.objects.filter(user=user, page=page)
    if known.exclude(name=label).count() >= MOST:
        raise InvalidInputError(_("最多保存 %d 个常用筛选，请先删去不用的。") % MOST)
    kept, _made = SavedFilter.objects.update_or_create(
        user=user, page=page, name=label, defaults={"querystring": address}
    )
    return kept


def saved_filter_drop(*, user: User, page: str, filter_id: int) -> None:
    """Forget one of this person's saved filters of a list."""
    SavedFilter.objects.filter(user=user, page=page, pk=filter_id).delete()
