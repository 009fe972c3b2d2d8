"""What is said of festivals, packs and winter rounds that are left; every function returns messages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.display import absolute
from core.display import day as day_of
from core.language import in_house
from core.outbox import Message
from grids.models import GiftCampaign, WinterPlan

KINDS: Final = {
    "festival.left": gettext_lazy("节日前还没走访的户"),
    "gift.left": gettext_lazy("还没送到的礼包"),
    "winter.left": gettext_lazy("还没去的冬季安全走访"),
    "winter.safety": gettext_lazy("冬季取暖安全提示"),
}


@in_house
def festival_left(user_id: int, count: int, *, name: str, day: date, today: date, at: datetime) -> Message:
    """Doors to visit before a festival that are left; after it, what was missed."""
    facts = {"count": count, "name": name, "day": day_of(day)}
    if day < today:
        body = _("%(name)s（%(day)s）前还有 %(count)d 户没有走访，请过问。") % facts
    elif day == today:
        body = _("今天是%(name)s，还有 %(count)d 户没有走访，请今天去看望。") % facts
    else:
        body = _("%(name)s（%(day)s）快到了，还有 %(count)d 户没有走访。") % facts
    return _message(
        "festival.left", f"{user_id}.{day}.{today}", _("节日走访"), body, "grids:homes", user_id, at
    )


@in_house
def gifts_left(user_id: int, count: int, campaign: GiftCampaign, *, today: date, at: datetime) -> Message:
    """Packs that are left in the last days of a campaign; after it, what was not brought."""
    facts = {"count": count, "name": campaign.name, "day": day_of(campaign.ends_on)}
    if campaign.ends_on < today:
        body = _("“%(name)s”%(day)s截止，还有 %(count)d 份礼包没有送到，请过问。") % facts
    else:
        body = _("“%(name)s”还有 %(count)d 份礼包没有送到，%(day)s截止。") % facts
    key = f"{user_id}.{campaign.pk}.{today}"
    return _message("gift.left", key, _("还没送到的礼包"), body, "grids:gifts", user_id, at)


@in_house
def winter_left(user_id: int, count: int, *, is_late: bool, today: date, at: datetime) -> Message:
    """Rounds of winter that are due, or days over."""
    if is_late:
        body = _("有 %d 户冬季安全走访过了日子三天还没有人去，请过问。") % count
    else:
        body = _("有 %d 户冬季安全走访到了日子，请上门查看炉具、烟囱和报警器。") % count
    key = f"{user_id}.{today}.{'late' if is_late else 'due'}"
    return _message("winter.left", key, _("冬季安全走访"), body, "grids:winter", user_id, at)


@in_house
def winter_safety(plan: WinterPlan, user_ids: Iterable[int], *, at: datetime) -> list[Message]:
    """To everybody who lives there: winter has begun, how one heats without danger."""
    message = Message(
        kind="winter.safety",
        dedupe_key=f"winter.safety.{plan.pk}",
        title=_("天冷了，取暖用电请注意安全"),
        body=_(
            "烧煤取暖要装烟囱、勤开窗，最好装一氧化碳报警器；电热毯、取暖器人走断电，不在楼道给电动车充电。"
            "头晕恶心先开窗、到室外，再打 120；起火打 119。"
        ),
        at=at,
    )
    return message.to_each(user_ids)


def _message(kind: str, key: str, title: str, body: str, page: str, user_id: int, at: datetime) -> Message:
    return Message(
        kind=kind,
        dedupe_key=f"{kind}.{key}",
        title=title,
        body=body,
        at=at,
        user_id=user_id,
        url=absolute(reverse(page)),
    )
