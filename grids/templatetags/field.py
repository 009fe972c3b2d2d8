"""What the pages of a worker tell the phone, and what those of figures let choose."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from grids.selectors import kept

register = template.Library()


@register.simple_tag(takes_context=True)
def posts_mark(context: dict[str, Any]) -> str:
    """By which the phone sees that the reader is in other posts than before."""
    return kept.posts_mark(context["request"].user, at=timezone.now())


@register.simple_tag
def community_options(communities: Iterable[Any], chosen: Any) -> SafeString:
    """What a select offers; over a county's, a template's loop takes ten times as long."""
    own = getattr(chosen, "pk", None)
    rows = ((one.pk, mark_safe(" selected") if one.pk == own else "", one.name) for one in communities)
    return format_html_join("", '<option value="{}"{}>{}</option>', rows)
