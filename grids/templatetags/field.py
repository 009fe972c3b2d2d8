"""What the pages of a worker tell the phone."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone

from grids.selectors import kept

register = template.Library()


@register.simple_tag(takes_context=True)
def posts_mark(context: dict[str, Any]) -> str:
    """By which the phone sees that the reader is in other posts than before."""
    return kept.posts_mark(context["request"].user, at=timezone.now())
