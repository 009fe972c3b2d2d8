"""后续话题: from a closed matter the next one is opened, and both say so (P-46)."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid5

from django.db import transaction
from django.utils import timezone

from community.duties import Power
from community.permissions import require_power
from community.workflow import Channel, Stage
from core.errors import ConflictError
from core.language import gettext as _
from core.models import User
from petitions.actions.base import Work
from petitions.actions.filing import Filed, Person, Report, petition_file
from petitions.actions.locking import lock
from petitions.models import Origin, Petition
from petitions.workflow import Event


@transaction.atomic
def petition_follow_on(
    *, petition_id: int, actor: User, text: str, topic: str, at: datetime, channel: str = Channel.VISIT
) -> Petition:
    """Open the next topic at the place of a closed matter; the same words on the same day only once.

    Raises:
        ConflictError: the earlier matter is not closed yet.
        NotAllowedError: `actor` may not enter matters there.
    """
    earlier = lock(petition_id)
    held = require_power(actor, Power.PETITION_ENTER, earlier.scope, at=at)
    if earlier.stage != Stage.ARCHIVED:
        raise ConflictError(_("前一件归档以后才能接着提出后续话题。"))
    report = Report(
        text=text,
        place=earlier.place,
        channel=channel,
        topic=topic,
        origin=Origin.PROACTIVE,
        is_private=earlier.is_private,
        follow_on_of=earlier,
    )
    key = uuid5(earlier.filing_key, f"{timezone.localdate(at)}{text}")
    filed: Filed = petition_file(
        community=earlier.community, report=report, person=Person(), key=key, actor=actor, at=at
    )
    if filed.is_new:
        work = Work(earlier, actor, held, at)
        work.note(Event.FOLLOWED_ON, filed.petition.number)
        work.record(["follow_on"])
    return filed.petition
