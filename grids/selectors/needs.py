"""Needs and incidents as somebody in post sees them, who has them, and what the month says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce, Least, TruncDate
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.duties import Duty, Power
from community.models import Community
from community.permissions import paths_with, powers_anywhere
from core.errors import NotFoundError
from core.models import User
from core.registries import Asking, AskingTile, DataSubject, Tile
from core.workdays import ZONE
from grids.models import Need, NeedTier
from grids.selectors.kept import by_grid, kept_grids
from grids.selectors.rungs import DESK, Rungs, rungs_over

SHOWN: Final = 60
KEPT: Final = 20
CONTEXT: Final = ("household__place__parent__parent", "place", "reporter", "community")
HEADS: Final = {"at": gettext_lazy("时间"), "what": gettext_lazy("情况"), "feedback": gettext_lazy("反馈")}


@dataclass(frozen=True, slots=True)
class Month:
    """Of what was reported this month: urgent ones answered the same day, and what was solved in the grid."""

    urgent: int
    same_day: int
    solved: int
    in_grid: int


def tier_holders(need: Need, tier: NeedTier, rungs: Rungs) -> Sequence[int | None]:
    """Who has it at a tier; a vacant one is answered for by the next above."""
    leader, secretary = (Duty.GRID_LEADER, Duty.SECRETARY), (Duty.SECRETARY, Duty.SUPERVISOR)
    match tier:
        case NeedTier.WORKER:
            return [rungs.first(need.place, (Duty.GRID_WORKER, *leader))]
        case NeedTier.LEADER:
            return [rungs.first(need.place, (*leader, Duty.SUPERVISOR))]
        case NeedTier.COMMUNITY:
            return rungs.everybody(need.place, DESK) or [rungs.first(need.place, secretary)]
    return [rungs.first(need.place, secretary)]


def may_respond(need: Need, user: User, *, at: datetime) -> bool:
    """Whoever reported it only where it is theirs to see to: the report goes to others."""
    if need.reporter_id != user.pk:
        return True
    return user.pk in tier_holders(need, NeedTier(need.tier), rungs_over([need.place], at=at))


def is_silenced(need: Need) -> bool:
    """Whether the person it was for has died or moved away: nobody is asked any more."""
    return need.resident is not None and need.resident.is_silent


def needs_of(user: User, *, at: datetime) -> QuerySet[Need]:
    """Every need of the grids in which this person goes from door to door."""
    return Need.objects.under(paths_with(user, Power.HOME_VISIT, at=at)).select_related(*CONTEXT)


def needs_open(user: User, *, at: datetime) -> Sequence[Need]:
    """What is not over, what is due first on top, sixty at most; one statement."""
    return list(needs_of(user, at=at).open().order_by("due_at", "pk")[:SHOWN])  # type: ignore[attr-defined]


def need_of(user: User, pk: int, *, at: datetime) -> Need:
    """One need.

    Raises:
        NotFoundError: none, or none of theirs.
    """
    rows = needs_of(user, at=at).select_related(
        *CONTEXT, "handler", "resident", "responded_by", "solved_by", "closed_by"
    )
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFoundError(_("没有找到这件需求。"))
    return found


def month_of(user: User, *, at: datetime) -> Month:
    """The figures of this month's needs in one's grids; one statement."""
    begins = timezone.localtime(at).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    seen = Least(Coalesce("responded_at", "solved_at"), Coalesce("solved_at", "responded_at"))
    rows = Need.objects.under(paths_with(user, Power.HOME_VISIT, at=at)).filter(reported_at__gte=begins)
    same_day = Q(is_urgent=True, seen_on__lte=TruncDate("due_at", tzinfo=ZONE))
    found = rows.annotate(seen_on=TruncDate(seen, tzinfo=ZONE)).aggregate(
        urgent=Count("pk", filter=Q(is_urgent=True) & (Q(seen_on__isnull=False) | Q(due_at__lt=at))),
        same_day=Count("pk", filter=same_day),
        solved=Count("pk", filter=Q(closed_at__isnull=False)),
        in_grid=Count("pk", filter=Q(closed_at__isnull=False, is_in_grid=True)),
    )
    return Month(**found)


def _open(who: Asking) -> QuerySet[Need, Any] | None:
    at = who.at
    if Power.HOME_VISIT not in powers_anywhere(who.user, at):
        return None
    rows = Need.objects.under(paths_with(who.user, Power.HOME_VISIT, at=at)).open()
    return rows.order_by().values("solved_at", late=Q(due_at__lt=at))[:SHOWN]


def _open_tile(rows: Sequence[Mapping[str, Any]]) -> Tile:
    late = sum(row["late"] and row["solved_at"] is None for row in rows)
    text = _("超过时限 %d 件") % late if late else _("事件必理、需求必达")
    return Tile(
        _("需求和事件"), reverse("grids:needs"), text=text, count=len(rows), icon="hand-heart", code="needs"
    )


TILE_NEEDS: Final = AskingTile(_open, _open_tile)
"""On the day of those who go from door to door, and of those who lead: what is not over, and what is late."""


def pages_kept(request: HttpRequest) -> Sequence[str]:
    """What a worker opens where there is no signal: the list, the form, what is due first."""
    at = timezone.now()
    if Power.HOME_VISIT not in powers_anywhere(request.user, at):
        return []
    assert isinstance(request.user, User)
    rows = needs_of(request.user, at=at).open().order_by(F("due_at"), "pk")  # type: ignore[attr-defined]
    ids = list(rows.values_list("pk", flat=True)[:KEPT])
    own = [reverse("grids:need", args=[pk]) for pk in ids]
    forms = by_grid(reverse("grids:need_new"), kept_grids(request.user, at=at))
    return [reverse("grids:needs"), *forms, *own]


def needs_asked(subject: DataSubject) -> Sequence[Mapping[str, Any]]:
    """Needs of the household of the person behind an account; one statement."""
    if subject.user_id is None:
        return []
    rows = Need.objects.filter(household__residents__user=subject.user_id).order_by("-pk")
    return [
        {"at": at, "what": text, "feedback": words}
        for at, text, words in rows.values_list("reported_at", "text", "feedback")
    ]


def needs_kept(_community: Community) -> str:
    """How long the words of a need are kept, in words."""
    return _("办结 3 年后抹去文字，只留日期")
