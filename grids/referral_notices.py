"""What is said of 纳入保障 (G-30); every function returns messages, the action queues them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.display import absolute
from core.language import in_house
from core.outbox import Message
from grids.models import ProtectionReferral

KINDS: Final = {
    "referral.raised": gettext_lazy("提请纳入保障"),
    "referral.decided": gettext_lazy("纳入保障的决定"),
    "referral.waiting": gettext_lazy("保障提请等决定"),
    "referral.left": gettext_lazy("保障提请没有人决定"),
}


@in_house
def referred(referral: ProtectionReferral, user_ids: Sequence[int], *, at: datetime) -> list[Message]:
    """Somebody was put forward: those who decide hear of it. Nobody is named here."""
    message = Message(
        kind="referral.raised",
        dedupe_key=f"referral.raised.{referral.pk}",
        title=_("有人提请纳入保障"),
        body=_("有一位关爱对象提请纳入“%s”，请审核并决定。") % referral.relief,
        at=at,
        url=absolute(reverse("admin:grids_protectionreferral_change", args=[referral.pk])),
    )
    return message.to_each(user_ids)


@in_house
def referral_decided(referral: ProtectionReferral, *, at: datetime) -> Message:
    """To whoever put it forward."""
    body = _("您提请的“%(relief)s”有了决定：%(state)s。%(words)s") % {
        "relief": referral.relief,
        "state": referral.get_state_display(),
        "words": referral.decision,
    }
    return Message(
        kind="referral.decided",
        dedupe_key=f"referral.decided.{referral.pk}",
        title=_("纳入保障的决定"),
        body=body,
        at=at,
        user_id=referral.raised_by_id,
        url=absolute(reverse("grids:person", args=[referral.subject.resident_id])),
    )


@in_house
def referrals_wait(user_id: int, count: int, *, day: date, at: datetime) -> Message:
    """Referrals that wait for a week or longer."""
    return Message(
        kind="referral.waiting",
        dedupe_key=f"referral.waiting.{user_id}.{day}",
        title=_("保障提请等决定"),
        body=_("有 %d 件纳入保障的提请等了一周以上，请尽快决定。") % count,
        at=at,
        user_id=user_id,
        url=absolute(f"{reverse('admin:grids_protectionreferral_changelist')}?state=open"),
    )


@in_house
def referrals_left(user_id: int, count: int, *, day: date, at: datetime) -> Message:
    """To whoever stands above those who decide: how many they leave lying, with nobody's name."""
    return Message(
        kind="referral.left",
        dedupe_key=f"referral.left.{user_id}.{day}",
        title=_("保障提请没有人决定"),
        body=_("有 %d 件纳入保障的提请一直没有决定，请督促社区尽快决定。") % count,
        at=at,
        user_id=user_id,
        url=absolute(reverse("grids:watch")),
    )
