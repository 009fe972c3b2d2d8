"""`{% load matters %}`: how a matter is put into words on the pages of those who handle it."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils.safestring import SafeString

from petitions import deadlines
from petitions.deadlines import Told
from petitions.models import Petition
from petitions.selectors.asked import Asked
from petitions.selectors.marking import excerpt, marked
from petitions.selectors.progress import heading, headline
from petitions.selectors.today import claim_is_open

register = template.Library()


@register.filter
def due(petition: Petition, at: datetime) -> Told:
    """The deadline in words."""
    return deadlines.told(petition, at)


register.filter("headline", headline)
register.filter("heading", heading)


@register.simple_tag(takes_context=True, name="marked")
def marked_tag(context: template.Context, text: str) -> SafeString:
    """The text with the words of the page's search marked; as it is where nothing was searched."""
    return marked(text, _asked(context))


@register.simple_tag(takes_context=True, name="excerpt")
def excerpt_tag(context: template.Context, petition: Petition) -> str:
    """Where the words stand that the headline does not show."""
    return excerpt(petition, _asked(context))


def _asked(context: template.Context) -> Asked | None:
    listed = context.get("cl")
    found = context.get("asked") or getattr(listed, "asked", None)
    return found if isinstance(found, Asked) else None


register.filter("claim_is_open", claim_is_open)
