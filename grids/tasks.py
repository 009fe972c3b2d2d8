"""Periodic jobs of grids; each calls an action and may run twice, late, or not at all."""

from __future__ import annotations

from celery import shared_task
from django.utils.timezone import localdate, now

from grids.actions.action_plan_reminding import action_tasks_remind
from grids.actions.applications import applications_sweep
from grids.actions.campaign_sweeping import campaigns_sweep
from grids.actions.diary import diary_review
from grids.actions.emergency_reminding import plans_remind
from grids.actions.errands_sweeping import errands_sweep
from grids.actions.festivals import festival_visits_plan
from grids.actions.ground import ground_settle
from grids.actions.hazards.leaving import departed_replaced
from grids.actions.hazards.sweeping import hazards_sweep
from grids.actions.held_entries import held_remind
from grids.actions.leads import leads_remind
from grids.actions.leaving import work_passed_on
from grids.actions.meters_sweeping import meters_sweep
from grids.actions.modes import emergencies_expire
from grids.actions.needs_sweeping import needs_sweep
from grids.actions.patrol_sweeping import patrols_sweep
from grids.actions.registers.census import census_sweep
from grids.actions.registers.census_planning import census_ask
from grids.actions.registers.files import files_tell
from grids.actions.registers.marks import marks_tell
from grids.actions.registers.months import care_sweep
from grids.actions.registers.referrals import referrals_tell
from grids.actions.registers.sweeping import leases_tell
from grids.actions.season_reminding import festivals_remind, gifts_remind, winters_remind
from grids.actions.sweep_reminding import sweeps_remind
from grids.actions.sweeping import grids_check
from grids.actions.visits_following import visits_remind
from grids.actions.whistle_sweeping import whistles_sweep
from grids.actions.winter import winters_begin


@shared_task
def check_grids() -> int:
    """Vacancies, households in nobody's hands, and the week's shortages."""
    return grids_check(at=now())


@shared_task
def settle_ground() -> int:
    """What was being entered while a building changed grids."""
    return ground_settle(at=now())


@shared_task
def remind_of_held() -> int:
    """Entries that wait for a leader's decision."""
    return held_remind(at=now())


@shared_task
def plan_festival_visits() -> int:
    """Whom to visit before the festivals that have come near; who is left, and who was not visited."""
    at = now()
    return festival_visits_plan(at=at) + festivals_remind(at=at)


@shared_task
def remind_of_visits() -> int:
    """What visits found a week ago or longer and nobody has followed up."""
    return visits_remind(at=now())


@shared_task
def sweep_hazards() -> int:
    """What people who have left had in hand, then hazards near their deadline or over it."""
    at = now()
    return work_passed_on(at=at) + departed_replaced(at=at) + hazards_sweep(at=at)


@shared_task
def sweep_campaigns() -> int:
    """Hazards of campaigns that are to be looked at again."""
    return campaigns_sweep(at=now())


@shared_task
def remind_of_sweeps() -> int:
    """Sweeps that begin, end, or are over."""
    return sweeps_remind(at=now())


@shared_task
def remind_of_plans() -> int:
    """Plans whose review or drill is due."""
    return plans_remind(at=now())


@shared_task
def sweep_whistles() -> int:
    """Whistles at their half and at their end, and grids whose emergency mode is over."""
    at = now()
    return whistles_sweep(at=at) + emergencies_expire(at=at)


@shared_task
def begin_winters() -> int:
    """Winters that begin: each coal-heating household is listed; rounds that are due or left."""
    at = now()
    return winters_begin(at=at) + winters_remind(at=at)


@shared_task
def remind_of_gifts() -> int:
    """Packs that are left in the last days of a campaign."""
    return gifts_remind(at=now())


@shared_task
def remind_of_leads() -> int:
    """Offers of help that nobody has answered for two weeks."""
    return leads_remind(at=now())


@shared_task
def sweep_patrols() -> int:
    """Windows that end: walkers are reminded before, leaders told of what was missed."""
    return patrols_sweep(at=now())


@shared_task
def tell_of_leases() -> int:
    """Tenants whose lease has ended, and those whose mark asks for a visit."""
    at = now()
    return leases_tell(at=at) + marks_tell(at=at)


@shared_task
def sweep_errands() -> int:
    """Errands that were done a day ago and that the household has not heard of."""
    return errands_sweep(at=now())


@shared_task
def sweep_needs() -> int:
    """Needs that nobody sees to climb to the next tier."""
    return needs_sweep(at=now())


@shared_task
def review_diary() -> int:
    """Diary entries that nobody has settled, once a week."""
    return diary_review(at=now())


@shared_task
def sweep_care() -> int:
    """Care visits: the month's list, who is left, what was missed, what is due today."""
    return care_sweep(at=now())


@shared_task
def sweep_meters() -> int:
    """Rounds of meter readings that are not read to the end, and those that come again."""
    return meters_sweep(at=now())


@shared_task
def sweep_census() -> int:
    """Census rounds that open, close or are lacking, files that are stale, referrals that nobody decides."""
    at = now()
    today = localdate(at)
    return census_sweep(at=at) + census_ask(at=at) + files_tell(today, at) + referrals_tell(today, at)


@shared_task
def sweep_applications() -> int:
    """Steps of assisted applications that are over their day."""
    return applications_sweep(at=now())


@shared_task
def remind_of_action_tasks() -> int:
    """Tasks of action plans whose day comes near or is over."""
    return action_tasks_remind(at=now())
