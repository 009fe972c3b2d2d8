"""Pages of the ground floor: the inbox, and how the portal is shown."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from core import actions, paging
from core.display import LARGE, LARGE_COOKIE, keep_choice
from core.language import LANGUAGE_COOKIE
from core.models import InboxItem, User


class SignedInRequest(HttpRequest):
    """A request behind `login_required`."""

    user: User


@require_POST
def display_set(request: HttpRequest) -> HttpResponse:
    """Switch 长辈版 on or off, for this device and, when signed in, for the account."""
    large = request.POST.get("large") == "1"
    if not isinstance(request.user, AnonymousUser):
        actions.display_set(user=request.user, large_text=large)
    return keep_choice(redirect(_safe_next(request)), LARGE_COOKIE, LARGE if large else "standard")


@require_POST
def language_set(request: HttpRequest) -> HttpResponse:
    """Show the portal in another language, on this device and, when signed in, wherever the account signs in.

    What is not offered is the community's own.
    """
    wanted = request.POST.get("language", "")
    language = wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    if not isinstance(request.user, AnonymousUser):
        actions.language_set(user=request.user, language=language)
    return keep_choice(redirect(_safe_next(request)), LANGUAGE_COOKIE, language)


@never_cache
@require_GET
@login_required
def inbox(request: SignedInRequest) -> HttpResponse:
    """A person's notices, newest first."""
    items = InboxItem.objects.visible_to(request.user)
    page = paging.keyset(items, order=["-pk"], cursor=request.GET.get("cursor"))
    return render(request, "core/inbox.html", {"page": page})


@require_POST
@login_required
def inbox_open(request: SignedInRequest, item_id: int) -> HttpResponse:
    """Mark one notice read, and go to what it is about."""
    item = get_object_or_404(InboxItem.objects.visible_to(request.user), pk=item_id)
    actions.inbox_mark_read(user=request.user, item_id=item.pk, at=timezone.now())
    return redirect(item.url or "core:inbox")


@require_POST
@login_required
def inbox_read(request: SignedInRequest) -> HttpResponse:
    """Mark everything read."""
    actions.inbox_mark_read(user=request.user, at=timezone.now())
    return redirect("core:inbox")


def _safe_next(request: HttpRequest) -> str:
    """Where the person came from, if that is a page of ours."""
    target = request.POST.get("next", "")
    allowed = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(target, allowed, require_https=request.is_secure())
    return target if safe else "/"
