"""`{% load buttons %}`: what is possible now, a link a step.

Written here and not in a template: each line of a page has its own, and including one for each took a sixth
of the page's time.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe

from petitions.selectors.session_desk import Button

register = template.Library()


@register.filter
def as_links(buttons: Iterable[Button]) -> SafeString:
    """The buttons side by side."""
    return mark_safe("".join(_link(one) for one in buttons))  # each value is escaped below


def _link(one: Button) -> str:
    kind = " btn--main" if one.is_main else " btn--danger" if one.is_danger else ""
    return f'<a class="btn{kind}" href="{escape(one.url)}">{escape(one.label)}</a>'
