"""The figures through time: by month and year, and what each topic, place and colour was and is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from community.workflow import Severity
from core.charts import columns
from petitions.selectors.figures.report import Report, Sum, half_within, rate
from petitions.selectors.figures.table import Row, Table, drawn, month_name, months_back

MONTHS: Final = 12


def by_month(report: Report, today: date) -> Table:
    """The last twelve months, or as many as there are."""
    last = today.replace(day=1)
    shown = [months_back(last, number) for number in range(MONTHS - 1, -1, -1)]
    first = report.months[0][0] if report.months else last
    found = [(month, report.between(month, months_back(month, -1))) for month in shown if month >= first]
    note = _("按反映的月份算：那个月反映的事，到现在办得怎样。")
    labels = [(month_name(month), str(month.month), one) for month, one in found]
    return _periods("months", _("近 12 个月"), _("月份"), labels, note)


def by_year(report: Report) -> Table:
    """Every year, where there is more than one."""
    years = sorted({month.year for month, _one in report.months})
    found = [(year, report.between(date(year, 1, 1), date(year + 1, 1, 1))) for year in years]
    labels = [(_("%d年") % year, f"{year % 100:02}", one) for year, one in found]
    return _periods("years", _("历年"), _("年份"), labels if len(labels) > 1 else [], "")


def _periods(code: str, title: str, head: str, found: Sequence[tuple[str, str, Sum]], note: str) -> Table:
    """Newest first in the table; in the order of time in the drawing."""
    rows = [
        Row(
            label,
            [
                *(one["received"], one["answered"], one["confirmed"]),
                half_within(one, "whole")[0] or "–",
                rate(one["on_time"], one["promised"]) or "–",
                rate(one["satisfied"], one["ratings"]) or "–",
            ],
        )
        for label, _short, one in reversed(found)
    ]
    heads = [head, _("收到"), _("已答复"), _("居民确认"), _("一半几天内答复"), _("按时答复率"), _("满意率")]
    values = [(short, one["received"], one["answered"]) for _label, short, one in found]
    text = _("，").join(
        _("%(name)s收到%(all)d件、答复%(part)d件")
        % {"name": label, "all": one["received"], "part": one["answered"]}
        for label, _short, one in found
    )
    chart = columns(title, text, whole=_("收到"), part=_("其中已答复"), values=values) if found else None
    return Table(code, title, heads, rows, note=note, chart=chart)


@dataclass(frozen=True, slots=True)
class Spans:
    """All months, the last twelve, and the twelve before them."""

    whole: Sum
    year: Sum
    before: Sum

    @classmethod
    def of(cls, report: Report, today: date) -> Spans:
        end = months_back(today.replace(day=1), -1)
        middle, begin = months_back(end, MONTHS), months_back(end, 2 * MONTHS)
        return cls(report.whole, report.between(middle, end), report.between(begin, middle))


def by_key(
    spans: Spans, dimension: str, title: str, names: Mapping[str, object], *, other: str = ""
) -> Table:
    """One line for each key of a split, the most frequent first; `other` names keys without a name."""
    found = sorted(spans.whole.split(dimension).items(), key=lambda item: (-item[1][0], item[0]))
    rows = [
        Row(
            str(names.get(key) or other or key),
            [counts[0], counts[1], spans.year.of(dimension, key), spans.before.of(dimension, key)],
            key=key,
        )
        for key, counts in found
    ]
    heads = [title, _("收到"), _("已答复"), _("近 12 个月"), _("再前 12 个月")]
    return Table(dimension, _("按%s") % title, heads, rows, chart=drawn(_("按%s") % title, rows))


def by_colour(spans: Spans) -> Table:
    """The three colours, each drawn in its own, with its word; what has none yet is said."""
    words = {one.value: one.label for one in Severity}
    table = by_key(spans, "colour", _("颜色"), words, other=_("未定级"))
    rows = [Row(row.label, row.cells, row.key, row.key) for row in table.rows]
    return Table(table.code, table.title, table.heads, rows, chart=drawn(table.title, rows))
