"""What is said of meter readings; every function returns messages, the action queues them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.display import absolute, money
from core.language import in_house
from core.outbox import Message
from grids.models import MeterCycle, MeterReading

KINDS: Final = {
    "meter.unread": gettext_lazy("没有抄完的表"),
    "meter.next": gettext_lazy("又到抄表的日子"),
    "meter.share": gettext_lazy("您家的分摊"),
}


@in_house
def shared(
    cycle: MeterCycle,
    readings: Sequence[MeterReading],
    residents: Mapping[int, Sequence[int]],
    *,
    at: datetime,
) -> list[Message]:
    """To the accounts of each household: what it used, what it pays, and nobody else's."""
    messages = []
    for one in readings:
        facts = {"name": cycle.name, "use": one.use, "share": money(one.share), "bill": money(cycle.bill)}
        message = Message(
            kind="meter.share",
            dedupe_key=f"meter.share.{one.pk}",
            title=_("您家的分摊算好了"),
            body=_("%(name)s：您家用了 %(use)s，分摊 %(share)s，总账单 %(bill)s。") % facts,
            at=at,
            url=absolute(reverse("grids:meter_shares")),
        )
        messages += message.to_each(residents.get(one.household_id, ()))
    return messages


@in_house
def unread(cycle: MeterCycle, user_ids: Iterable[int | None], *, at: datetime) -> list[Message]:
    """To worker and leader: so many doors are unread on the day by which all should be."""
    count: int = cycle.unread_count  # type: ignore[attr-defined]
    body = _("%(name)s还有 %(count)d 户没有抄，抄完才能分摊。") % {"name": cycle.name, "count": count}
    return _message("meter.unread", cycle, _("还有住户没有抄表"), body, at).to_each(user_ids)


@in_house
def again(cycle: MeterCycle, user_ids: Iterable[int | None], *, at: datetime) -> list[Message]:
    """To the leader: the next round is due."""
    body = _("上一次是“%s”，又到抄表的日子了，请发起下一次。") % cycle.name
    return _message("meter.next", cycle, _("又到抄表的日子"), body, at).to_each(user_ids)


def _message(kind: str, cycle: MeterCycle, title: str, body: str, at: datetime) -> Message:
    url = absolute(reverse("grids:meter_cycle", args=[cycle.pk]))
    return Message(kind=kind, dedupe_key=f"{kind}.{cycle.pk}", title=title, body=body, at=at, url=url)
