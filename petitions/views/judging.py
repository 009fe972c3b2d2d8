"""评事: the page on which somebody who asked judges the result, once a round (P-47)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.errors import GoneError
from petitions.forms.reporting import JudgingForm
from petitions.models import Evaluation
from petitions.selectors import links
from petitions.selectors.ticket import holder_words, photos_for
from petitions.selectors.walls import echo_card, shown_post
from petitions.views.visitor import JudgementRequest, judgement_page, visitor_of


@require_http_methods(["GET", "POST"])
@judgement_page
def judgement(request: JudgementRequest) -> HttpResponse:
    """Satisfied or not, with words; a link that was used says what became of it."""
    evaluation, visitor = request.evaluation, visitor_of(request)
    petition = evaluation.petition
    form = JudgingForm(request.POST or None)
    if form.is_valid() and form.submit(evaluation, visitor):
        return redirect(reverse("petitions:judgement", args=[request.token]))
    is_over = evaluation.closed_at or evaluation.closes_at <= visitor.at or evaluation.round != petition.round
    if evaluation.answered_at is None and is_over:
        raise GoneError(_("评价期已过。如果问题还在，请重新反映。"))
    context = {
        "evaluation": evaluation,
        "petition": petition,
        "form": form,
        "is_reopened": evaluation.is_satisfied is False and petition.round > evaluation.round,
        "holder": holder_words(petition),
        **_of_reporter(evaluation),
    }
    return render(request, "petitions/judgement.html", context, status=form.status)


def _of_reporter(evaluation: Evaluation) -> dict[str, Any]:
    """What only somebody who asked sees: the words, the photos and the way to the matter's own page."""
    reporter = evaluation.reporter
    if reporter is None:
        post = shown_post(evaluation.petition)
        return {"post": echo_card(post) if post else None}
    return {
        "photos": [photo for photo in photos_for(reporter) if photo.kind != "progress"],
        "ticket_path": links.ticket_path(reporter),
        "ticket_token": links.ticket_token(reporter),
    }
