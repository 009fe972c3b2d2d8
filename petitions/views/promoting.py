"""A diary entry that becomes a matter."""

from __future__ import annotations

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from grids.selectors.diary import diary_entry_of
from petitions.forms.promoting import PromotionForm
from petitions.views.handling import HandlingRequest, handling_page


@require_http_methods(["GET", "HEAD", "POST"])
@handling_page
def diary_petition(request: HandlingRequest, entry_id: int) -> HttpResponseBase:
    """What is asked for, then the matter."""
    entry = diary_entry_of(request.user, entry_id, at=request.at)
    data = request.POST if request.method == "POST" else None
    form = PromotionForm(data, entry=entry, actor=request.user, at=request.at)
    if form.run() and form.petition is not None:
        messages.success(request, _("已转为诉求：%s") % form.petition.number)
        return redirect("petitions:work", form.petition.number)
    return render(
        request, "petitions/diary_petition.html", {"form": form, "entry": entry}, status=form.status
    )
