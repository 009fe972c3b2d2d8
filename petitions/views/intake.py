"""A grid worker enters a matter on the spot, and may settle it there."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from community.duties import Power
from core.errors import NotAllowedError, NotFoundError
from petitions.forms.intake import IntakeForm
from petitions.selectors import links
from petitions.selectors.matter import matter_of
from petitions.selectors.reach import communities_in_reach, own_grids
from petitions.views.handling import HandlingRequest, handling_page


@require_http_methods(["GET", "HEAD", "POST"])
@handling_page
def work_new(request: HandlingRequest) -> HttpResponse:
    """The form; where several communities are in reach, `?community=` chooses one."""
    known = communities_in_reach(request.user, Power.PETITION_ENTER, at=request.at)
    if not known:
        raise NotAllowedError(_("您的任职不允许登记诉求。"))
    chosen = request.GET.get("community")
    request.community = next((one for one in known if one.slug == chosen), known[0])
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    grids = own_grids(request.user, request.community, at=request.at)
    form = IntakeForm(
        *sent,
        community=request.community,
        grids=grids,
        actor=request.user,
        at=request.at,
        on_the_spot=bool(grids),
    )
    if form.is_valid() and (filed := form.submit()):
        if form.said:
            messages.warning(request, _("已登记，但没有当场办结：%s") % form.said)
        return redirect("petitions:work_filed", filed.petition.number)
    context = {"form": form, "communities": known if len(known) > 1 else []}
    return render(request, "petitions/work_new.html", context, status=form.status)


@require_safe
@handling_page
def work_filed(request: HandlingRequest, number: str) -> HttpResponse:
    """The receipt to tell or to print, for the person who entered it."""
    matter = matter_of(request.user, number=number, at=request.at)
    if matter.petition.entered_by_id != request.user.pk:
        raise NotFoundError(_("没有找到这件诉求。"))
    request.community = matter.petition.community
    return render(
        request, "petitions/work_filed.html", links.receipt_of(matter.first_reporter, matter.petition)
    )
