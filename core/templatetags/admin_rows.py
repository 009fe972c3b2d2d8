"""`{% load admin_rows %}`: the table of a keyset list, with its rows written by `core.admin_rows`."""

from __future__ import annotations

from typing import Any

from django import template
from django.contrib.admin.templatetags.admin_list import result_headers
from django.contrib.admin.views.main import ChangeList

from core.admin_rows import rows_of

register = template.Library()


@register.inclusion_tag("admin/change_list_results.html")
def keyset_rows(cl: ChangeList) -> dict[str, Any]:
    """Heads and rows; nothing can be edited in the list, and no head sorts."""
    return {"cl": cl, "result_headers": list(result_headers(cl)), "results": rows_of(cl)}
