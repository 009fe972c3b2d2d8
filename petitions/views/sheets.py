"""QR sheets for the people who put them up."""

from __future__ import annotations

from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from community.duties import Power
from community.permissions import paths_with
from community.web import CommunityRequest, community_page
from core.errors import NotAllowedError
from petitions.selectors.places import points_of
from petitions.sheets.qr_sheet import qr_sheet_pdf


@never_cache
@require_safe
@community_page
def qr_sheets(request: CommunityRequest) -> HttpResponse:
    """Choose which codes to print."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path(), reverse("admin:login"))
    _require_post(request)
    context = {"points": points_of(request.community, [])}
    return render(request, "petitions/qr_sheets.html", context)


@never_cache
@require_safe
@community_page
def qr_sheets_pdf(request: CommunityRequest) -> HttpResponse:
    """The chosen codes, or all, as a PDF."""
    _require_post(request)
    points = points_of(request.community, request.GET.getlist("point"))
    poster = request.GET.get("size") == "poster"
    content = qr_sheet_pdf(request.community, points, poster=poster)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="qr-{request.community.slug}.pdf"'
    return response


def _require_post(request: CommunityRequest) -> None:
    """Raise NotAllowedError unless a post in or over this community keeps places or enters matters."""
    home, at = request.community.place.path, timezone.now()
    powers = (Power.PLACE_MANAGE, Power.PETITION_ENTER)
    paths = [path for power in powers for path in paths_with(request.user, power, at=at)]
    if not any(path.startswith(home) or home.startswith(path) for path in paths):
        raise NotAllowedError(_("只有本社区的工作人员可以打印二维码。"))
