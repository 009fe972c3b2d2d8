"""A way in that brings nothing for a month is looked after: telephone, group, printed code (P-15)."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from community.models import WorkflowProfile
from community.permissions import Scope
from community.workflow import Channel
from core import outbox, reminders
from core.outbox import Message
from petitions import watching_notices
from petitions.models import Petition
from petitions.selectors.holders import holders_of

QUIET: Final = timedelta(days=30)
KNOWN: Final = frozenset(Channel.values) - {Channel.PARTNER_API.value}


@transaction.atomic
def quiet_channels_tell(*, at: datetime) -> int:
    """Tell clerk and secretary which of their channels were silent; each at most once a month."""
    since, month = at - QUIET, f"{timezone.localdate(at):%Y-%m}"
    lately = Petition.objects.filter(filed_at__gte=since).order_by()
    heard = set(lately.values_list("community", "channel").distinct())
    before = Petition.objects.filter(community=OuterRef("pk"), filed_at__lt=since)
    rows = WorkflowProfile.objects.filter(Exists(before), community__is_active=True)
    profiles = {row.pk: row for row in rows.select_related("community__place")}
    silent: dict[str, list[int]] = defaultdict(list)
    for pk, profile in sorted(profiles.items()):
        for channel in KNOWN & set(profile.channels):
            if (pk, channel) not in heard:
                silent[channel].append(pk)
    claimed: dict[int, list[str]] = defaultdict(list)
    for channel in (one for one in Channel.values if one in silent):
        for pk in reminders.claim(f"channel.quiet.{channel}", month, silent[channel], at):
            claimed[pk].append(channel)
    scopes = {pk: Scope(profiles[pk].community.place.path) for pk in claimed}
    holders = holders_of(scopes.values(), at)
    said: list[Message] = []
    for pk, channels in claimed.items():
        said += watching_notices.quiet_channels(
            profiles[pk].community, scopes[pk], channels, holders, month=month, at=at
        )
    outbox.send(said)
    return len(claimed)
