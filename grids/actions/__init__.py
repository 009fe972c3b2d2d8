"""Every write of this app."""

from grids.actions.boundary import boundary_remove, boundary_set
from grids.actions.charge import households_charge
from grids.actions.check_in import check_in
from grids.actions.duty_list import duty_list_create, duty_list_update, grid_set_duties
from grids.actions.festivals import festival_rule_set, festival_visits_plan
from grids.actions.gifts import gift_campaign_create, gift_deliver
from grids.actions.grid import (
    grid_activate,
    grid_assign_buildings,
    grid_create,
    grid_deactivate,
    grid_update,
)
from grids.actions.handing_over import post_hand_over
from grids.actions.norm import norm_set
from grids.actions.patrol import patrol_end, patrol_start
from grids.actions.patrol_notes import patrol_note
from grids.actions.patrol_plan import checkpoint_create, checkpoint_update, patrol_plan_set
from grids.actions.visiting import purpose_save, standing_set, wish_note
from grids.actions.visits import visit_follow_up, visit_notes_read, visit_record

__all__ = [
    "boundary_remove",
    "boundary_set",
    "check_in",
    "checkpoint_create",
    "checkpoint_update",
    "duty_list_create",
    "duty_list_update",
    "festival_rule_set",
    "festival_visits_plan",
    "gift_campaign_create",
    "gift_deliver",
    "grid_activate",
    "grid_assign_buildings",
    "grid_create",
    "grid_deactivate",
    "grid_set_duties",
    "grid_update",
    "households_charge",
    "norm_set",
    "patrol_end",
    "patrol_note",
    "patrol_plan_set",
    "patrol_start",
    "post_hand_over",
    "purpose_save",
    "standing_set",
    "visit_follow_up",
    "visit_notes_read",
    "visit_record",
    "wish_note",
]
