"""The rows of the desk's list as HTML.

Written here and not in a template, which took as long for twenty rows as for all the rest of the page.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from petitions.selectors.asked import Asked
from petitions.selectors.desk import DeskLine
from petitions.selectors.marking import marked

ROW: Final = """
<tr>
  <td class="action-checkbox"><input type="checkbox" class="action-select" name="_selected_action" value="{pk}" aria-label="{number}"></td>
  <th scope="row"><a href="{pk}/change/">{headline}</a>{excerpt}<small>{number}{reporters}</small></th>
  <td>{severity}</td>
  <td class="nowrap">{stage}</td>
  <td class="nowrap">{where}{grid}</td>
  <td class="nowrap">{holder}{unclaimed}</td>
  <td class="due-cell"><span class="due{pressing}">{told}</span></td>
  <td class="nowrap">{filed}</td>
</tr>
"""  # noqa: E501


def rows_html(lines: Iterable[DeskLine], what: Asked) -> SafeString:
    """All rows of the page, everything in them escaped, the words that were searched for marked."""
    return format_html_join("", "{}", ((_row(line, what),) for line in lines))


def _row(line: DeskLine, what: Asked) -> SafeString:
    return format_html(
        ROW,
        pk=line.pk,
        number=line.number,
        headline=marked(line.headline, what),
        excerpt=_small(marked(line.excerpt, what)),
        reporters=_(" · %d人反映") % line.reporters_count if line.reporters_count > 1 else "",
        severity=_chip(line),
        stage=line.stage_label,
        where=marked(line.where, what),
        grid=_small(line.grid),
        holder=line.holder,
        unclaimed=_small(_("待认领") if line.holder and line.is_unclaimed else ""),
        pressing=f" due--{line.told.pressing}" if line.told.pressing else "",
        told=line.told,
        filed=line.filed,
    )


def _chip(line: DeskLine) -> SafeString | str:
    if not line.severity:
        return ""
    return format_html('<span class="chip chip--{}">{}</span>', line.severity, line.severity_label)


def _small(text: str) -> SafeString | str:
    return format_html("<small>{}</small>", text) if text else ""
