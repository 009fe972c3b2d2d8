"""What stands on the page of whoever runs grids, and what they put into other hands."""

from __future__ import annotations

from functools import partial

from core.registries import inbox_only, message_checks, today_tiles


def register_due() -> None:
    """What is due in each grid: people first, then what has a deadline, then doors, then records."""
    from grids import (
        action_notices,
        assist_notices,
        census_notices,
        diary_notices,
        entry_notices,
        errand_notices,
        hazard_notices,
        meter_notices,
        moving_notices,
        need_notices,
        notices,
        patrol_notices,
        referral_notices,
        register_notices,
        safety_notices,
        season_notices,
        sweep_notices,
        visit_notices,
    )
    from grids.registries import due_lines
    from grids.selectors import due
    from grids.selectors.reach import within_reach
    from grids.selectors.watch import tile_watch

    sources = (
        ("needs", due.needs_due, 5),
        ("hazards", due.hazards_due, 20),
        ("applications", due.steps_due, 25),
        ("visits", due.visits_due, 30),
        ("care", due.care_due, 31),
        ("winter", due.winter_due, 32),
        ("sweeps", due.stops_due, 35),
        ("errands", due.errands_due, 40),
        ("entries", due.entries_due, 45),
    )
    for code, source, order in sources:
        due_lines.register(f"grids.{code}", source, order=order)
    inbox_only(moving_notices.KINDS)
    today_tiles.register("grids.watch", tile_watch, order=4)
    told = (
        *(action_notices, assist_notices, census_notices, diary_notices, entry_notices, errand_notices),
        *(hazard_notices, sweep_notices),
        *(meter_notices, moving_notices, need_notices, notices, patrol_notices, referral_notices),
        *(register_notices, safety_notices, season_notices, visit_notices),
    )
    families = frozenset(kind.partition(".")[0] for module in told for kind in module.KINDS)
    message_checks.register("grids.within_reach", partial(within_reach, families=families))
