"""The tables of the ground floor, one module per noun."""

from core.models.account import User, UserManager
from core.models.audit import Audience, AuditEntry, AuditSeal, SensitiveAccess
from core.models.cache import CacheRow
from core.models.calendar import DayOverride
from core.models.image import StoredImage
from core.models.job import Job, JobState
from core.models.labelled import Labelled
from core.models.outbox import InboxItem, MessageChannel, MessageState, OutboxMessage
from core.models.personal import PersonalExport, PersonalExportState
from core.models.reminder import ReminderClaim
from core.models.retention import RetentionRun
from core.models.saved_filter import SavedFilter

__all__ = [
    "Audience",
    "AuditEntry",
    "AuditSeal",
    "CacheRow",
    "DayOverride",
    "InboxItem",
    "Job",
    "JobState",
    "Labelled",
    "MessageChannel",
    "MessageState",
    "OutboxMessage",
    "PersonalExport",
    "PersonalExportState",
    "ReminderClaim",
    "RetentionRun",
    "SavedFilter",
    "SensitiveAccess",
    "StoredImage",
    "User",
    "UserManager",
]
