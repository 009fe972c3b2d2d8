"""A gift pack at a door: handed over, and the proof of it."""

from __future__ import annotations

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from community.duties import Power
from core.errors import NotFoundError
from core.uploads import image_response
from grids.forms.gifts import GiftForm
from grids.models import GiftPack
from grids.selectors.doors import door_for
from grids.views.door import FieldRequest, field_page


@require_http_methods(["GET", "HEAD", "POST"])
@field_page(Power.HOME_VISIT)
def gift(request: FieldRequest, household_id: int, pack_id: int) -> HttpResponseBase:
    """A pack is handed over at this door."""
    pack = _pack(request, household_id, pack_id)
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = GiftForm(*sent, actor=request.user, at=request.at)
    if form.is_bound and form.submit(pack):
        messages.success(request, _("已记下礼包送到。"))
        return redirect("grids:home", household_id)
    return render(request, "grids/gift.html", {"form": form, "pack": pack}, status=form.status)


@require_safe
@field_page(Power.HOME_VISIT)
def gift_photo(request: FieldRequest, household_id: int, pack_id: int) -> HttpResponseBase:
    """The proof that a pack was handed over."""
    delivery = getattr(_pack(request, household_id, pack_id), "delivery", None)
    if delivery is None or delivery.photo is None:
        raise NotFoundError(_("没有找到这张照片。"))
    return image_response(delivery.photo, thumbnail="small" in request.GET, request=request)


def _pack(request: FieldRequest, household_id: int, pack_id: int) -> GiftPack:
    """A pack of a door that this person may visit.

    Raises:
        NotFoundError: none, or not theirs to know.
    """
    household = door_for(request.user, household_id, at=request.at)
    related = ("campaign", "household__place__parent__parent", "delivery__photo")
    rows = household.gift_packs.select_related(*related)
    found: GiftPack | None = rows.filter(pk=pack_id).first()
    if found is None:
        raise NotFoundError(_("没有找到这份礼包。"))
    return found
