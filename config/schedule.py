"""What happens when: the beat schedule as data. Each job asks the database what is due and claims it."""

from __future__ import annotations

from typing import Any, Final

from celery.schedules import crontab

BEAT: Final[dict[str, dict[str, Any]]] = {
    "guide: what to confirm": {
        "task": "community.tasks.review_guide",
        "schedule": crontab(hour=8, minute=40),
    },
    "community: what to ask its keepers": {
        "task": "community.tasks.ask_keepers",
        "schedule": crontab(hour=8, minute=50),
    },
    "grids: who is missing": {"task": "grids.tasks.check_grids", "schedule": crontab(hour=8, minute=20)},
    "grids: visits before festivals": {
        "task": "grids.tasks.plan_festival_visits",
        "schedule": crontab(hour=7, minute=40),
    },
    "grids: packs to bring": {"task": "grids.tasks.remind_of_gifts", "schedule": crontab(hour=8, minute=5)},
    "grids: offers of help to answer": {
        "task": "grids.tasks.remind_of_leads",
        "schedule": crontab(hour=8, minute=45, day_of_week="1-5"),
    },
    "grids: patrols that are due": {
        "task": "grids.tasks.sweep_patrols",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 280},
    },
    "worker heartbeat": {"task": "config.heartbeat", "schedule": crontab(), "options": {"expires": 50}},
    "petitions: what is due": {
        "task": "petitions.tasks.sweep",
        "schedule": crontab(),
        "options": {"expires": 50},
    },
    "petitions: what nobody has taken or looked at": {
        "task": "petitions.tasks.tell_of_untaken",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 280},
    },
    "petitions: sessions to come": {
        "task": "petitions.tasks.plan_sessions",
        "schedule": crontab(minute="*/10"),
    },
    "petitions: what is due around sessions": {
        "task": "petitions.tasks.sweep_sessions",
        "schedule": crontab(minute="*/5"),
    },
    "petitions: who comes tomorrow": {
        "task": "petitions.tasks.remind_of_slots",
        "schedule": crontab(minute="*/10"),
    },
    "petitions: agreements to look at": {
        "task": "petitions.tasks.remind_of_follow_ups",
        "schedule": crontab(minute=20),
    },
    "petitions: what is looked after": {
        "task": "petitions.tasks.look_after",
        "schedule": crontab(minute="*/10"),
        "options": {"expires": 540},
    },
    "petitions: channels without a word": {
        "task": "petitions.tasks.tell_of_quiet_channels",
        "schedule": crontab(hour=8, minute=50),
    },
    "petitions: rounds and visits of the week": {
        "task": "petitions.tasks.begin_week",
        "schedule": crontab(hour=8, minute=30),
    },
    "petitions: tracked lists": {
        "task": "petitions.tasks.tracked_lists",
        "schedule": crontab(hour=9, minute=5),
    },
    "petitions: polls": {
        "task": "petitions.tasks.sweep_polls",
        "schedule": crontab(),
        "options": {"expires": 50},
    },
    "petitions: projects": {"task": "petitions.tasks.sweep_projects", "schedule": crontab(minute="*/10")},
    "petitions: figures": {"task": "petitions.tasks.refresh_figures", "schedule": crontab(minute="*/5")},
    "petitions: figures of all months": {
        "task": "petitions.tasks.recount_figures",
        "schedule": crontab(hour=1, minute=30),
    },
    "grids: what leaders have to decide": {
        "task": "grids.tasks.remind_of_held",
        "schedule": crontab(hour=9, minute=10),
    },
    "grids: care visits": {"task": "grids.tasks.sweep_care", "schedule": crontab(hour=7, minute=40)},
    "grids: tasks of action plans": {
        "task": "grids.tasks.remind_of_action_tasks",
        "schedule": crontab(hour=9, minute=10),
    },
    "grids: census, files, referrals": {
        "task": "grids.tasks.sweep_census",
        "schedule": crontab(hour=7, minute=50),
    },
    "grids: leases that end, visits that marks ask for": {
        "task": "grids.tasks.tell_of_leases",
        "schedule": crontab(hour=8, minute=20),
    },
    "grids: diary of the week": {
        "task": "grids.tasks.review_diary",
        "schedule": crontab(hour=8, minute=35, day_of_week="1-5"),
    },
    "grids: meters to read": {"task": "grids.tasks.sweep_meters", "schedule": crontab(hour=8, minute=15)},
    "grids: steps of applications": {
        "task": "grids.tasks.sweep_applications",
        "schedule": crontab(hour=8, minute=25),
    },
    "grids: ground that changed": {"task": "grids.tasks.settle_ground", "schedule": crontab(minute="*/5")},
    "grids: errands to tell of": {"task": "grids.tasks.sweep_errands", "schedule": crontab(minute="*/10")},
    "grids: needs nobody sees to": {
        "task": "grids.tasks.sweep_needs",
        "schedule": crontab(),
        "options": {"expires": 50},
    },
    "grids: visits to follow up": {
        "task": "grids.tasks.remind_of_visits",
        "schedule": crontab(hour=8, minute=40, day_of_week="1-5"),
    },
    "grids: hazards that are due": {
        "task": "grids.tasks.sweep_hazards",
        "schedule": crontab(hour="7-21", minute=5),
    },
    "grids: hazards to look at again": {
        "task": "grids.tasks.sweep_campaigns",
        "schedule": crontab(hour=7, minute=50),
    },
    "grids: sweeps from place to place": {
        "task": "grids.tasks.remind_of_sweeps",
        "schedule": crontab(hour=7, minute=45),
    },
    "grids: reviews and drills of plans": {
        "task": "grids.tasks.remind_of_plans",
        "schedule": crontab(hour=8, minute=15),
    },
    "grids: whistles and emergency modes": {
        "task": "grids.tasks.sweep_whistles",
        "schedule": crontab(),
        "options": {"expires": 50},
    },
    "grids: winters that begin": {
        "task": "grids.tasks.begin_winters",
        "schedule": crontab(hour=7, minute=35),
    },
    "petitions: settle": {"task": "petitions.tasks.settle_overdue", "schedule": crontab(hour=3, minute=10)},
    "petitions: provisional deadlines": {
        "task": "petitions.tasks.recompute_provisional",
        "schedule": crontab(minute=30),
    },
    "petitions: exports": {
        "task": "petitions.tasks.run_exports",
        "schedule": crontab(),
        "options": {"expires": 50},
    },
    "outbox": {"task": "core.tasks.deliver_due", "schedule": crontab(), "options": {"expires": 55}},
    "lists into Excel": {
        "task": "community.tasks.run_list_exports",
        "schedule": crontab(),
        "options": {"expires": 50},
    },
    "sheets from Excel": {
        "task": "community.tasks.run_sheet_imports",
        "schedule": crontab(),
        "options": {"expires": 50},
    },
    "personal exports": {
        "task": "core.tasks.run_personal_exports",
        "schedule": crontab(),
        "options": {"expires": 50},
    },
    "retention": {"task": "core.tasks.retain", "schedule": crontab(hour=2, minute=20)},
    "audit: seal": {"task": "core.tasks.seal_audit", "schedule": crontab(), "options": {"expires": 50}},
    "tidy": {"task": "core.tasks.tidy", "schedule": crontab(hour=3, minute=20)},
}
