"""What the ground floor has gathered: the audit trail of what was filed, and messages long delivered."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import connection

from core.models import AuditEntry, OutboxMessage

MODELS: Final = (AuditEntry, OutboxMessage)

TRAIL: Final = """
    INSERT INTO core_auditentry
        (at, event, actor_id, post, subject_type, subject_id, scope_path, audience, fields)
    SELECT filed_at, 'petition.filed', NULL, '', 'petitions.petition', id::text, place_path, 'staff',
        '{filed}'
    FROM petitions_petition ORDER BY id
"""
DELIVERED: Final = """
    INSERT INTO core_outboxmessage
        (channel, kind, dedupe_key, phone, robot_url, title, body, url, urgent, secret, state, attempts,
         created_at, next_attempt_at, sent_at, last_error)
    SELECT 'sms', 'petition.received', 'petition.received.' || petition_id || '.' || id, phone, '',
        '诉求已收到', '您反映的事已收到。', '', false, false, 'sent', 1, joined_at, joined_at, joined_at, ''
    FROM petitions_petitionreporter WHERE phone > '' AND joined_at > %s ORDER BY id
"""


def fill(since: datetime) -> None:
    """One line of the trail for each petition, and each receipt since a day."""
    with connection.cursor() as cursor:
        cursor.execute(TRAIL)
        cursor.execute(DELIVERED, [since])
