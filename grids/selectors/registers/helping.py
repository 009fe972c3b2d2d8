"""Whom somebody helps one to one, as the helper may know it (G-08)."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from core.errors import NotFoundError
from core.models import User
from core.registries import Tile
from grids.models import CareSubject, HelperPairing
from grids.querysets import HelperPairingQuerySet


def pairings_of(user: User) -> HelperPairingQuerySet:
    """The pairing that somebody holds now; none once either side has died, moved away or left the scheme."""
    return HelperPairing.objects.helping().filter(helper=user, subject__in=CareSubject.objects.active())


def pairing_of(user: User, *, locked: bool = False) -> HelperPairing:
    """Whom somebody helps now, with the door; one statement.

    Raises:
        NotFoundError: nobody.
    """
    rows = pairings_of(user).select_related(
        "subject__resident__household__place__parent__parent", "subject__colour", "subject__scheme__community"
    )
    rows = rows.select_for_update(of=("self", "subject")) if locked else rows
    found = rows.first()
    if found is None:
        raise NotFoundError(_("您现在没有结对帮扶的人。"))
    return found


def tile_helped(request: HttpRequest) -> Tile | None:
    """On the page 我的 of a helper."""
    assert isinstance(request.user, User)
    if not pairings_of(request.user).exists():
        return None
    return Tile(
        _("我帮扶的人"), reverse("grids:helped"), _("什么时候去看望，记下走访"), None, "heart-handshake"
    )
