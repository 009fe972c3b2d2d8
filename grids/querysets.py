"""Named filters of grids, of what they hold, and of the households in somebody's hands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from community.duties import Duty
from community.models import Household, Post, Resident
from community.querysets import below, held_on

if TYPE_CHECKING:
    from grids.models import (  # noqa: F401
        ActionTask,
        ApplicationStep,
        AssistedApplication,
        CareSubject,
        Checkpoint,
        Errand,
        Grid,
        GridBuilding,
        Hazard,
        HelperPairing,
        HouseholdCharge,
        MeterCycle,
        MeterReading,
        Need,
        OpinionDiaryEntry,
        Patrol,
        PatrolPlan,
        ResidentTag,
        SafetyVisit,
        Sweep,
        Visit,
    )


def posts_at_grid(duty: Duty, day: date) -> models.QuerySet[Post]:
    """Posts of this duty in their own right at the grid of an outer query, on a day."""
    return Post.objects.held_on(day).primary().filter(place=OuterRef("place"), duty=duty)


class GridQuerySet(models.QuerySet["Grid"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def vacant(self, day: date) -> Self:
        """Grids in force without a worker who answers for them on a day."""
        return self.active().filter(~Exists(posts_at_grid(Duty.GRID_WORKER, day)))

    def without_officer(self, day: date) -> Self:
        """Grids in force without a cadre who answers for the area (包片)."""
        return self.active().filter(~Exists(posts_at_grid(Duty.AREA_OFFICER, day)))

    def locked(self) -> Self:
        return self.select_for_update(of=("self",))


class GridBuildingQuerySet(models.QuerySet["GridBuilding"]):
    def active(self) -> Self:
        """What grids in force hold."""
        return self.filter(is_active=True)


class HouseholdChargeQuerySet(models.QuerySet["HouseholdCharge"]):
    def held_on(self, day: date) -> Self:
        """Charges in force on a day: both their own days and the post's."""
        return self.filter(held_on(day), held_on(day, "post__"))

    def locked(self) -> Self:
        return self.select_for_update(of=("self",))


def is_left_out() -> Q:
    """Households not visited: everybody on the roll there has died, moved away or wishes no visits."""
    there = Resident.objects.filter(household=OuterRef("pk")).order_by()
    willing = there.present().filter(visit_wish=None)
    return Q(Exists(there)) & ~Q(Exists(willing))


def visited_households() -> models.QuerySet[Household]:
    """Doors in use at which somebody may be visited."""
    return Household.objects.filter(is_active=True).exclude(is_left_out())


def due_households(day: date) -> models.QuerySet[Household]:
    """Doors where somebody is expected by a day: a standing visit, a mark that asks for visits, a festival
    ahead, a pack to bring.

    Each reason is looked for door by door: ask for few doors (`Among`), never for those of a county.
    """

    def waits(name: str, **of: Any) -> Exists:
        related: Any = Household._meta.get_field(name).related_model
        return Exists(related._base_manager.filter(household=OuterRef("pk"), **of))

    festival = waits("festival_visits", visit=None, festival_on__gte=day)
    pack = waits("gift_packs", delivery=None, campaign__starts_on__lte=day, campaign__ends_on__gte=day)
    there = Resident.objects.present().filter(visit_wish=None, household=OuterRef("pk")).order_by()
    marked = Exists(there.filter(tags__ended_at=None, tags__next_on__lte=day))
    return visited_households().filter(waits("standing_visit", next_on__lte=day) | festival | pack | marked)


class SafetyVisitQuerySet(models.QuerySet["SafetyVisit"]):
    def left(self, day: date) -> Self:
        """Still to make, in a winter that is not over, where somebody may be visited."""
        open_ones = self.filter(done_at=None, plan__ends_on__gte=day)
        return open_ones.filter(household__in=visited_households().values("pk"))


class VisitQuerySet(models.QuerySet["Visit"]):
    def unfollowed(self) -> Self:
        """What found something that nobody has followed up."""
        return self.filter(followed_at=None).exclude(outcome="none")

    def locked(self) -> Self:
        return self.select_for_update(of=("self",))


class ErrandQuerySet(models.QuerySet["Errand"]):
    def open(self) -> Self:
        """What is not over: still to do, or still to tell."""
        return self.filter(told_at=None)

    def awaiting(self) -> Self:
        """Done, and the household has not been told."""
        return self.filter(told_at=None, done_at__isnull=False)

    def closed_since(self, moment: datetime) -> Self:
        """Done and told since a moment; what could not be done counts for nothing."""
        return self.filter(told_at__gte=moment, is_in_vain=False)

    def under(self, paths: Iterable[str]) -> Self:
        return self.filter(below(paths, "place__path"))

    def locked(self) -> Self:
        return self.select_for_update(of=("self",))


class HazardQuerySet(models.QuerySet["Hazard"]):
    def visible_under(self, paths: Iterable[str], user: Any) -> Self:
        """What lies under these places, and what this person has to put right."""
        return self.filter(below(paths, "scope__path") | Q(responsible=user))

    def answered_by(self, standing: Mapping[str, int]) -> Self:
        """What these companies answer for, each under the path that it is stood for; nothing without any."""
        none = Q(pk__in=())
        theirs = (Q(responsible_body=body, place__path__startswith=path) for path, body in standing.items())
        return self.filter(reduce(or_, theirs, none))

    def unsafe(self) -> Self:
        """What nobody has seen to be safe yet."""
        return self.filter(state__in=["open", "done"])

    def locked(self) -> Self:
        return self.select_for_update(of=("self",))


class NeedQuerySet(models.QuerySet["Need"]):
    def open(self) -> Self:
        """What is not over: to solve, or solved without a word to whoever asked."""
        return self.filter(closed_at=None)

    def under(self, paths: Iterable[str]) -> Self:
        return self.filter(below(paths, "place__path"))

    def locked(self) -> Self:
        return self.select_for_update(of=("self",))


class SweepQuerySet(models.QuerySet["Sweep"]):
    def seen_by(self, paths: Iterable[str], user: Any) -> Self:
        """What lies under these places, and what this person takes part in."""
        return self.filter(below(paths, "scope__path") | Q(participants=user.pk)).distinct()

    def running(self, day: date) -> Self:
        """Begun, and not ended."""
        return self.filter(finished_at=None, starts_on__lte=day)


class DiaryQuerySet(models.QuerySet["OpinionDiaryEntry"]):
    def waiting(self) -> Self:
        """Neither a matter nor left with a reason."""
        return self.filter(settled_at=None)

    def under(self, paths: Iterable[str]) -> Self:
        return self.filter(below(paths, "scope__path"))

    def locked(self) -> Self:
        return self.select_for_update(of=("self",))


class MeterCycleQuerySet(models.QuerySet["MeterCycle"]):
    def locked(self) -> Self:
        return self.select_for_update(of=("self",))


class MeterReadingQuerySet(models.QuerySet["MeterReading"]):
    def under(self, paths: Iterable[str]) -> Self:
        return self.filter(below(paths, "place__path"))


class ApplicationQuerySet(models.QuerySet["AssistedApplication"]):
    def under(self, paths: Iterable[str]) -> Self:
        return self.filter(below(paths, "place__path"))

    def locked(self) -> Self:
        return self.select_for_update(of=("self",))


class ApplicationStepQuerySet(models.QuerySet["ApplicationStep"]):
    def waiting(self) -> Self:
        """What an application waits for: its present step, or that the resident hears of the last one.

        Of those who are still there.
        """
        present = models.Q(done_at=None, due_on__isnull=False)
        following = self.model.objects.filter(
            application=models.OuterRef("application"), number__gt=models.OuterRef("number")
        )
        untold = models.Q(done_at__isnull=False, told_at=None) & ~models.Exists(following)
        rows = self.filter(present | untold, application__ended_at=None)
        return rows.filter(application__resident__in=Resident.objects.present().values("pk"))


class PatrolPlanQuerySet(models.QuerySet["PatrolPlan"]):
    def active(self) -> Self:
        """Plans in force of grids in force."""
        return self.filter(is_active=True, grid__is_active=True)


class CheckpointQuerySet(models.QuerySet["Checkpoint"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def locked(self) -> Self:
        return self.select_for_update(of=("self",))


class PatrolQuerySet(models.QuerySet["Patrol"]):
    def going_on(self) -> Self:
        """Begun, not ended and not forgotten."""
        return self.filter(ended_at=None, is_forgotten=False)

    def locked(self) -> Self:
        return self.select_for_update(of=("self",))


class ResidentTagQuerySet(models.QuerySet["ResidentTag"]):
    def in_force(self) -> Self:
        """Marks that nobody has taken back."""
        return self.filter(ended_at=None)

    def to_recheck(self, day: date) -> Self:
        """Tenants whose lease has ended by a day and who are still said to live there."""
        return self.in_force().filter(recheck_on__lte=day, resident__in=Resident.objects.present())

    def to_visit(self, day: date) -> Self:
        """Those to whom somebody is to come by a day, who are still there and wish visits."""
        there = Resident.objects.present().filter(visit_wish=None)
        return self.in_force().filter(next_on__lte=day, resident__in=there)

    def locked(self) -> Self:
        return self.select_for_update(of=("self",))


class CareSubjectQuerySet(models.QuerySet["CareSubject"]):
    def active(self) -> Self:
        """In care, and neither dead nor moved away."""
        return self.filter(closed_at=None, resident__in=Resident.objects.present())

    def due(self, day: date) -> Self:
        """Whose next visit is due by a day."""
        return self.active().filter(next_on__lte=day)

    def unpaired(self, helping: HelperPairingQuerySet) -> Self:
        """Without a helper; `helping` are all pairings in force."""
        return self.active().filter(~Exists(helping.filter(subject=OuterRef("pk"))))


class HelperPairingQuerySet(models.QuerySet["HelperPairing"]):
    def helping(self) -> Self:
        """In force, and the helper neither dead nor moved away."""
        gone = Resident.objects.exclude(pk__in=Resident.objects.present()).filter(user=OuterRef("helper"))
        return self.filter(~Exists(gone), ended_at=None)


class ActionTaskQuerySet(models.QuerySet["ActionTask"]):
    def open(self) -> Self:
        """Not reported as done."""
        return self.filter(done_at=None)

    def locked(self) -> Self:
        return self.select_for_update(of=("self",))
