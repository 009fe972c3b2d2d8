"""Every write of this app."""

from community.actions.account import (
    account_close,
    account_correct,
    account_invite,
    account_reopen,
    account_require_second_factor,
    account_reset_password,
    account_reset_second_factor,
    password_change,
    password_set,
)
from community.actions.asking import estates_sweep, facts_sweep
from community.actions.community import community_create, community_update, fact_record
from community.actions.guide import (
    service_item_confirm,
    service_item_create,
    service_item_opened,
    service_item_update,
    service_items_sweep,
)
from community.actions.list_export import (
    list_export_ask,
    list_export_beat,
    list_export_finish,
    list_export_refuse,
    list_export_take,
    list_exports_expire,
)
from community.actions.looking import talk_point_look, talk_points_sweep
from community.actions.place import place_activate, place_create, place_deactivate, place_move, place_update
from community.actions.post import post_change, post_deputise, post_employment_add, post_end, post_give
from community.actions.profile import categories_save, profile_apply, profile_save
from community.actions.roll import record_delete, record_save
from community.actions.sheet_import import (
    sheet_import_cancel,
    sheet_import_confirm,
    sheet_import_start,
    sheet_import_take,
    sheet_imports_expire,
)
from community.actions.sign_in import (
    resident_account_open,
    resident_account_verify,
    resident_accounts_sweep,
    sign_in_clear,
    sign_in_try,
)
from community.actions.talk_point import (
    building_codes_make,
    talk_point_create,
    talk_point_renew,
    talk_point_switch,
)

__all__ = [
    "account_close",
    "account_correct",
    "account_invite",
    "account_reopen",
    "account_require_second_factor",
    "account_reset_password",
    "account_reset_second_factor",
    "building_codes_make",
    "categories_save",
    "community_create",
    "community_update",
    "estates_sweep",
    "fact_record",
    "facts_sweep",
    "list_export_ask",
    "list_export_beat",
    "list_export_finish",
    "list_export_refuse",
    "list_export_take",
    "list_exports_expire",
    "password_change",
    "password_set",
    "place_activate",
    "place_create",
    "place_deactivate",
    "place_move",
    "place_update",
    "post_change",
    "post_deputise",
    "post_employment_add",
    "post_end",
    "post_give",
    "profile_apply",
    "profile_save",
    "record_delete",
    "record_save",
    "resident_account_open",
    "resident_account_verify",
    "resident_accounts_sweep",
    "service_item_confirm",
    "service_item_create",
    "service_item_opened",
    "service_item_update",
    "service_items_sweep",
    "sheet_import_cancel",
    "sheet_import_confirm",
    "sheet_import_start",
    "sheet_import_take",
    "sheet_imports_expire",
    "sign_in_clear",
    "sign_in_try",
    "talk_point_create",
    "talk_point_look",
    "talk_point_renew",
    "talk_point_switch",
    "talk_points_sweep",
]
