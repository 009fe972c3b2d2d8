"""The codes of checkpoints on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString

from core import qr
from core.display import absolute
from grids.models import Checkpoint, Grid


@dataclass(frozen=True, slots=True)
class Sheet:
    """The grids to choose from, the chosen one, and a label for each of its points with its QR code."""

    grids: Sequence[Grid]
    chosen: Grid | None
    labels: Sequence[tuple[Checkpoint, SafeString]]


def codes_of(within: QuerySet[Checkpoint], *, asked: str) -> Sheet:
    """The codes of one grid among these points; alone it is chosen already. Two statements."""
    points = within.filter(is_active=True)
    rows = Grid.objects.filter(pk__in=points.values("grid")).select_related("community")
    grids = list(rows.order_by("community", "pk")[:500])
    chosen = next((grid for grid in grids if str(grid.pk) == asked), None)
    chosen = grids[0] if len(grids) == 1 else chosen
    found = points.filter(grid=chosen).order_by("order", "pk") if chosen else ()
    return Sheet(grids, chosen, [(point, qr.svg(address_of(point), point.name)) for point in found])


def address_of(point: Checkpoint) -> str:
    """What the QR code opens: the page for checking in with the code filled in."""
    return absolute(f"{reverse('grids:patrol_check_in')}?code={point.code}")
