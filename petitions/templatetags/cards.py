"""`{% load cards %}`: a matter as a card of a work list.

Written here and not in a template: forty cards took most of the time of the page.
"""

from __future__ import annotations

from html import escape

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from petitions import deadlines
from petitions.models import Petition
from petitions.selectors.asked import Asked
from petitions.selectors.marking import excerpt, marked
from petitions.selectors.progress import headline
from petitions.selectors.today import claim_is_open

register = template.Library()


@register.simple_tag(takes_context=True)
def work_card(context: template.Context, petition: Petition, claim: bool = False) -> SafeString:
    """The card; `claim` offers the button where a claim is open. Words that were searched for are marked."""
    found = context.get("asked")
    what = found if isinstance(found, Asked) else None
    told = deadlines.told(petition, context["at"])
    pressing = f" work-card--{told.pressing}" if told.pressing in {"late", "soon"} else ""
    piece = excerpt(petition, what)
    spot = f" · {escape(petition.spot)}" if petition.spot else ""
    parent = petition.place.parent
    where = f"{marked(parent.name if parent else '', what)} {marked(petition.place.name, what)}{spot}"
    button = _claim(petition, str(context["csrf_token"])) if claim and claim_is_open(petition) else ""
    return mark_safe(  # each value is escaped
        f"""<li class="card work-card{pressing}">
    <div class="work-card__text">
      <h3 class="card__title"><a href="{reverse("petitions:work", args=[petition.number])}">{marked(headline(petition), what)}</a></h3>
      {f'<p class="meta">{marked(piece, what)}</p>' if piece else ""}
      <p class="meta"><span>{where}</span></p>
      <p class="chips">
        {_emergency(petition)}{_colour(petition)}
        <span class="chip">{escape(petition.stage_label)}</span>
        <span class="due-words due-words--{told.pressing or "plain"}">{escape(told.words)}</span>
      </p>
    </div>
    {button}
  </li>"""  # noqa: E501
    )


def _emergency(petition: Petition) -> str:
    """Why it stands on top: its grid is in emergency mode."""
    why = getattr(petition, "emergency", None)
    return f'<span class="chip chip--red">{escape(_("应急：%s") % why)}</span>' if why else ""


def _colour(petition: Petition) -> str:
    if not petition.severity:
        return ""
    shown = escape(str(petition.get_severity_display()))
    return f'<span class="chip chip--{escape(petition.severity)}">{shown}</span>'


def _claim(petition: Petition, token: str) -> str:
    address = reverse("petitions:work_step", args=[petition.number, "claim"])
    return f"""<form method="post" action="{address}">
        <input type="hidden" name="csrfmiddlewaretoken" value="{escape(token)}">
        <button class="btn btn--main" type="submit">{pgettext("step", "认领")}<span class="visually-hidden">{escape(headline(petition))}</span></button>
      </form>"""  # noqa: E501
