"""What is said around campaigns, sweeps, plans, drills and whistles; every function returns messages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.display import absolute, day, moment
from core.language import in_house
from core.outbox import Message
from grids.models import Campaign, Drill, EmergencyPlan, GridEmergency, Sweep, Whistle, WinterPlan

KINDS: Final = {
    "campaign.look": gettext_lazy("专项整治要复查"),
    "sweep.told": gettext_lazy("拉网式摸排"),
    "plan.review": gettext_lazy("应急预案该复审"),
    "plan.drill": gettext_lazy("应急预案该演练"),
    "plan.soon": gettext_lazy("应急演练快到日子"),
    "plan.overdue": gettext_lazy("应急预案的复审或演练过了日子"),
    "plan.findings": gettext_lazy("演练发现的问题还没有落实"),
    "whistle.unmet": gettext_lazy("吹哨人没到齐"),
    "winter.begins": gettext_lazy("冬季安全走访"),
    "grid.mode": gettext_lazy("网格进入应急状态、恢复日常"),
}
TEXTED: Final = {"whistle.called": gettext_lazy("社区吹哨")}
"""What reaches people by text, too."""


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
    """A plan is to be looked at again soon, to be drilled soon, or to be drilled now."""
    facts = {
        "plan": plan,
        "review": day(plan.review_due),
        "months": plan.drill_months,
        "drill": day(plan.drill_due_on),
    }
    if what == "review":
        title = _("预案快到复审日期：%(plan)s") % facts
        body = _("%(review)s前要复审；有变化就换一版，没有变化也请重新批准。") % facts
    elif what == "soon":
        title = _("准备演练：%(plan)s") % facts
        body = _("%(drill)s前要演练，请队长定好时间，队员先看一遍预案。") % facts
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


@in_house
def plan_overdue(
    plan: EmergencyPlan, week: str, user_ids: Iterable[int | None], *, at: datetime
) -> list[Message]:
    """A review or a drill is over its day, and over it every week until it is made good."""
    today = timezone.localdate(at)
    late = [
        *([_("应在%s前复审") % day(plan.review_due)] if plan.review_due < today else []),
        *([_("应在%s前演练") % day(plan.drill_due_on)] if plan.drill_due_on < today else []),
    ]
    message = Message(
        kind="plan.overdue",
        dedupe_key=f"plan.overdue.{plan.pk}.{week}",
        title=_("预案过了日子：%s") % plan,
        body=_("%s，还没有做。") % _("、").join(late),
        at=at,
        url=absolute(reverse("grids:plan", args=[plan.pk])),
    )
    return message.to_each(user_ids)


@in_house
def findings_open(
    drill: Drill, left: int, week: str, user_ids: Iterable[int | None], *, at: datetime
) -> list[Message]:
    """What a drill showed waits to become a hazard or a version of the plan."""
    body = _("%(day)s的演练还有 %(left)d 个问题没有落实，请转为隐患，或在预案里改好。") % {
        "day": day(drill.held_on),
        "left": left,
    }
    message = Message(
        kind="plan.findings",
        dedupe_key=f"plan.findings.{drill.pk}.{week}",
        title=_("演练发现的问题还没有落实：%s") % drill.plan,
        body=body,
        at=at,
        url=absolute(reverse("grids:plans")),
    )
    return message.to_each(user_ids)


@in_house
def whistle_called(whistle: Whistle, user_ids: Iterable[int], *, at: datetime) -> list[Message]:
    """The call, or the second one to whoever has not answered."""
    facts = {
        "topic": whistle.topic,
        "where": whistle.place.name,
        "by": moment(whistle.needed_by),
        "left": whistle.needed - whistle.accepted,
    }
    second = whistle.second_at is not None
    title = (_("还差人：%(topic)s") if second else _("社区吹哨：%(topic)s")) % facts
    body = _("还要 %(left)d 人，%(by)s前到%(where)s。请回答来不来。") % facts
    message = Message(
        kind="whistle.called",
        dedupe_key=f"whistle.called.{whistle.pk}.{int(second)}",
        title=title,
        body=body,
        at=at,
        url=absolute(reverse("grids:calls")),
        urgent=whistle.is_urgent,
    )
    return message.to_each(user_ids)


@in_house
def whistle_unmet(whistle: Whistle, user_ids: Iterable[int | None], *, at: datetime) -> list[Message]:
    """The time is over and too few have come."""
    facts = {
        "topic": whistle.topic,
        "needed": whistle.needed,
        "come": whistle.accepted,
        "here": whistle.arrived,
    }
    message = Message(
        kind="whistle.unmet",
        dedupe_key=f"whistle.unmet.{whistle.pk}",
        title=_("吹哨人没到齐：%(topic)s") % facts,
        body=_("要 %(needed)d 人，答应来 %(come)d 人，到了 %(here)d 人。请想办法补人，或者结束。") % facts,
        at=at,
        url=absolute(reverse("grids:whistle", args=[whistle.pk])),
    )
    return message.to_each(user_ids)


@in_house
def mode_changed(
    emergency: GridEmergency,
    user_ids: Iterable[int | None],
    phones: Mapping[int, str],
    *,
    at: datetime,
) -> list[Message]:
    """A grid goes into emergency mode, or back; departments, by key, hear by text without an address."""
    facts = {"grid": emergency.grid.name, "why": emergency.reason, "until": moment(emergency.until)}
    if emergency.ended_at is None:
        title, body = (
            _("进入应急状态：%(grid)s") % facts,
            _("原因：%(why)s。至%(until)s，到期不延长就恢复日常。") % facts,
        )
    else:
        title = _("恢复日常：%(grid)s") % facts
        body = _("应急状态已结束，原因是%(why)s。") % facts
    message = Message(
        kind="grid.mode",
        dedupe_key=f"grid.mode.{emergency.pk}.{int(emergency.ended_at is not None)}",
        title=title,
        body=body,
        at=at,
        url=absolute(reverse("grids:plans")),
        urgent=emergency.ended_at is None,
    )
    texts = [
        replace(message, phone=phone, url="", dedupe_key=f"{message.dedupe_key}.body.{pk}")
        for pk, phone in phones.items()
    ]
    return [*message.to_each(user_ids), *texts]


@in_house
def winter_begins(plan: WinterPlan, user_id: int, number: int, *, at: datetime) -> Message:
    """How many doors of somebody's grids are to be visited this winter."""
    body = _("有 %(number)d 户燃煤取暖，请逐户去一次，查看炉具、烟囱和报警器，讲清怎样防煤气中毒。")
    return Message(
        kind="winter.begins",
        dedupe_key=f"winter.begins.{plan.pk}.{user_id}",
        title=_("冬季安全走访开始：%s") % plan.name,
        body=body % {"number": number},
        at=at,
        user_id=user_id,
        url=absolute(reverse("grids:winter")),
    )
