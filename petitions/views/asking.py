"""请人帮办: ask to be helped with an item of the guide (P-40, P-41)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from community.models import ServiceItem
from community.web import CommunityRequest, community_page
from petitions.forms.asking import AskingForm
from petitions.views.visitor import visitor_of


@never_cache
@require_http_methods(["GET", "POST"])
@community_page
def assistance_ask(request: CommunityRequest, item_id: int) -> HttpResponse:
    """The short form, open to everybody without an account; the receipt follows."""
    item = get_object_or_404(ServiceItem.objects.active().offered_in(request.community), pk=item_id)
    form = AskingForm(
        request.POST or None,
        request.FILES or None,
        community=request.community,
        item=item,
        visitor=visitor_of(request),
    )
    if form.is_valid() and (following := form.submit()):
        return redirect(following)
    return render(request, "petitions/assistance_ask.html", {"form": form, "item": item}, status=form.status)
