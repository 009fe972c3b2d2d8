"""Action plans of departments."""

from __future__ import annotations


def register_action_plans() -> None:
    """行动方案: who keeps them, how their tasks come in, who is told what is due."""
    from community.backends import grant
    from community.duties import Power
    from community.registries import account_tiles
    from community.sheet_kinds import import_kinds
    from core.registries import MessagePolicy, inbox_only, message_policies, today_tiles
    from grids import action_notices
    from grids.imports.action_tasks import ACTION_TASKS
    from grids.selectors.action_plans import TILE_LATE, tile_tasks

    for model in ("actionplan", "actionmeasure", "actiontask"):
        grant(f"grids.{model}", view={Power.PETITION_READ}, write={Power.GRID_RUN})
    import_kinds.register(ACTION_TASKS.code, ACTION_TASKS, order=60)
    account_tiles.register("grids.action_tasks", tile_tasks, order=16)
    today_tiles.register("grids.action_plans", TILE_LATE, order=40)
    inbox_only(action_notices.KINDS)
    for kind, label in action_notices.TEXTED.items():
        message_policies.register(kind, MessagePolicy(label))
