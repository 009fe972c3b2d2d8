"""What makes the worker's pages an application on the phone that opens without signal."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@require_safe
@never_cache
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script that keeps pages, at the root so that it may answer for the worker's addresses."""
    return render(request, "grids/sw.js", content_type="text/javascript")


@require_safe
def manifest(_request: HttpRequest) -> HttpResponse:
    """How the application is called, and where it opens."""
    icons = [
        {
            "src": static(f"img/icon-{side}.png"),
            "sizes": f"{side}x{side}",
            "type": "image/png",
        }
        for side in (192, 512)
    ]
    told = {
        "id": settings.FIELD_HOME,
        "name": _("网格工作"),
        "short_name": _("网格工作"),
        "lang": "zh-Hans",
        "start_url": settings.FIELD_HOME,
        "scope": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#ffffff",
        "icons": icons,
    }
    return JsonResponse(told, content_type="application/manifest+json")


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """What this phone still holds; the phone fills the page in, also after signing out."""
    return render(request, "grids/waiting.html", {"field_home": settings.FIELD_HOME})
