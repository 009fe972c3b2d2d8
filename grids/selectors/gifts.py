"""礼包 that are still to be brought, as whoever carries them reads it; kept in the phone (G-15)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from community.duties import Power
from community.permissions import has_power
from core.errors import NotFoundError
from core.models import User
from core.querysets import Among
from grids.models import GiftPack, Grid
from grids.querysets import visited_households
from grids.selectors.doors import doors_of, scope_of
from grids.selectors.kept import by_grid, kept_grids

SHOWN: Final = 300


def packs_open(day: date) -> QuerySet[GiftPack]:
    """Packs of campaigns that run on a day and that nobody has brought yet."""
    rows = GiftPack.objects.filter(delivery=None, campaign__starts_on__lte=day, campaign__ends_on__gte=day)
    return rows.select_related("campaign")


def packs_left(grid: Grid, day: date) -> Sequence[GiftPack]:
    """Those of a grid's doors where somebody may be visited, what ends first on top; one statement."""
    doors = Among(F("household"), doors_of([grid.pk]))
    rows = packs_open(day).filter(doors, household__in=visited_households().values("pk"))
    rows = rows.select_related("household__place__parent__parent")
    place = ("household__place__parent", "household__place", "household__room")
    return list(rows.order_by("campaign__ends_on", "campaign", *place, "pk")[:SHOWN])


def pack_of(user: User, pack_id: int, *, at: datetime) -> GiftPack:
    """A pack of a door that this person may visit.

    Raises:
        NotFoundError: none, or not theirs to know.
    """
    related = ("campaign", "household__place__parent__parent", "delivery__photo")
    found = GiftPack.objects.filter(pk=pack_id).select_related(*related).first()
    if found is None or not has_power(user, Power.HOME_VISIT, scope_of(found.household)[0], at=at):
        raise NotFoundError(_("没有找到这份礼包。"))
    return found


def pages_kept(request: HttpRequest) -> Sequence[str]:
    """What is left in one's grids, and the form for any of them."""
    grids = kept_grids(request.user, at=timezone.now())
    if not grids:
        return []
    return [*by_grid(reverse("grids:gifts"), grids), *by_grid(reverse("grids:gift"), grids)]
