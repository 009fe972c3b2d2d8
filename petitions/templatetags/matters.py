"""`{% load matters %}`: how a matter is put into words on the pages of those who handle it."""

from __future__ import annotations

from datetime import datetime

from django import template

from petitions import deadlines
from petitions.deadlines import Told
from petitions.models import Petition
from petitions.selectors.progress import heading, headline
from petitions.selectors.today import claim_is_open

register = template.Library()


@register.filter
def due(petition: Petition, at: datetime) -> Told:
    """The deadline in words."""
    return deadlines.told(petition, at)


register.filter("headline", headline)
register.filter("heading", heading)
register.filter("claim_is_open", claim_is_open)
