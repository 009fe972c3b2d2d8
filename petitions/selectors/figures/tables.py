"""The figures of a place as tables, each with what is drawn beside it. Asks no database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.meetings import SessionKind
from community.models import CommunityFact
from community.shipped import COUNTY_CATEGORIES
from community.workflow import CLOSED, LOOP, Category, Channel, Route, Stage, Topic
from core.charts import bars
from core.display import percent
from petitions.selectors.figures.periods import Spans, by_colour, by_key, by_month, by_year
from petitions.selectors.figures.report import COUNTED, SAFETY, Report, Sum, half_within, rate
from petitions.selectors.figures.table import (
    Headline,
    Row,
    Table,
    day_name,
    drawn,
    months_back,
    share,
    told,
)

RESULTS: Final[Mapping[str, str | Promise]] = {
    "confirmed": gettext_lazy("居民确认办好"),
    "refused": gettext_lazy("有人不满意"),
    "waiting": gettext_lazy("等待评价"),
    "silent": gettext_lazy("请了评价，没有人作答"),
    "unasked": gettext_lazy("巡查发现等，无人可问"),
    "imported": gettext_lazy("旧档导入，没有在这里请人评价"),
}
STEPS: Final[Mapping[str, str | Promise]] = {
    "triage": gettext_lazy("收事到理事"),
    "claim": gettext_lazy("理事到认领"),
    "handle": gettext_lazy("理事到办结"),
    "answer": gettext_lazy("办结到答复"),
    "publish": gettext_lazy("答复到晒事"),
    "whole": gettext_lazy("从反映到答复"),
}
MARKS: Final[Mapping[str, tuple[str | Promise, str | Promise, int]]] = {
    "proactive": (gettext_lazy("主动排查发现"), gettext_lazy("收到"), 0),
    "there": (gettext_lazy("当场解决"), gettext_lazy("已答复"), 1),
    "urged": (gettext_lazy("催办过"), gettext_lazy("收到"), 0),
    "tracked": (gettext_lazy("全程跟踪"), gettext_lazy("收到"), 0),
}
"""What marks a matter: in words, of what it is a share, and which count that is."""
KINDS: Final = {"confirmed": "green", "refused": "red"}


def headlines(report: Report) -> Iterator[Headline]:
    """The large numbers, each only where there is something to say."""
    whole = report.whole
    pieces = _("件")
    yield Headline(_("收集意见"), str(whole["opinions"]), _("条"))
    old = [_("其中旧档导入 %d 件") % whole["imported"]] if whole["imported"] else []
    yield Headline(_("收到"), str(whole["received"]), pieces, old)
    late = [_("其中超时 %d 件") % report.overdue] if report.overdue else []
    yield Headline(_("办理中"), str(whole["open"]), pieces, late)
    rate_of_answers = share(whole["answered"], whole["answered"] + whole["open"])
    answers = [_("反馈率 %s") % rate_of_answers] if rate_of_answers else []
    yield Headline(_("已答复"), str(whole["answered"]), pieces, [*answers, *old])
    yield Headline(_("居民确认办好"), str(whole["confirmed"]), pieces)
    yield Headline(
        _("单位办结，居民未确认"), str(whole["answered"] - whole["confirmed"] - whole["imported"]), pieces
    )
    if whole["ratings"]:
        judged = [_("%d 人评") % whole["ratings"]]
        yield Headline(_("满意率"), percent(whole["satisfied"], whole["ratings"]), "%", judged)
    if whole["promised"]:
        answered = [_("%d 件") % whole["promised"]]
        yield Headline(_("按时答复"), percent(whole["on_time"], whole["promised"]), "%", answered)
    if whole["sessions"]:
        yield Headline(_("议事"), str(whole["sessions"]), _("场"))
    if whole["agreed"]:
        yield Headline(_("化解矛盾"), str(whole["agreed"]), _("起"))
    if hazards := sum(whole.of("topic", topic.value, 1) for topic in SAFETY):
        names = _("、").join(str(topic.label) for topic in SAFETY)
        yield Headline(_("处理安全隐患"), str(hazards), _("处"), [_("指%s") % names])


def tables(
    report: Report,
    facts: Sequence[CommunityFact],
    today: date,
    labels: Mapping[Stage, str] = MappingProxyType({}),
) -> list[Table]:
    """All tables of a place, in their order; one without anything to say is left out. `labels` are the
    community's own words for the stages."""
    if report.is_empty:
        return [_published(report, facts)] if facts else []
    spans = Spans.of(report, today)
    made = [
        _published(report, facts),
        _results(report.whole),
        _stages(report.whole, labels),
        _old(report.whole),
        by_month(report, today),
        by_year(report),
        _categories(report.whole),
        _own_kinds(report.whole),
        by_key(spans, "channel", _("渠道"), {one.value: one.label for one in Channel}),
        _routes(spans),
        by_key(spans, "topic", _("事项"), {one.value: one.label for one in Topic}),
        by_key(spans, "place", _("地点"), report.names, other=_("社区公共区域")),
        by_colour(spans),
        _steps(report.whole),
        _marks(report.whole),
        _snaps(report.whole),
        _sessions(report.whole),
        _mediation(report.whole),
        _visits(report.whole),
    ]
    return [table for table in made if table.rows or table.none]


def _published(report: Report, facts: Sequence[CommunityFact]) -> Table:
    heads = [_("名称"), _("公布的数字"), _("系统记录"), _("时间"), _("来源")]
    rows = [
        Row(fact.label, [published(fact), _recorded(report, fact), _period(fact), fact.source])
        for fact in facts
    ]
    note = _("公布的数字按原来的说法写，和系统记录的统计并排列出，互不相加。")
    if any(fact.goes_on for fact in facts):
        note = _("公布的数字按原来的说法写，和系统记录的统计并排列出；写明“合计”的才接着数。")
    return Table("published", _("公布的数字和系统记录"), heads, rows, note=note)


def published(fact: CommunityFact) -> str:
    """近150 场; a rate with its n, or that none was named."""
    if fact.unit != "%":
        return f"{fact.said} {fact.unit}".strip()
    n = _("（n=%d）") % fact.sample if fact.sample else _("（来源未写人数）")
    return f"{fact.said}%{n}"


def _recorded(report: Report, fact: CommunityFact) -> str:
    known = fact.beside in COUNTED
    if known and fact.goes_on:
        following = months_back(fact.as_of.replace(day=1), -1)
        since = int(report.between(following, date.max).counted(fact.beside))
        words = {"n": since, "unit": fact.unit, "all": fact.said_with(since)}
        return _("此后 %(n)d %(unit)s，合计 %(all)s %(unit)s") % words
    return (report.whole.counted(fact.beside) if known else "") or _("还没有")


def _period(fact: CommunityFact) -> str:
    said = _("%(since)s至%(until)s") if fact.since else _("截至%(until)s")
    return said % {"since": day_name(fact.since) if fact.since else "", "until": day_name(fact.as_of)}


def _results(whole: Sum) -> Table:
    answered = whole["answered"]
    rows = [
        Row(str(label), [whole[name], share(whole[name], answered)], KINDS.get(name, ""))
        for name, label in RESULTS.items()
        if answered and (whole[name] or name != "imported")
    ]
    title = _("答复以后居民怎么说")
    return Table(
        "results",
        title,
        [_("结果"), _("件"), _("占已答复")],
        rows,
        note=_("“没有人作答”不算满意，也不算确认。"),
        none=_("还没有答复过的事，答复以后这里写居民怎么说。"),
        chart=drawn(title, rows),
    )


def _old(whole: Sum) -> Table:
    """What came from an old register, and what that says of satisfaction; apart from every judgement."""
    said, imported = whole["old_ratings"], whole["imported"]
    found = (
        (_("记载满意"), whole["old_satisfied"]),
        (_("记载不满意"), said - whole["old_satisfied"]),
        (_("没有记载"), imported - said),
    )
    rows = [Row(label, [number, share(number, imported)]) for label, number in found if imported]
    title = _("旧档导入的事")
    note = _(
        "来自社区原来的纸质或 Excel 登记，计入“收到”“已答复”和各项分类；不计入居民确认、满意率和用时。"
        "旧档写了应办结日期的，才计入按时答复。"
    )
    heads = [_("旧档怎么写"), _("件"), _("占比")]
    return Table("imported", title, heads, rows, note=note, chart=drawn(title, rows))


def _categories(whole: Sum) -> Table:
    answered = whole["answered"]
    counts = [(str(one.label), whole.of("category", one.value, 1)) for one in Category]
    counts.append((_("未分类"), whole.of("category", "", 1)))
    rows = [
        Row(label, [number, share(number, answered)])
        for label, number in counts
        if answered and (number or label != _("未分类"))
    ]
    title = _("已答复的事分几类")
    heads = [_("类别"), _("已答复"), _("占比")]
    return Table("category", title, heads, rows, chart=drawn(title, rows))


def _stages(whole: Sum, labels: Mapping[Stage, str]) -> Table:
    """Where everything that is not closed stands now, in the order of the loop (P-01)."""
    counts = [(stage, whole.of("stage", stage.value)) for stage in LOOP if stage not in CLOSED]
    rows = [Row(labels.get(stage) or str(stage.label), [number]) for stage, number in counts if number]
    title = _("没有归档的事在哪一步")
    return Table("stages", title, [_("阶段"), _("件")], rows, chart=drawn(title, rows))


def _own_kinds(whole: Sum) -> Table:
    """The community's own categories, where they are others than the county's (P-22)."""
    counted, answered = whole.split("kind"), whole["answered"]
    if {key for key in counted if key} <= {one.label for one in COUNTY_CATEGORIES} or not answered:
        return Table("kinds", "", [], [])
    found = sorted((key, counts[1]) for key, counts in counted.items() if key or counts[1])
    found.sort(key=lambda item: (not item[0], -item[1]))
    rows = [Row(key or _("未分类"), [number, share(number, answered)]) for key, number in found]
    title = _("已答复的事按社区自己的分类")
    heads = [_("类别"), _("已答复"), _("占比")]
    return Table("kinds", title, heads, rows, chart=drawn(title, rows))


def _routes(spans: Spans) -> Table:
    """小事、大事、难事 (P-02), where the community sends matters different ways."""
    words = {one.value: one.label for one in Route}
    table = by_key(spans, "route", _("分流"), words, other=_("还没有分流"))
    return table if len(table.rows) > 1 else Table("route", "", [], [])


def _marks(whole: Sum) -> Table:
    """How matters were found, settled on the spot, urged and followed (P-08, P-17, P-44)."""
    rows = []
    for code, (label, base, which) in MARKS.items():
        number, all_ = whole.of("mark", code, which), whole[("received", "answered")[which]]
        said = _("%(base)s的 %(share)s") % {"base": base, "share": share(number, all_)}
        rows.append(Row(str(label), [number, said]))
    shown = [row for row in rows if row.cells[0]]
    title = _("怎样发现、怎样办的")
    return Table("marks", title, [_("情况"), _("件"), _("占比")], shown, chart=drawn(title, shown))


def _steps(whole: Sum) -> Table:
    found = [(label, *half_within(whole, step)) for step, label in STEPS.items()]
    rows = [Row(str(label), [said, number]) for label, said, _tenths, number in found if number]
    title = _("要多少天")
    lines = [(str(label), said, tenths, "") for label, said, tenths, number in found if number]
    return Table(
        "days",
        title,
        [_("阶段"), _("一半在几天以内"), _("件")],
        rows,
        note=_("只算已答复的事，按日历天数，节假日也算在内。"),
        none=_("还没有答复过的事，答复以后这里写各阶段用了多少天。"),
        chart=bars(title, told(lines), lines) if lines else None,
    )


def _sessions(whole: Sum) -> Table:
    words = {one.value: one.label for one in SessionKind}
    found = sorted(whole.split("session").items(), key=lambda item: (-item[1][0], item[0]))
    rows = [Row(str(words.get(kind, kind)), [counts[0], counts[1]]) for kind, counts in found]
    title = _("坐下来议事")
    note = _("下一期是第 %d 期。") % (whole["last_no"] + 1) if whole["last_no"] else ""
    heads = [_("类型"), _("场次"), _("到会人次")]
    return Table("sessions", title, heads, rows, note=note, chart=drawn(title, rows))


def _mediation(whole: Sum) -> Table:
    agreed, ended = whole["agreed"], whole["agreed"] + whole["failed"]
    counts = ((_("达成协议"), agreed), (_("没有谈成"), whole["failed"]))
    rows = [Row(label, [number, share(number, ended)]) for label, number in counts if ended]
    title = _("调解")
    note = _("成功率 %s。") % rate(agreed, ended) if ended else ""
    return Table(
        "mediation", title, [_("结果"), _("起"), _("占比")], rows, note=note, chart=drawn(title, rows)
    )


def _visits(whole: Sum) -> Table:
    """Where people work by day, mediators come in the evening (P-18)."""
    words = ((_("晚上（18:30 到 21:00）"), "evening"), (_("其他时间"), "day"))
    counted, all_ = whole.split("visit"), sum(counts[0] for counts in whole.split("visit").values())
    rows = [
        Row(label, [counted[key][0], share(counted[key][0], all_)]) for label, key in words if key in counted
    ]
    title = _("上门调解")
    heads = [_("时间"), _("次"), _("占比")]
    note = _("两人同行；约定的时间到了才计入。")
    return Table("visits", title, heads, rows, note=note, chart=drawn(title, rows))


def _snaps(whole: Sum) -> Table:
    """随手拍 of riders and couriers: how much of it was so (P-39)."""
    words = ((_("核实属实"), "true"), (_("核实不属实"), "false"), (_("还没有核实"), "open"))
    found, all_ = whole.split("snap"), sum(counts[0] for counts in whole.split("snap").values())
    rows = [
        Row(label, [found[key][0], found[key][1], share(found[key][0], all_)])
        for label, key in words
        if key in found
    ]
    title = _("随手拍")
    note = _("一共 %d 件。") % all_ if all_ else ""
    heads = [_("结果"), _("件"), _("已答复"), _("占比")]
    return Table("snaps", title, heads, rows, note=note, chart=drawn(title, rows))
