"""Where a worker's phone brings what was entered without signal, and where leaders decide about the rest."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community.duties import Power
from core.language import again
from core.uploads import image_response
from grids.actions import entries, held_entries
from grids.entry_kinds import kept_pages
from grids.forms.entry import EntryForm
from grids.models import EntryState, FieldEntry, FieldEntryPhoto
from grids.selectors.entries import entry_for, held_for, kind_label, said
from grids.selectors.kept import posts_mark
from grids.views.door import FieldRequest, field_page


@require_http_methods(["GET", "POST"])
@never_cache
def entries_sync(request: HttpRequest) -> HttpResponse:
    """For the phone's script: GET says who is signed in and which pages to keep, POST brings one entry."""
    if not request.user.is_authenticated and request.method == "GET":
        return JsonResponse({"worker": None, "posts": ""})
    if not request.user.is_authenticated:
        return JsonResponse({"code": "sign_in", "message": _("请登录后上传。")}, status=401)
    at = timezone.now()
    if request.method == "GET":
        hello = {
            "worker": request.user.pk,
            "csrf": get_token(request),
            "ticket": entries.entry_ticket(request.user),
            "posts": posts_mark(request.user, at=at),
            "keep": [path for pages in kept_pages for path in pages(request)],
        }
        return JsonResponse(hello)
    brought = EntryForm(request.POST, request.FILES).brought()
    return _answer(entries.entry_bring(brought=brought, actor=request.user, at=at))


@csrf_exempt
@require_POST
@never_cache
def entries_left(request: HttpRequest) -> HttpResponse:
    """A phone without a session hands over what it holds: the leader decides, nothing is booked or read."""
    brought = EntryForm(request.POST, request.FILES).brought()
    ticket = request.headers.get("X-Ticket", "")
    return _answer(entries.entry_leave(brought=brought, ticket=ticket, at=timezone.now()))


def _answer(entry: FieldEntry) -> JsonResponse:
    held = entry.state != EntryState.LANDED
    told = {
        "state": entry.state,
        "name": again(entry.result),
        "url": entry.result_url,
        "message": again(entry.reason or entry.said),
        "warns": entry.warns,
    }
    return JsonResponse(told, status=202 if held else 201)


@require_safe
@field_page(Power.GRID_RUN)
def held_list(request: FieldRequest) -> HttpResponseBase:
    """What waits for this person's decision."""
    rows = [(entry, kind_label(entry.kind)) for entry in held_for(request.user, at=request.at)]
    return render(request, "grids/held_list.html", {"rows": rows, "field_home": settings.FIELD_HOME})


@require_http_methods(["GET", "HEAD", "POST"])
@field_page(Power.GRID_RUN)
def held(request: FieldRequest, entry_id: UUID) -> HttpResponseBase:
    """One entry with all that was typed; accept it, or say why not."""
    entry = entry_for(request.user, entry_id, at=request.at)
    if request.method == "POST":
        if "drop" in request.POST:
            held_entries.entry_drop(
                entry_id=entry.pk, actor=request.user, reason=request.POST.get("reason", ""), at=request.at
            )
            messages.success(request, _("已写明不接收的原因，并告诉了记录人。"))
            return redirect("grids:held_list")
        accepted = held_entries.entry_accept(entry_id=entry.pk, actor=request.user, at=request.at)
        messages.success(request, _("已接收入账：%s") % accepted.result)
        return redirect(accepted.result_url or "grids:held_list")
    held_entries.entry_read(entry=entry, actor=request.user, at=request.at)
    told = said(entry, request.user, at=request.at)
    context = {"entry": entry, "kind": kind_label(entry.kind), "said": told, "photos": entry.photos.all()}
    return render(request, "grids/held.html", context)


@require_safe
@field_page(Power.GRID_RUN)
def held_photo(request: FieldRequest, entry_id: UUID, photo_id: int) -> HttpResponseBase:
    """A photo of an entry about which this person may decide."""
    entry = entry_for(request.user, entry_id, at=request.at)
    photo = get_object_or_404(FieldEntryPhoto.objects.select_related("image"), entry=entry, pk=photo_id)
    return image_response(photo.image, thumbnail="small" in request.GET, request=request)
