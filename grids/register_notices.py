"""What is said around registers; every function returns messages, the action queues them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.display import absolute
from core.language import in_house
from core.outbox import Message

KINDS: Final = {
    "register.lease": gettext_lazy("租户租期到期"),
}


@in_house
def lease_over(user_id: int, count: int, *, day: date, at: datetime) -> Message:
    """Tenants whose lease ends: somebody looks whether they still live there. Nobody is named here."""
    return Message(
        kind="register.lease",
        dedupe_key=f"register.lease.{user_id}.{day}",
        title=_("有租户租期到了，请核实"),
        body=_("您的网格里有 %d 位租户租期到了，请核实还住不住：续住的写上新租期，搬走的改标搬离。") % count,
        at=at,
        user_id=user_id,
        url=absolute(f"{reverse('grids:register')}?mark=lease"),
    )
