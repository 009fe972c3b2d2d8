"""What volunteers on a sweep hear, and what staff hear of them; every function returns messages."""

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
from grids.models import Sweep, SweepStop, SweepWalker

KINDS: Final = {
    "sweep.walker": gettext_lazy("请您参加摸排"),
    "sweep.found": gettext_lazy("志愿者摸排发现隐患"),
}


@in_house
def walker_named(walker: SweepWalker, *, at: datetime) -> list[Message]:
    """To a resident: they are asked to go along."""
    sweep = walker.sweep
    facts = {"begins": day(sweep.starts_on), "ends": day(sweep.ends_on), "scope": sweep.scope.name}
    body = _("%(begins)s到%(ends)s，%(scope)s。要去的点和检查什么都在这里；去不了请告诉社区。") % facts
    return _to_walker(walker, "named", _("请您参加摸排：%s") % sweep.name, body, at=at)


@in_house
def walker_ended(walker: SweepWalker, *, at: datetime) -> list[Message]:
    """To a resident: they need not go."""
    title = _("不用再参加摸排：%s") % walker.sweep.name
    return _to_walker(walker, "ended", title, _("社区已把您从名单上去掉，谢谢您。"), at=at, leads=False)


@in_house
def walkers_told(sweep: Sweep, stage: str, left: int, *, at: datetime) -> list[Message]:
    """To whoever goes along: it begins, or ends today with stops left."""
    facts = {"name": sweep.name, "left": left, "day": day(sweep.ends_on)}
    if stage == "begins":
        title = _("摸排开始：%(name)s") % facts
        body = _("共 %(left)d 个点，%(day)s前去完；没有发现问题的也要记一笔。") % facts
    else:
        title, body = _("摸排今天截止：%(name)s") % facts, _("还有 %(left)d 个点没去。") % facts
    message = Message(
        kind="sweep.walker",
        dedupe_key=f"sweep.walker.{sweep.pk}.{stage}",
        title=title,
        body=body,
        at=at,
        url=absolute(reverse("grids:walk", args=[sweep.pk])),
    )
    return message.to_each(one.user_id for one in sweep.walkers.all())


@in_house
def walker_found(stop: SweepStop, user_ids: Iterable[int], *, at: datetime) -> list[Message]:
    """To staff who go: a volunteer has photographed a hazard, which is to be entered."""
    message = Message(
        kind="sweep.found",
        dedupe_key=f"sweep.found.{stop.pk}",
        title=_("志愿者摸排发现隐患：%s") % stop,
        body=_("%(who)s 拍了照片：%(note)s 请核实，登记进隐患台账，写明时限和责任人。")
        % {"who": stop.recorded_by, "note": stop.note or _("没有写说明。")},
        at=at,
        url=absolute(reverse("grids:sweep", args=[stop.sweep_id])),
    )
    return message.to_each(user_ids)


def _to_walker(
    walker: SweepWalker, what: str, title: str, body: str, *, at: datetime, leads: bool = True
) -> list[Message]:
    message = Message(
        kind="sweep.walker",
        dedupe_key=f"sweep.walker.{what}.{walker.pk}",
        title=title,
        body=body,
        at=at,
        url=absolute(reverse("grids:walk", args=[walker.sweep_id])) if leads else "",
    )
    return message.to_each([walker.user_id])
