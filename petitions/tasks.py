"""Periodic jobs of the closed loop; each calls an action and may run twice, late, or not at all."""

from __future__ import annotations

from celery import shared_task
from django.utils.timezone import now

from petitions.actions.assisting import slots_sweep
from petitions.actions.desk import export_take, exports_expire
from petitions.actions.figures import figures_recount, figures_refresh
from petitions.actions.inspecting import uninspected_sweep
from petitions.actions.looking_after import (
    supervisors_remind,
    supervisors_replaced,
    tracked_lists_send,
)
from petitions.actions.mediation.ending import follow_ups_sweep
from petitions.actions.neglect import neglect_sweep
from petitions.actions.polls.sweeping import polls_sweep
from petitions.actions.preventing import preventions_remind
from petitions.actions.projects.sweeping import projects_sweep
from petitions.actions.quiet import quiet_channels_tell
from petitions.actions.rounds import rounds_remind, visits_remind
from petitions.actions.serving import services_announce
from petitions.actions.sessions.planning import sessions_plan
from petitions.actions.sessions.sweeping import resolutions_sweep, sessions_sweep
from petitions.actions.snapping import snaps_sweep
from petitions.actions.sweeping import (
    deadlines_recompute,
    departed_replaced,
    evaluations_sweep,
    petitions_settle_overdue,
    petitions_sweep,
)
from petitions.actions.taking import untaken_sweep
from petitions.sheets.export import export_run


@shared_task
def sweep() -> int:
    """Reminders, ended pauses, closed windows and archiving that have become due; what looks neglected."""
    at = now()
    return petitions_sweep(at=at) + evaluations_sweep(at=at) + neglect_sweep(at=at)


@shared_task
def tell_of_untaken() -> int:
    """What nobody has dispatched, taken or looked at in time; pictures that nobody has verified."""
    at = now()
    return untaken_sweep(at=at) + uninspected_sweep(at=at) + snaps_sweep(at=at)


@shared_task
def plan_sessions() -> int:
    """The next sessions of every schedule that was not looked at today."""
    return sessions_plan(at=now())


@shared_task
def sweep_sessions() -> int:
    """Announcements, reminders and overdue minutes of sessions; resolutions that fall due."""
    return sessions_sweep(at=now()) + resolutions_sweep(at=now())


@shared_task
def remind_of_slots() -> int:
    """Whom somebody visits tomorrow, and who goes there."""
    return slots_sweep(at=now())


@shared_task
def remind_of_follow_ups() -> int:
    """Agreements of mediations that are to be looked at."""
    return follow_ups_sweep(at=now())


@shared_task
def look_after() -> int:
    """Supervisors who have not looked after a matter for so long; measures to check; services that open."""
    at = now()
    return supervisors_remind(at=at) + preventions_remind(at=at) + services_announce(at=at)


@shared_task
def tell_of_quiet_channels() -> int:
    """Ways in that brought nothing for a month."""
    return quiet_channels_tell(at=now())


@shared_task
def tracked_lists() -> int:
    """The week's lists of matters that are followed all the way, on the first day of it that comes."""
    return tracked_lists_send(at=now())


@shared_task
def begin_week() -> int:
    """The week's rounds and visits, on the first day of it that comes."""
    at = now()
    return rounds_remind(at=at) + visits_remind(at=at)


@shared_task
def sweep_polls() -> int:
    """Polls that open, end, or remind the households that have not voted."""
    return polls_sweep(at=now())


@shared_task
def sweep_projects() -> int:
    """Phases of projects that end, prices to look at again."""
    return projects_sweep(at=now())


@shared_task
def refresh_figures() -> int:
    """The counts of the communities in which something changed."""
    return figures_refresh(at=now())


@shared_task
def recount_figures() -> int:
    """The counts of every community, from all records."""
    return figures_recount(at=now())


@shared_task
def settle_overdue() -> int:
    """Closes loops that a changed profile has made ready; replaces handlers and supervisors who have left."""
    at = now()
    return petitions_settle_overdue(at=at) + departed_replaced(at=at) + supervisors_replaced(at=at)


@shared_task
def recompute_provisional() -> int:
    """Provisional deadlines: a year's holidays were published, or staff changed the working-day table."""
    return deadlines_recompute(at=now())


@shared_task
def run_exports() -> int:
    """Lists that staff asked for in Excel, one after the other; those of a day ago are thrown away."""
    made = 0
    while (job := export_take(at=now())) is not None:
        made += export_run(job)
    exports_expire(at=now())
    return made
