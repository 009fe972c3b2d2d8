"""What is said around registers; every function returns messages, the action queues them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.display import absolute
from core.display import day as day_of
from core.language import in_house
from core.outbox import Message
from grids.models import CensusRound, ColourChange, HelperPairing

KINDS: Final = {
    "register.lease": gettext_lazy("租户租期到期"),
    "register.visit": gettext_lazy("特殊人群走访到期"),
    "care.upward": gettext_lazy("关爱对象升级"),
    "care.paired": gettext_lazy("结对帮扶"),
    "care.due": gettext_lazy("关爱走访到期"),
    "care.late": gettext_lazy("关爱走访过了日子"),
    "care.month": gettext_lazy("本月要走访的关爱对象"),
    "care.month_left": gettext_lazy("本月还没走访的关爱对象"),
    "care.month_missed": gettext_lazy("上月漏访"),
    "care.file_stale": gettext_lazy("档案该更新了"),
    "census.opened": gettext_lazy("摸排开始"),
    "census.left": gettext_lazy("还没摸排的"),
    "census.closed": gettext_lazy("摸排截止"),
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


@in_house
def marks_due(user_id: int, count: int, *, day: date, at: datetime) -> Message:
    """People whose mark asks for visits and whose day has come. Nobody is named here."""
    return Message(
        kind="register.visit",
        dedupe_key=f"register.visit.{user_id}.{day}",
        title=_("有信息册里的人该走访了"),
        body=_("您的网格里有 %d 位有标记的居民到了走访的日子，请安排时间去看望。") % count,
        at=at,
        user_id=user_id,
        url=absolute(reverse("grids:homes")),
    )


@in_house
def more_urgent(change: ColourChange, user_ids: Sequence[int], *, at: datetime) -> list[Message]:
    """Somebody in care is now visited more often: staff hear it the same moment. Nobody is named here."""
    body = _("%(place)s有一位关爱对象由“%(before)s”改为“%(after)s”。原因见本人页面。") % {
        "place": change.subject.resident.household.place.long_name,
        "before": change.before.words if change.before else "",
        "after": change.after.words,
    }
    message = Message(
        kind="care.upward",
        dedupe_key=f"care.upward.{change.pk}",
        title=_("有关爱对象升级了"),
        body=body,
        at=at,
        url=absolute(reverse("grids:person", args=[change.subject.resident_id])),
    )
    return message.to_each(user_ids)


@in_house
def paired(pairing: HelperPairing, *, at: datetime) -> Message:
    """To the helper: whom they help and where."""
    resident = pairing.subject.resident
    body = _("请您结对帮扶 %(who)s（%(door)s），按约定的时间去看望，有事告诉网格员。") % {
        "who": resident.name,
        "door": resident.household.long_name,
    }
    return Message(
        kind="care.paired",
        dedupe_key=f"care.paired.{pairing.pk}",
        title=_("您有了结对帮扶的人"),
        body=body,
        at=at,
        user_id=pairing.helper_id,
        url=absolute(reverse("grids:helped")),
    )


@in_house
def help_due(user_id: int, *, day: date, at: datetime) -> Message:
    """To the helper: it is time to go. Nobody is named here."""
    return Message(
        kind="care.due",
        dedupe_key=f"care.due.{user_id}.{day}.helper",
        title=_("该去看望您帮扶的人了"),
        body=_("您结对帮扶的人到了看望的日子，请安排时间去，去了记一笔。"),
        at=at,
        user_id=user_id,
        url=absolute(reverse("grids:helped")),
    )


@in_house
def visit_due(user_id: int, count: int, *, day: date, at: datetime, of_children: bool = False) -> Message:
    """Visits whose day has come."""
    words = (
        _("有 %d 名儿童该走访了，请安排时间去看望。")
        if of_children
        else _("有 %d 位关爱对象该走访了，请安排时间去看望。")
    )
    return _of_care(
        "care.due", user_id, f"{day}", _("关爱走访到期"), words % count, at, of_children=of_children
    )


@in_house
def visits_late(user_id: int, count: int, *, day: date, at: datetime) -> Message:
    """To the leader: visits that nobody made in the days after their day."""
    body = _("有 %d 位关爱对象过了走访的日子三天还没有人去，已记为漏访，请过问。") % count
    return _of_care("care.late", user_id, f"{day}", _("关爱走访过了日子"), body, at)


@in_house
def month_begun(user_id: int, count: int, *, month: date, at: datetime, of_children: bool = False) -> Message:
    """The month's list for one worker, or for whoever answers for children."""
    words = (
        _("本月要走访 %d 名儿童，请在月底前走完。")
        if of_children
        else _("本月要走访 %d 位一月一访的关爱对象，请在月底前走完。")
    )
    title = _("本月要走访的关爱对象")
    return _of_care("care.month", user_id, f"{month}", title, words % count, at, of_children=of_children)


@in_house
def month_left(user_id: int, count: int, *, month: date, at: datetime, of_children: bool = False) -> Message:
    """Ten days before the end: who is left."""
    words = (
        _("本月还有 %d 名儿童没有走访，过了月底就记为漏访。")
        if of_children
        else _("本月还有 %d 位关爱对象没有走访，过了月底就记为漏访。")
    )
    title = _("本月还没走访的关爱对象")
    return _of_care("care.month_left", user_id, f"{month}", title, words % count, at, of_children=of_children)


@in_house
def month_missed(
    user_id: int, count: int, *, month: date, at: datetime, of_children: bool = False
) -> Message:
    """What was missed in the month that is over: to the leader, and to whoever answers for children."""
    words = (
        _("上月有 %d 名儿童没有走访，已记为漏访，请过问。")
        if of_children
        else _("上月有 %d 位关爱对象没有走访，已记为漏访，请过问。")
    )
    return _of_care(
        "care.month_missed", user_id, f"{month}", _("上月漏访"), words % count, at, of_children=of_children
    )


@in_house
def files_stale(user_id: int, count: int, *, day: date, at: datetime) -> Message:
    """Files with a section that is half a year old."""
    body = _("有 %d 份关爱档案半年没有更新，请在走访时核对并补上。") % count
    return _of_care("care.file_stale", user_id, f"{day}", _("档案该更新了"), body, at)


@in_house
def census_opened(
    user_id: int, count: int, census: CensusRound, *, at: datetime, of_children: bool = False
) -> Message:
    """A round has opened: how many are this worker's, or all of whoever answers for children."""
    words = (
        _("%(round)s摸排开始，您任职的地方有 %(count)d 名儿童要逐一核实，%(day)s截止。")
        if of_children
        else _("%(round)s摸排开始，您的网格有 %(count)d 名儿童要逐一核实，%(day)s截止。")
    )
    body = words % {
        "round": f"{census.year} 年{census.get_half_display()}",
        "count": count,
        "day": day_of(census.closes_on),
    }
    return _of_care(
        "census.opened", user_id, f"{census.pk}", _("摸排开始"), body, at, "census", of_children=of_children
    )


@in_house
def census_left(
    user_id: int, count: int, census: CensusRound, *, at: datetime, of_children: bool = False
) -> Message:
    """Half-way, and three days before the end: who is left."""
    body = _("摸排还有 %(count)d 名儿童没有核实，%(day)s截止。") % {
        "count": count,
        "day": day_of(census.closes_on),
    }
    key = f"{census.pk}.{at:%Y%m%d}"
    return _of_care("census.left", user_id, key, _("还没摸排的"), body, at, "census", of_children=of_children)


@in_house
def census_closed(user_id: int, census: CensusRound, *, at: datetime) -> Message:
    """What a round came to; what nobody checked is passed on."""
    body = _(
        "%(round)s摸排截止：应排查 %(listed)d 名，已排查 %(checked)d 名，没排查的 %(left)d 名请过问。"
    ) % {
        "round": f"{census.year} 年{census.get_half_display()}",
        "listed": census.listed,
        "checked": census.checked,
        "left": (census.listed or 0) - (census.checked or 0),
    }
    return Message(
        kind="census.closed",
        dedupe_key=f"census.closed.{census.pk}.{user_id}",
        title=_("摸排截止"),
        body=body,
        at=at,
        user_id=user_id,
        url=absolute(reverse("admin:grids_censusround_change", args=[census.pk])),
    )


def _of_care(
    kind: str,
    user_id: int,
    key: str,
    title: str,
    body: str,
    at: datetime,
    mark: str = "due",
    *,
    of_children: bool = False,
) -> Message:
    """With the list that it speaks of: of one's grids, or of all children where one answers for them."""
    page = reverse("grids:children" if of_children else "grids:register")
    return Message(
        kind=kind,
        dedupe_key=f"{kind}.{user_id}.{key}{'.children' if of_children else ''}",
        title=title,
        body=body,
        at=at,
        user_id=user_id,
        url=absolute(f"{page}?mark={mark}"),
    )
