"""What is said around errands; every function returns messages, the action queues them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.display import absolute
from core.language import in_house
from core.outbox import Message
from grids.models import Errand

KINDS: Final = {
    "errand.done": gettext_lazy("代办办好，请告知居民"),
    "errand.tell": gettext_lazy("代办还没有告知居民"),
}


@in_house
def to_tell(errand: Errand, user_id: int | None, *, at: datetime) -> list[Message]:
    """To whoever took it: somebody has done it, the household does not know yet."""
    facts = {"what": errand.text, "how": errand.result, "where": errand.household.long_name}
    body = _("“%(what)s”的结果：%(how)s请告诉%(where)s的住户，顺便问问还要办什么。") % facts
    return _message("errand.done", errand, _("请告知居民：代办有结果了"), body, at).to_each([user_id])


@in_house
def still_to_tell(errand: Errand, user_id: int | None, *, at: datetime) -> list[Message]:
    """To the same, a day later, once."""
    facts = {"what": errand.text, "where": errand.household.long_name}
    body = _("“%(what)s”已有结果一天了，还没有记下告知%(where)s的住户。告知后才算了结。") % facts
    return _message("errand.tell", errand, _("代办还没有告知居民"), body, at).to_each([user_id])


def _message(kind: str, errand: Errand, title: str, body: str, at: datetime) -> Message:
    url = absolute(reverse("grids:errand", args=[errand.pk]))
    return Message(kind=kind, dedupe_key=f"{kind}.{errand.pk}", title=title, body=body, at=at, url=url)
