"""收事: file a matter, from the form or from a printed code, or join one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from community.models import TalkPoint
from community.web import CommunityRequest, community_page
from core.errors import NotFoundError
from core.registries import retentions
from core.uploads import image_response
from petitions.actions.photos import photos_unsealed
from petitions.forms.filing import FilingForm, JoiningForm
from petitions.models import Petition
from petitions.selectors.places import point_of, public_place
from petitions.selectors.public import public_card, public_cards
from petitions.views.visitor import visitor_of


@never_cache
@require_http_methods(["GET", "POST"])
@community_page
def petition_file(request: CommunityRequest) -> HttpResponse:
    """The form, open to everybody without an account (P-15)."""
    return _file(request, None)


@never_cache
@require_http_methods(["GET", "POST"])
@community_page
def petition_file_at(request: CommunityRequest, token: str) -> HttpResponse:
    """The form behind a printed code: place and channel come from the code, not from the form (P-06)."""
    point = point_of(request.community, token)
    if point is None:
        return render(request, "petitions/point_unknown.html", status=404)
    return _file(request, point)


def _file(request: CommunityRequest, point: TalkPoint | None) -> HttpResponse:
    visitor = visitor_of(request)
    form = FilingForm(
        request.POST or None,
        request.FILES or None,
        community=request.community,
        point=point,
        visitor=visitor,
    )
    if form.is_valid() and not form.wants_editing:
        similar = form.similar()
        if similar:
            context = {"form": form, "cards": public_cards(similar, visitor.at)}
            return render(request, "petitions/petition_similar.html", context)
        following = form.submit(request.profile)
        if following is not None:
            return redirect(following)
    context = {"form": form, "point": point, "point_place": public_place(point.place) if point else ""}
    return render(request, "petitions/petition_file.html", context, status=form.status)


@never_cache
@require_http_methods(["GET", "POST"])
@community_page
def petition_join(request: CommunityRequest, number: str) -> HttpResponse:
    """A neighbour joins an open matter from its public page."""
    visitor = visitor_of(request)
    known = Petition.objects.on_problem_wall().select_related("place__parent__parent", "category")
    petition = get_object_or_404(known, community=request.community, number=number)
    form = JoiningForm(request.POST or None, request.FILES or None, visitor=visitor)
    if form.is_valid():
        following = form.submit(petition)
        if following is not None:
            return redirect(following)
    context = {"form": form, "card": public_card(petition, visitor.at)}
    return render(request, "petitions/petition_join.html", context, status=form.status)


@require_safe
@community_page
def petition_joined(request: CommunityRequest, number: str) -> HttpResponse:
    """What whoever typed a phone reads after joining: the same, whether it was behind the matter or not."""
    known = Petition.objects.known_to_strangers().only("number")
    petition = get_object_or_404(known, community=request.community, number=number)
    return render(request, "petitions/petition_joined.html", {"petition": petition})


@require_safe
def photo_kept(_request: HttpRequest, token: str) -> HttpResponseBase:
    """The thumbnail of a photo whose form has not come yet, for the person who holds its token."""
    photos = photos_unsealed(token)
    if not photos:
        raise NotFoundError(_("没有找到这张照片。"))
    return image_response(photos[0], thumbnail=True)


@require_safe
@community_page
def privacy(request: CommunityRequest) -> HttpResponse:
    """What is kept, what for, who reads it, and how to have it erased, in plain words."""
    kept = [(item, item.kept(request.community)) for item in retentions]
    return render(request, "petitions/privacy.html", {"kept": kept})
