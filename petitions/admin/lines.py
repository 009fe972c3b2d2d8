"""The rows of the desk's list as HTML.

Written here and not in a template, which took as long for twenty rows as for all the rest of the page; and
with `escape` of the standard library, since Django's looks at each value for lazy words first.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from petitions.selectors.asked import Asked
from petitions.selectors.desk import DeskLine
from petitions.selectors.marking import marked


def rows_html(lines: Iterable[DeskLine], what: Asked) -> SafeString:
    """All rows of the page, everything in them escaped, the words that were searched for marked."""
    return mark_safe("".join(_row(line, what) for line in lines))  # each value is escaped below


def _row(line: DeskLine, what: Asked) -> str:
    number = escape(line.number)
    reporters = _(" · %d人反映") % line.reporters_count if line.reporters_count > 1 else ""
    unclaimed = _("待认领") if line.holder and line.is_unclaimed else ""
    due = f"due due--{line.told.pressing}" if line.told.pressing else "due"
    return f"""
<tr>
  <td class="action-checkbox"><input type="checkbox" class="action-select" name="_selected_action" value="{line.pk:d}" aria-label="{number}"></td>
  <th scope="row"><a href="{line.pk:d}/change/">{marked(line.headline, what)}</a>{_small(marked(line.excerpt, what))}<small>{number}{escape(reporters)}</small>{_emergency(line)}</th>
  <td>{_chip(line)}</td>
  <td class="nowrap">{escape(line.stage_label)}</td>
  <td class="nowrap">{marked(line.where, what)}{_small(escape(line.grid))}</td>
  <td class="nowrap">{escape(line.holder)}{_small(escape(unclaimed))}</td>
  <td class="due-cell"><span class="{escape(due)}">{escape(line.told.words)}</span></td>
  <td class="nowrap">{escape(line.filed)}</td>
</tr>
"""  # noqa: E501


def _chip(line: DeskLine) -> str:
    if not line.severity:
        return ""
    return f'<span class="chip chip--{escape(line.severity)}">{escape(line.severity_label)}</span>'


def _emergency(line: DeskLine) -> str:
    why = escape(_("应急：%s") % line.emergency) if line.emergency else ""
    return f'<span class="chip chip--red chip--wrap">{why}</span>' if why else ""


def _small(html: str) -> str:
    return f"<small>{html}</small>" if html else ""
