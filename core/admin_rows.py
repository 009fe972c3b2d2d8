"""The rows of a list of the admin as HTML, the same as the stock admin writes.

The stock admin looks each column up anew for each row, asks for the address of each row, and builds all
labels of a choice to find one; here that is done once a list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, time
from typing import Any, Final

from django.contrib.admin.templatetags.admin_list import items_for_result
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import display_for_field, display_for_value, lookup_field, quote
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

Cell = Callable[[Any], str]
MOMENTS: Final = (models.DateField, models.TimeField, models.ForeignKey)


def rows_of(changes: ChangeList) -> list[list[SafeString]]:
    """Each row with all its cells as one piece; what the stock admin offers beyond that it writes itself."""
    if changes.is_popup or not changes.result_list:
        return [list(items_for_result(changes, row, None)) for row in changes.result_list]
    cells = list(_cells(changes))
    return [[mark_safe("".join(cell(row) for cell in cells))] for row in changes.result_list]


def _cells(changes: ChangeList) -> Iterator[Cell]:
    """How each column writes its cell; the first that links to the row heads it."""
    linked, is_first = changes.list_display_links, True
    for name in changes.list_display:
        is_link = linked is not None and (name in linked or (is_first and not linked))
        column = _Column(changes, name, is_link=is_link)
        if is_link:
            yield _link(column, changes, "th" if is_first else "td")
            is_first = False
        else:
            yield column.plain


class _Column:
    """One column: a field of the model, or anything else that the stock admin finds by its name."""

    def __init__(self, changes: ChangeList, name: Any, *, is_link: bool) -> None:
        self.desk, self.name, self.is_link = changes.model_admin, name, is_link
        self.empty = changes.model_admin.get_empty_value_display()
        fields = {field.name: field for field in changes.lookup_opts.concrete_fields}
        found = fields.get(name)
        self.field: Any = None if found is None or found.auto_created else found
        self.labels = dict(getattr(self.field, "flatchoices", None) or ())

    def plain(self, row: Any) -> str:
        """The cell, without a link."""
        shown, classes = self.shown(row)
        return f'<td class="{classes}">{conditional_escape(shown)}</td>'

    def shown(self, row: Any) -> tuple[Any, str]:
        """What stands in it, and its classes."""
        if self.field is None:
            return self._looked_up(row)
        nowrap = " nowrap" if isinstance(self.field, MOMENTS) else ""
        return self._of_field(row, self.field), f"field-{self.name}{nowrap}"

    def _of_field(self, row: Any, field: Any) -> Any:
        value = getattr(row, field.name)
        if isinstance(field.remote_field, models.ManyToOneRel):
            return self.empty if value is None else value
        value = _unless_blank(value)
        if self.labels:
            return self.labels.get(value, self.empty)
        return display_for_field(value, field, self.empty, avoid_link=self.is_link)

    def _looked_up(self, row: Any) -> tuple[Any, str]:
        classes = "action-checkbox" if self.name == "action_checkbox" else f"field-{self.name}"
        try:
            _field, attr, value = lookup_field(self.name, row, self.desk)
        except ObjectDoesNotExist:
            return self.empty, classes
        said = attr.fget if isinstance(attr, property) else attr
        empty = getattr(attr, "empty_value_display", self.empty)
        nowrap = " nowrap" if isinstance(value, date | time) else ""
        shown = display_for_value(_unless_blank(value), empty, getattr(said, "boolean", False))
        return shown, f"{classes}{nowrap}"


def _unless_blank(value: Any) -> Any:
    return "" if isinstance(value, str) and not value.strip() else value


def _link(column: _Column, changes: ChangeList, tag: str) -> Cell:
    """The cell as a link to the row's page; every page has the same address but for the key."""
    sample = changes.url_for_result(changes.result_list[0])
    rest = add_preserved_filters(
        {"preserved_filters": changes.preserved_filters, "opts": changes.opts}, sample
    )
    before, after = rest.split(_key(changes, changes.result_list[0]), 1)

    def cell(row: Any) -> str:
        shown, classes = column.shown(row)
        address = conditional_escape(f"{before}{_key(changes, row)}{after}")
        return f'<{tag} class="{classes}"><a href="{address}">{conditional_escape(shown)}</a></{tag}>'

    return cell


def _key(changes: ChangeList, row: Any) -> str:
    return f"/{quote(getattr(row, changes.pk_attname))}/"
