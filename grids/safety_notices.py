"""What is said around campaigns, sweeps, plans, drills and whistles; every function returns messages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.display import absolute, day
from core.language import in_house
from core.outbox import Message
from grids.models import Campaign, EmergencyPlan, Sweep

KINDS: Final = {
    "campaign.look": gettext_lazy("专项整治要复查"),
    "sweep.told": gettext_lazy("拉网式摸排"),
    "plan.review": gettext_lazy("应急预案该复审"),
    "plan.drill": gettext_lazy("应急预案该演练"),
}


@in_house
def look_again(user_id: int, campaign: Campaign, number: int, *, at: datetime) -> Message:
    """Hazards of a campaign that are to be looked at again from today."""
    body = _("%(number)d 处今天起要到现场复查，看有没有再犯。") % {"number": number}
    return Message(
        kind="campaign.look",
        dedupe_key=f"campaign.look.{campaign.pk}.{user_id}.{at:%Y%m%d%H%M%S%f}",
        title=_("请复查：%s") % campaign.name,
        body=body,
        at=at,
        user_id=user_id,
        url=absolute(reverse("grids:campaign", args=[campaign.pk])),
    )


@in_house
def sweep_told(
    sweep: Sweep, stage: str, left: int, user_ids: Iterable[int | None], *, at: datetime
) -> list[Message]:
    """A sweep begins, ends today with stops left, or is over and waits for its end."""
    facts = {"name": sweep.name, "left": left, "day": day(sweep.ends_on)}
    titles = {
        "begins": _("摸排开始：%(name)s") % facts,
        "ends": _("摸排今天截止：%(name)s") % facts,
        "over": _("摸排到期：%(name)s") % facts,
    }
    bodies = {
        "begins": _("共 %(left)d 个点，%(day)s前去完；没有发现问题的也要记一笔。") % facts,
        "ends": _("还有 %(left)d 个点没去。") % facts,
        "over": _("还有 %(left)d 个点没去，请看一看，结束这次摸排。") % facts,
    }
    message = Message(
        kind="sweep.told",
        dedupe_key=f"sweep.told.{sweep.pk}.{stage}",
        title=titles[stage],
        body=bodies[stage],
        at=at,
        url=absolute(reverse("grids:sweep", args=[sweep.pk])),
    )
    return message.to_each(user_ids)


@in_house
def plan_due(
    plan: EmergencyPlan, what: str, user_ids: Iterable[int | None], *, at: datetime
) -> list[Message]:
    """A plan is to be looked at again soon, or to be drilled now."""
    facts = {"plan": plan, "review": day(plan.review_due), "months": plan.drill_months}
    if what == "review":
        title = _("预案快到复审日期：%(plan)s") % facts
        body = _("%(review)s前要复审；有变化就换一版，没有变化也请重新批准。") % facts
    else:
        title = _("预案该演练了：%(plan)s") % facts
        body = _("每 %(months)d 个月演练一次，已经到期；演练后请登记，时间重新算起。") % facts
    message = Message(
        kind=f"plan.{what}",
        dedupe_key=f"plan.{what}.{plan.pk}.{plan.review_due if what == 'review' else plan.drill_due_on}",
        title=title,
        body=body,
        at=at,
        url=absolute(reverse("grids:plan", args=[plan.pk])),
    )
    return message.to_each(user_ids)
