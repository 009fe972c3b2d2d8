"""Every write of this app."""

from community.actions.community import community_create, community_update, fact_record
from community.actions.place import place_activate, place_create, place_deactivate, place_move, place_update
from community.actions.post import post_change, post_deputise, post_end, post_give
from community.actions.profile import profile_apply, profile_save
from community.actions.talk_point import talk_point_create, talk_point_renew

__all__ = [
    "community_create",
    "community_update",
    "fact_record",
    "place_activate",
    "place_create",
    "place_deactivate",
    "place_move",
    "place_update",
    "post_change",
    "post_deputise",
    "post_end",
    "post_give",
    "profile_apply",
    "profile_save",
    "talk_point_create",
    "talk_point_renew",
]
