"""住户表决 on the web: what is being voted on, what came of it, and a household's own vote."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from community.web import CommunityRequest, community_page
from core.models import User
from petitions.forms.polls import VoteForm
from petitions.models import Poll
from petitions.selectors.electors import voice_of
from petitions.selectors.polls import poll_context, polls_open, polls_past, scope_words


@require_safe
@community_page
def polls(request: CommunityRequest) -> HttpResponse:
    """What is being voted on, and every poll that is over, the latest first."""
    context = {
        "open": polls_open(request.community),
        "page": polls_past(request.community, request.GET.get("cursor")),
    }
    return render(request, "petitions/polls.html", context)


@require_safe
@never_cache
@community_page
def poll(request: CommunityRequest, pk: int) -> HttpResponse:
    """One poll: the question while it is open, the result without names once it is over."""
    found = _poll(request, pk)
    user = request.user if isinstance(request.user, User) else None
    return render(request, "petitions/poll.html", poll_context(found, user, timezone.now()))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@community_page
def poll_vote(request: CommunityRequest, pk: int) -> HttpResponse:
    """A signed-in resident votes for their household; the page says who may and who has."""
    found, at = _poll(request, pk), timezone.now()
    if not isinstance(request.user, User):
        return redirect_to_login(request.get_full_path(), reverse("account_login"))
    form = VoteForm(request.POST or None, poll=found)
    if form.is_valid() and form.submit(actor=request.user, at=at):
        messages.success(request, _("已投票。您家选了什么，没有人能查到。"))
        return redirect("petitions:poll", request.community.slug, pk)
    context = {
        "poll": found,
        "form": form,
        "asked": scope_words(found),
        "voice": voice_of(found, request.user),
        "takes_votes": found.takes_votes(at),
    }
    return render(request, "petitions/poll_vote.html", context, status=form.status)


def _poll(request: CommunityRequest, pk: int) -> Poll:
    """A poll of this community that was opened, or 404."""
    known = Poll.objects.public().select_related("petition")
    found = get_object_or_404(known, community=request.community, pk=pk)
    found.community = request.community
    return found
