"""应急预案: which estate has a plan of which class, what is due, and what drills left open (G-21, G-22)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Count, FloatField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Cast, Ceil
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from community.duties import Power
from community.models import Community, Organisation, Place
from community.models.people import OrganisationKind
from community.models.place import PlaceKind
from community.permissions import paths_with, powers_anywhere
from community.querysets import around
from core.errors import NotFoundError
from core.models import User
from core.phones import is_mobile
from core.registries import Asking, AskingTile, Tile
from grids.models import (
    Drill,
    DrillFinding,
    EmergencyPlan,
    EmergencyTeam,
    Grid,
    GridBuilding,
    PlanClass,
)

SHOWN: Final = 200


def months_later(day: date, months: int) -> date:
    """The same day so many months on, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True)
class Cell:
    """The plan of a place and class that is in force, or a gap."""

    kind: str
    plan: EmergencyPlan | None
    is_late: bool = False
    lacks_drill: bool = False

    @property
    def label(self) -> str:
        return str(PlanClass(self.kind).label)


@dataclass(frozen=True, slots=True)
class Matrix:
    """Places down, classes across, and the gaps by name."""

    rows: Sequence[tuple[Place, Sequence[Cell]]]

    @property
    def heads(self) -> list[str]:
        return [str(kind.label) for kind in PlanClass]

    @property
    def gaps(self) -> list[str]:
        """Estates, or the community, that lack a plan, as 小区 类别."""
        return [
            f"{place.name} {PlanClass(cell.kind).label}"
            for place, cells in self.rows
            for cell in cells
            if cell.plan is None
        ]


def matrix_of(community: Community, day: date) -> Matrix:
    """The community itself and its estates by class; two statements."""
    path = community.place.path
    estates = Place.objects.active().filter(kind=PlaceKind.ESTATE, path__startswith=path).order_by("path")
    plans = EmergencyPlan.objects.filter(community=community, replaced_at=None)
    held = {(plan.place_id, plan.kind): plan for plan in plans}
    rows = [
        (place, [_cell(kind, held.get((place.pk, kind)), day) for kind in PlanClass.values])
        for place in (community.place, *estates[:SHOWN])
    ]
    return Matrix(rows)


def _cell(kind: str, plan: EmergencyPlan | None, day: date) -> Cell:
    if plan is None:
        return Cell(kind, None)
    return Cell(kind, plan, plan.review_due < day, plan.drill_due_on < day)


def communities_of(user: User, *, at: datetime) -> list[Community]:
    """Communities whose plans this person reads."""
    paths = paths_with(user, Power.PETITION_HANDLE, at=at)
    rows = Community.objects.active().filter(around(paths, "place__path"))
    return list(rows.select_related("place").order_by("name")[:SHOWN])


def plans_of(user: User, *, at: datetime) -> QuerySet[EmergencyPlan]:
    """Plans in force of this person's communities, and of the teams they belong to."""
    paths = paths_with(user, Power.PETITION_HANDLE, at=at)
    own = Q(team__leader=user.pk) | Q(team__in=EmergencyTeam.objects.filter(members=user.pk).values("pk"))
    here = around(paths, "community__place__path")
    rows = EmergencyPlan.objects.filter(here | own, replaced_at=None)
    return rows.select_related("place", "team__leader", "community")


def plan_of(user: User, pk: int, *, at: datetime) -> EmergencyPlan:
    """One of them.

    Raises:
        NotFoundError: none, or none of theirs.
    """
    found = plans_of(user, at=at).filter(pk=pk).first()
    if found is None:
        raise NotFoundError(_("没有找到这份预案。"))
    return found


def drills_of(plan: EmergencyPlan) -> list[Drill]:
    """Drills of every version of a plan with what they showed, the latest first; two statements."""
    rows = Drill.objects.filter(plan__place=plan.place_id, plan__kind=plan.kind).select_related("logged_by")
    return list(rows.prefetch_related("findings__hazard", "findings__edited_in")[:SHOWN])


def drill_numbers(community: Community, day: date) -> Mapping[str, int]:
    """Plans in force, those whose drill is overdue, drills that they ask for in a year, and those held in the
    year of a day; two statements.
    """
    plans = EmergencyPlan.objects.filter(community=community, replaced_at=None).aggregate(
        plans=Count("pk"),
        late=Count("pk", filter=Q(drill_due_on__lt=day)),
        planned=Sum(Ceil(Value(12.0) / Cast("drill_months", FloatField())), default=0),
    )
    held = Drill.objects.filter(plan__community=community, held_on__year=day.year).count()
    return {**plans, "planned": int(plans["planned"]), "held": held}


def finding_of(user: User, pk: int, *, at: datetime) -> DrillFinding:
    """An open finding of a plan that this person reads.

    Raises:
        NotFoundError: none, none of theirs, or seen to.
    """
    rows = DrillFinding.objects.filter(pk=pk, settled_at=None).select_related("drill__plan__place")
    found = rows.first()
    if found is None:
        raise NotFoundError(_("没有找到这个问题，或者已经落实。"))
    mine = plans_of(user, at=at).filter(place=found.drill.plan.place_id, kind=found.drill.plan.kind)
    if not mine.exists():
        raise NotFoundError(_("没有找到这个问题，或者已经落实。"))
    return found


def teams_of(grid: Grid) -> list[int]:
    """Leaders and members of the teams behind the plans of a grid's estates and community; one statement."""
    held = GridBuilding.objects.filter(grid=grid)
    homes = Q(place__in=held.values("place")) | Q(place__in=held.values("place__parent"))
    plans = EmergencyPlan.objects.filter(
        homes | Q(place=grid.community_id), replaced_at=None, team__is_active=True
    ).order_by("team")
    rows = plans.values_list("team__leader", "team__members")
    return list(dict.fromkeys(pk for row in rows for pk in row if pk is not None))


def departments_of(grid: Grid) -> dict[int, str]:
    """Departments of a grid's community that can be reached by text: key and number; one statement."""
    rows = Organisation.objects.filter(
        community=grid.community_id, kind=OrganisationKind.DEPARTMENT, is_active=True
    )
    typed = {pk: "".join(filter(str.isdigit, phone)) for pk, phone in rows.values_list("pk", "phone")}
    return {pk: phone for pk, phone in typed.items() if is_mobile(phone)}


def _due(who: Asking) -> QuerySet[EmergencyPlan, Any] | None:
    at = who.at
    if Power.PETITION_HANDLE not in powers_anywhere(who.user, at):
        return None
    mine = EmergencyPlan.objects.filter(team__leader=who.user.pk, replaced_at=None)
    theirs = Q(drill__plan__place=OuterRef("place"), drill__plan__kind=OuterRef("kind"))
    left = DrillFinding.objects.filter(theirs, settled_at=None).order_by().values("drill__plan__place")
    counted = mine.annotate(left=Subquery(left.annotate(number=Count("pk")).values("number")))
    rows = counted.filter(Q(drill_due_on__lt=timezone.localdate(at)) | Q(left__gt=0))
    return rows.order_by().values("drill_due_on", "left")[:SHOWN]


def _due_tile(rows: Sequence[Mapping[str, Any]]) -> Tile | None:
    if not rows:
        return None
    today = timezone.localdate().isoformat()
    due, left = sum(row["drill_due_on"] < today for row in rows), sum(row["left"] or 0 for row in rows)
    return Tile(
        _("应急演练"),
        reverse("grids:plans"),
        text=_("没有落实的问题 %d 个") % left if left else _("该演练的预案"),
        count=due + left,
        icon="siren",
        code="drill",
    )


TILE_DRILLS: Final = AskingTile(_due, _due_tile)
"""On the day of a team's leader: plans that are to be drilled, and what drills showed that is still open."""
