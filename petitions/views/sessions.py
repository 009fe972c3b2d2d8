"""议事会 on the web: what is to come, what came of it, and how to take part. No account needed."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from community.profiles import profile_from_row
from community.web import CommunityRequest, community_page
from core.errors import GoneError
from petitions.forms.sessions import AnswerForm, ProposeForm, SignInForm, SignUpForm
from petitions.models import DeliberationSession
from petitions.selectors import corners, links, sessions
from petitions.sheets.calendar import MEDIA_TYPE, calendar_feed
from petitions.views.visitor import keep_secret, visitor_of

SHOWN = timedelta(days=90)
"""How far back the calendar feed reaches."""


@require_safe
@community_page
def sessions_calendar(request: CommunityRequest) -> HttpResponse:
    """What is to come, by day, and the latest of what was."""
    at = timezone.now()
    context = {
        "coming": sessions.upcoming_of(request.community, at),
        "past": sessions.past_page(request.community, None).items[:5],
        "corners": corners.corners_of(request.community),
    }
    return render(request, "petitions/sessions.html", context)


@require_safe
@community_page
def sessions_past(request: CommunityRequest) -> HttpResponse:
    """往期: every session that was held, the latest first."""
    page = sessions.past_page(request.community, request.GET.get("cursor"))
    return render(request, "petitions/sessions_past.html", {"page": page})


@require_safe
@community_page
def session(request: CommunityRequest, pk: int) -> HttpResponse:
    """One session: when and where, its public topics, and its results in edited words."""
    found = _session(request, pk)
    at = timezone.now()
    page = sessions.session_page(found)
    context = {
        "session": found,
        "page": page,
        "decided": [(one, one.is_late(timezone.localdate(at))) for one in page.resolutions],
        "moved": sessions.moved_words(found),
        "may_propose": not found.is_cancelled and not found.has_begun(at),
    }
    return render(request, "petitions/session.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@community_page
def session_propose(request: CommunityRequest, pk: int) -> HttpResponse:
    """A resident puts a topic forward; staff choose."""
    found = _session(request, pk)
    form = ProposeForm(request.POST or None)
    if form.is_valid() and form.submit(found, visitor_of(request)):
        messages.success(request, _("议题已提交，社区会在会前确定议程。"))
        return redirect("petitions:session", request.community.slug, pk)
    context = {"session": found, "form": form}
    return render(request, "petitions/session_propose.html", context, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@community_page
def session_join(request: CommunityRequest, pk: int) -> HttpResponse:
    """A resident says that they will come."""
    found = _session(request, pk)
    sent = request.POST if request.method == "POST" else None
    form = SignUpForm(sent, visitor=visitor_of(request))
    if form.is_valid() and (form.submit(found) or form.said):
        messages.success(request, form.said or _("报名成功，到时候见。"))
        return redirect("petitions:session", request.community.slug, pk)
    context = {"session": found, "form": form}
    return render(request, "petitions/session_join.html", context, status=form.status)


@require_safe
@community_page
def sessions_feed(request: CommunityRequest) -> HttpResponse:
    """The calendar for other programs."""
    at = timezone.now()
    found = sessions.feed_of(request.community, at - SHOWN)
    response = HttpResponse(calendar_feed(request.community, found, at), content_type=MEDIA_TYPE)
    response["Content-Disposition"] = f'inline; filename="{request.community.slug}.ics"'
    patch_cache_control(response, public=True, max_age=300)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def session_sign_in(request: HttpRequest, code: str) -> HttpResponse:
    """Behind the printed code: sign the sheet with one's account, or with a name and a role."""
    known = DeliberationSession.objects.select_related("community__profile", "community__place")
    found = known.filter(code=code, community__is_active=True).first()
    if found is None:
        raise GoneError(_("签到码无效，请扫会场上的二维码。"))
    request.community = found.community  # type: ignore[attr-defined]
    request.profile = profile_from_row(found.community.profile)  # type: ignore[attr-defined]
    sent = request.POST if request.method == "POST" else None
    form = SignInForm(sent, visitor=visitor_of(request))
    if form.is_valid() and (form.submit(found) or form.said):
        messages.success(request, form.said or _("签到成功，请入座。"))
        return redirect(f"{reverse('petitions:session_sign_in', args=[code])}?done=1")
    context = {"session": found, "form": form, "is_done": "done" in request.GET}
    response = render(request, "petitions/session_sign_in.html", context, status=form.status)
    keep_secret(response)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Behind the link of an invitation or a reminder: come or not, and think again until it begins."""
    person, at = links.invitation_of(token), timezone.now()
    found = person.session
    request.community = found.community  # type: ignore[attr-defined]
    request.profile = profile_from_row(found.community.profile)  # type: ignore[attr-defined]
    form = AnswerForm(request.POST or None)
    if form.is_valid() and form.submit(person, at):
        return redirect("petitions:invitation", token)
    context = {
        "person": person,
        "session": found,
        "form": form,
        "is_open": not (found.is_cancelled or found.has_begun(at)),
    }
    response = render(request, "petitions/invitation.html", context, status=form.status)
    keep_secret(response)
    return response


def _session(request: CommunityRequest, pk: int) -> DeliberationSession:
    """An announced session of this community, or 404."""
    found = get_object_or_404(DeliberationSession.objects.public(), community=request.community, pk=pk)
    found.community = request.community
    return found
