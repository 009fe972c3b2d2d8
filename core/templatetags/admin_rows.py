"""`{% load admin_rows %}`: the table of a keyset list, with its rows written by `core.admin_rows`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any, Final

from django import template
from django.contrib.admin.templatetags.admin_list import result_headers
from django.contrib.admin.views.main import ChangeList
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from core.admin_rows import rows_of

register = template.Library()
SELECTED: Final = ' class="selected"'


@register.inclusion_tag("admin/change_list_results.html")
def keyset_rows(cl: ChangeList) -> dict[str, Any]:
    """Heads and rows; nothing can be edited in the list, and no head sorts."""
    return {"cl": cl, "result_headers": list(result_headers(cl)), "results": rows_of(cl)}


@register.simple_tag
def filter_choices(choices: Iterable[Mapping[str, Any]]) -> SafeString:
    """What a filter offers; over a county's communities, a template's loop takes five times as long."""
    return mark_safe(
        "".join(
            f'<li{SELECTED if choice["selected"] else ""}><a href="{escape(choice["query_string"])}">'
            f"{conditional_escape(choice['display'])}</a></li>"
            for choice in choices
        )
    )
