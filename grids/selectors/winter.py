"""冬季安全走访: which doors are left within one's grids, and how far a winter is (G-25)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from community.duties import Power
from community.permissions import paths_with, powers_anywhere
from community.querysets import below
from core.display import percent
from core.errors import NotFoundError
from core.models import User
from core.registries import Asking, AskingTile, Tile
from grids.models import SafetyVisit, WinterPlan
from grids.querysets import visited_households

SHOWN: Final = 100


def safety_visits_of(user: User, *, at: datetime) -> QuerySet[SafetyVisit]:
    """Those that are left in this person's grids."""
    paths = paths_with(user, Power.HOME_VISIT, at=at)
    rows = SafetyVisit.objects.left(timezone.localdate(at)).filter(below(paths, "scope__path"))
    return rows.select_related("household__place__parent__parent", "plan").order_by("due_on", "pk")


def safety_visit_of(user: User, asked: str, *, at: datetime) -> SafetyVisit:
    """One of them.

    Raises:
        NotFoundError: none, none of theirs, or done.
    """
    is_key = asked.isascii() and asked.isdigit() and len(asked) < 19
    found = safety_visits_of(user, at=at).filter(pk=int(asked)).first() if is_key else None
    if found is None:
        raise NotFoundError(_("没有找到这次走访，或者已经记过。"))
    return found


def doors_left(user: User, *, at: datetime) -> list[tuple[int, str]]:
    """What is left, as (visit, name of the door): no more than the list says; one statement."""
    return [(one.pk, one.household.long_name) for one in safety_visits_of(user, at=at)[:SHOWN]]


def pages_kept(request: HttpRequest) -> Sequence[str]:
    """The doors that are left and the form for any of them; no statement."""
    if Power.HOME_VISIT not in powers_anywhere(request.user, timezone.now()):
        return []
    return [reverse("grids:winter"), reverse("grids:safety_visit")]


def progress_of(plan: WinterPlan) -> str:
    """How many of the coal-heating households were visited, as k/n and in percent; one statement.

    Doors at which nobody may be visited any more count only where somebody was before.
    """
    asked = Q(done_at__isnull=False) | Q(household__in=visited_households().values("pk"))
    first = plan.visits.filter(asked, round=1).aggregate(
        all=Count("pk"), done=Count("pk", filter=Q(done_at__isnull=False))
    )
    return (
        f"{first['done']}/{first['all']}（{percent(first['done'], first['all'])}%）"
        if first["all"]
        else "0/0"
    )


def _left(who: Asking) -> QuerySet[SafetyVisit, Any] | None:
    at = who.at
    if Power.HOME_VISIT not in powers_anywhere(who.user, at):
        return None
    paths = paths_with(who.user, Power.HOME_VISIT, at=at)
    rows = SafetyVisit.objects.left(timezone.localdate(at)).filter(below(paths, "scope__path"))
    return rows.order_by().values("due_on")[:SHOWN]


def _left_tile(rows: Sequence[Mapping[str, Any]]) -> Tile | None:
    if not rows:
        return None
    today = timezone.localdate().isoformat()
    late = sum(row["due_on"] < today for row in rows)
    return Tile(
        _("冬季安全走访"),
        reverse("grids:winter"),
        text=_("过了日子 %d 户") % late if late else _("燃煤取暖的住户"),
        count=len(rows),
        icon="flame",
        code="winter",
    )


TILE_WINTER: Final = AskingTile(_left, _left_tile)
"""On a worker's day: doors that heat with coal and are to be visited."""
