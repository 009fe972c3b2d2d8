"""Gift packs that are left, one handed over, and the proof of it."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from community.duties import Power
from core.errors import NotFoundError
from core.uploads import image_response
from grids.forms.gifts import GiftForm
from grids.selectors.abouts import key_of
from grids.selectors.doors import visited_grid
from grids.selectors.gifts import pack_of, packs_left
from grids.views.door import FieldRequest, field_page


@require_safe
@field_page(Power.HOME_VISIT)
def gifts(request: FieldRequest) -> HttpResponseBase:
    """The packs that are left in a grid, what ends first on top."""
    grid, known = visited_grid(request.user, request.GET.get("grid", ""), at=request.at)
    context = {
        "grid": grid,
        "grids": known if len(known) > 1 else [],
        "packs": packs_left(grid, timezone.localdate(request.at)) if grid else [],
        "field_home": settings.FIELD_HOME,
    }
    return render(request, "grids/gifts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@field_page(Power.HOME_VISIT)
def gift(request: FieldRequest) -> HttpResponseBase:
    """A pack is handed over; `?pack=` chooses which, and a phone keeps one form for all of a grid."""
    asked = key_of(request.GET, "pack")
    pack = pack_of(request.user, asked, at=request.at) if asked else None
    grid = None if pack else visited_grid(request.user, request.GET.get("grid", ""), at=request.at)[0]
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    initial = {"pack": asked or None}
    form = GiftForm(*sent, actor=request.user, at=request.at, pack=pack, grid=grid, initial=initial)
    made = form.submit() if form.is_bound else None
    if made:
        messages.success(request, _("已记下礼包送到。"))
        return redirect("grids:gifts")
    return render(request, "grids/gift.html", {"form": form, "pack": pack}, status=form.status)


@require_safe
@field_page(Power.HOME_VISIT)
def gift_photo(request: FieldRequest, pack_id: int) -> HttpResponseBase:
    """The proof that a pack was handed over."""
    delivery = getattr(pack_of(request.user, pack_id, at=request.at), "delivery", None)
    if delivery is None or delivery.photo is None:
        raise NotFoundError(_("没有找到这张照片。"))
    return image_response(delivery.photo, thumbnail="small" in request.GET, request=request)
