"""Every write of the ground floor that is not one of its services (trail, outbox, claims, uploads)."""

from core.actions.calendar import day_override_delete, day_override_save
from core.actions.display import display_set, language_set
from core.actions.image import image_orphans_delete
from core.actions.inbox import inbox_mark_read
from core.actions.job import job_beat, job_end, job_take
from core.actions.message import (
    Claim,
    message_claim,
    message_drop,
    message_extend,
    message_fail,
    message_retry,
    message_send_again,
    message_sent,
)
from core.actions.personal import (
    KEPT_FOR as PERSONAL_KEPT_FOR,
)
from core.actions.personal import (
    account_erase,
    account_name_correct,
    personal_export_ask,
    personal_export_take,
)
from core.actions.retention import retention_sweep
from core.actions.sealing import audit_seal
from core.actions.upkeep import expired_delete

__all__ = [
    "PERSONAL_KEPT_FOR",
    "Claim",
    "account_erase",
    "account_name_correct",
    "audit_seal",
    "day_override_delete",
    "day_override_save",
    "display_set",
    "expired_delete",
    "image_orphans_delete",
    "inbox_mark_read",
    "job_beat",
    "job_end",
    "job_take",
    "language_set",
    "message_claim",
    "message_drop",
    "message_extend",
    "message_fail",
    "message_retry",
    "message_send_again",
    "message_sent",
    "personal_export_ask",
    "personal_export_take",
    "retention_sweep",
]
