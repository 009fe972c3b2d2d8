"""Pages that need no account: file, track, judge, read the walls."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path


def _not_yet(_request: HttpRequest, **_kwargs: str) -> HttpResponse:
    raise Http404


urlpatterns = [
    path("p/<str:token>/", _not_yet, name="ticket"),
    path("j/<str:token>/", _not_yet, name="judgement"),
]
