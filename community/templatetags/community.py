"""Filters and tags of this app's templates."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.translation import gettext as _

from community.models import Community, CommunityFact, PortalBoard

register = template.Library()


@register.simple_tag
def board_href(board: PortalBoard, community: Community) -> str:
    """Where a board leads below this community."""
    return board.href(community.slug)


@register.filter
def sources(facts: Iterable[CommunityFact]) -> str:
    """The sources of several figures, each once."""
    return _("、").join(dict.fromkeys(fact.source for fact in facts))
