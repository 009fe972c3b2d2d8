"""One page per matter for those who handle it, and one page per step."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community.selectors.accounts import own_community
from core.uploads import image_response
from petitions.actions.contact import reporters_contact
from petitions.actions.mediation.ending import mediation_notes_read
from petitions.forms.entries import may_wait
from petitions.forms.steps import step_form
from petitions.models import Petition, PetitionPhoto
from petitions.selectors.asked import TYPED_MAX, asked
from petitions.selectors.desk import search_page
from petitions.selectors.matter import Matter, matter_of
from petitions.selectors.page import matter_page
from petitions.selectors.steps import possible_steps
from petitions.views.handling import HandlingRequest, handling_page


def _matter(request: HandlingRequest, number: str) -> Matter:
    matter = matter_of(request.user, number=number, at=request.at, whole=request.method != "POST")
    request.community = matter.petition.community
    return matter


@require_safe
@handling_page
def work(request: HandlingRequest, number: str) -> HttpResponse:
    """The matter with its whole history, and only the buttons that are possible now."""
    matter = _matter(request, number)
    return render(request, "petitions/work.html", matter_page(matter, request.user, request.at))


@require_safe
@handling_page
def work_search(request: HandlingRequest) -> HttpResponse:
    """Every matter within reach, by words, number, phone or place; newest first."""
    typed = request.GET.get("q", "")
    what = asked(typed)
    page = search_page(request.user, what, cursor=request.GET.get("cursor"), at=request.at)
    community = own_community(request.user, at=request.at)
    if community is not None:
        request.community = community
    context = {"page": page, "asked": what, "typed": typed[:TYPED_MAX], "at": request.at}
    return render(request, "petitions/work_search.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@handling_page
def work_step(request: HandlingRequest, number: str, step: str) -> HttpResponse:
    """One step: a simple page, then the action, then back to the matter."""
    matter = _matter(request, number)
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = step_form(step, *sent, matter=matter, actor=request.user, at=request.at)
    if not form.is_bound and form.step not in possible_steps(matter, request.user, request.at):
        messages.warning(request, _("现在不能做这一步，请看下面的最新情况。"))
        return redirect("petitions:work", number)
    if form.run():
        messages.success(request, form.said, extra_tags=form.draft)
        return redirect("petitions:today") if form.leaves else redirect("petitions:work", number)
    context = {"form": form, "matter": matter, "petition": matter.petition, "waits": may_wait(form)}
    return render(request, "petitions/work_step.html", context, status=form.status)


@require_POST
@handling_page
def work_phones(request: HandlingRequest, number: str) -> HttpResponse:
    """Whom to call; each look leaves a trace, so it is a button and never a link."""
    petition = _matter(request, number).petition
    reporters = reporters_contact(petition=petition, actor=request.user, at=request.at)
    return render(request, "petitions/work_phones.html", {"petition": petition, "reporters": reporters})


@require_POST
@handling_page
def work_notes(request: HandlingRequest, number: str) -> HttpResponse:
    """The confidential notes of a mediation; each look leaves a trace, so it is a button and never a link."""
    petition = _matter(request, number).petition
    notes = mediation_notes_read(petition=petition, actor=request.user, at=request.at)
    return render(request, "petitions/work_notes.html", {"petition": petition, "notes": notes})


@require_safe
@handling_page
def work_photo(request: HandlingRequest, number: str, photo_id: int) -> HttpResponseBase:
    """A photo of a matter that this person may see."""
    visible = Petition.objects.visible_to(request.user, at=request.at).filter(number=number)
    photo = get_object_or_404(
        PetitionPhoto.objects.select_related("image"), pk=photo_id, petition__in=visible
    )
    return image_response(photo.image, thumbnail="small" in request.GET, request=request)
