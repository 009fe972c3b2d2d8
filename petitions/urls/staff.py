"""Pages of grid workers and staff."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path


def _not_yet(_request: HttpRequest, **_kwargs: str) -> HttpResponse:
    raise Http404


urlpatterns = [
    path("work/<str:number>/", _not_yet, name="work"),
]
