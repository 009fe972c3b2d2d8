"""应急预案: teams, versions of plans, drills, and what becomes of what drills show (G-21, G-22)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import NAMESPACE_OID, uuid5

from django.db import transaction
from django.utils import timezone

from community import permissions
from community.duties import Power
from community.models import Community, Place
from community.models.place import PlaceKind
from community.permissions import Scope, require_power
from core.audit import record
from core.errors import ConflictError, InvalidInputError, NotFoundError, RepeatedError
from core.language import gettext as _
from core.models import User
from grids.actions.hazards.filing import Answerable, Found, hazard_file
from grids.models import Drill, DrillFinding, EmergencyPlan, EmergencyTeam, Hazard
from grids.selectors.emergency import months_later


@dataclass(frozen=True, slots=True)
class Crew:
    """Who turns out; `others` are people without an account."""

    name: str
    leader: User
    members: Iterable[User] = ()
    others: str = ""
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class PlanText:
    """What a version says, when it is looked at again, who drills it, and which findings it sees to."""

    text: str
    review_due: date
    team: EmergencyTeam | None = None
    drill_months: int = 6
    change: str = ""
    sees_to: Iterable[DrillFinding] = ()


@transaction.atomic
def team_set(
    *,
    community: Community,
    crew: Crew,
    actor: User | None,
    at: datetime,
    team_id: int | None = None,
) -> EmergencyTeam:
    """Form a team, or change one.

    Raises:
        NotAllowedError: `actor` does not run this community's grids.
    """
    kept = (
        EmergencyTeam.objects.select_for_update(of=("self",)).get(pk=team_id)
        if team_id
        else EmergencyTeam(community=community)
    )
    path = kept.community.place.path
    trace = permissions.authorise(actor, Power.GRID_RUN, Scope(path), at=at)
    kept.name, kept.leader = crew.name.strip(), crew.leader
    kept.others, kept.is_active = crew.others.strip(), crew.is_active
    kept.save()
    kept.members.set(crew.members)
    record(event="emergency_team.set", actor=actor, subject=kept, at=at, scope_path=path, post=trace)
    return kept


@transaction.atomic
def plan_approve(
    *, place: Place, kind: str, given: PlanText, actor: User | None, at: datetime
) -> EmergencyPlan:
    """Put a version in force; the one before is kept, and the findings that it names are seen to.

    Raises:
        NotAllowedError: `actor` does not run this community's grids.
        InvalidInputError: no text, a review that is over, a place or a team that does not fit, a new version
            without a word about what is different.
    """
    community = Community.objects.select_related("place").get(pk__in=[*place.ancestor_ids, place.pk])
    trace = permissions.authorise(actor, Power.GRID_RUN, Scope(community.place.path), at=at)
    Place.objects.select_for_update(of=("self",), no_key=True).get(
        pk=place.pk
    )  # versions one after the other
    before = EmergencyPlan.objects.filter(place=place, kind=kind, replaced_at=None).first()
    today = timezone.localdate(at)
    _check(place, community, given, before, today)
    if before is not None:
        before.replaced_at = at
        before.save(update_fields=["replaced_at"])
    plan = EmergencyPlan.objects.create(
        community=community,
        place=place,
        kind=kind,
        version=before.version + 1 if before else 1,
        text=given.text.strip(),
        change=given.change.strip(),
        approved_on=today,
        approved_by=actor,
        review_due=given.review_due,
        team=given.team,
        drill_months=given.drill_months,
        drill_due_on=before.drill_due_on if before else months_later(today, given.drill_months),
        told_drill=before.told_drill if before else False,
    )
    open_ones = DrillFinding.objects.filter(
        pk__in=[one.pk for one in given.sees_to], drill__plan__place=place, settled_at=None
    )
    open_ones.update(edited_in=plan, settled_at=at)
    path = community.place.path
    record(event="emergency_plan.approved", actor=actor, subject=plan, at=at, scope_path=path, post=trace)
    return plan


@transaction.atomic
def drill_log(
    *,
    plan_id: int,
    held_on: date,
    headcount: int,
    summary: str,
    findings: Sequence[str],
    actor: User,
    at: datetime,
) -> Drill:
    """A drill was held: the clock for the next begins anew.

    Raises:
        NotFoundError: no such plan.
        NotAllowedError: neither the team's nor somebody who runs these grids.
        InvalidInputError: nobody, nothing said, or a day to come.
        ConflictError: the plan was replaced.
    """
    plan = _plan(plan_id)
    _may_drill(plan, actor, at)
    if plan.replaced_at is not None:
        raise ConflictError(_("这一版预案已经换版，请按新的一版登记。"))
    if headcount < 1 or not summary.strip():
        raise InvalidInputError(_("请写明几个人参加、情况怎样。"))
    if held_on > timezone.localdate(at):
        raise InvalidInputError(_("演练日期不能晚于今天。"))
    drill = Drill.objects.create(
        plan=plan,
        held_on=held_on,
        headcount=headcount,
        summary=summary.strip(),
        logged_by=actor,
        logged_at=at,
    )
    found = [line.strip()[:300] for line in findings if line.strip()]
    DrillFinding.objects.bulk_create(DrillFinding(drill=drill, text=text) for text in found)
    following = months_later(held_on, plan.drill_months)
    if following > plan.drill_due_on:
        plan.drill_due_on, plan.told_drill = following, False
        plan.save(update_fields=["drill_due_on", "told_drill"])
    path = plan.community.place.path
    record(event="drill.logged", actor=actor, subject=plan, at=at, scope_path=path)
    return drill


@transaction.atomic
def finding_to_hazard(
    *, finding_id: int, found: Found, answerable: Answerable | None, actor: User, at: datetime
) -> Hazard:
    """What a drill showed comes into the ledger of hazards.

    Raises:
        NotFoundError: no such finding.
        RepeatedError: it was seen to.
        NotAllowedError, InvalidInputError: as of any hazard.
    """
    rows = DrillFinding.objects.select_related("drill__plan").select_for_update(of=("self",))
    finding = rows.filter(pk=finding_id).first()
    if finding is None:
        raise NotFoundError(_("没有找到这个问题。"))
    if finding.settled_at is not None:
        raise RepeatedError(_("这个问题已经落实。"))
    key = uuid5(NAMESPACE_OID, f"drill-finding-{finding.pk}")
    hazard = hazard_file(found=found, answerable=answerable, key=key, actor=actor, at=at)
    finding.hazard, finding.settled_at = hazard, at
    finding.save(update_fields=["hazard", "settled_at"])
    return hazard


def _check(
    place: Place, community: Community, given: PlanText, before: EmergencyPlan | None, today: date
) -> None:
    if place.kind not in (PlaceKind.COMMUNITY, PlaceKind.ESTATE):
        raise InvalidInputError(_("预案分社区、小区两级，请选择社区或小区。"))
    if not given.text.strip():
        raise InvalidInputError(_("请写预案。"))
    if given.review_due <= today:
        raise InvalidInputError(_("复审日期要在今天以后。"))
    if given.team is not None and given.team.community_id != community.pk:
        raise InvalidInputError(_("这支队伍不是本社区的。"))
    if before is not None and not given.change.strip():
        raise InvalidInputError(_("换版要写明改了什么。"))


def _plan(plan_id: int) -> EmergencyPlan:
    rows = EmergencyPlan.objects.select_related("community__place", "team").select_for_update(of=("self",))
    plan = rows.filter(pk=plan_id).first()
    if plan is None:
        raise NotFoundError(_("没有找到这份预案。"))
    return plan


def _may_drill(plan: EmergencyPlan, actor: User, at: datetime) -> None:
    if plan.team is not None and (plan.team.leader_id == actor.pk or plan.team.members.filter(pk=actor.pk)):
        return
    require_power(actor, Power.GRID_RUN, Scope(plan.place.path), at=at)
