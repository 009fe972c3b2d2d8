"""The portal's addresses with what only some runs have: the style guide, and a page that breaks."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from tests.browser import styleguide_urls


def broken(_request: HttpRequest) -> HttpResponse:
    raise RuntimeError("This page is meant to break.")


urlpatterns = [path("broken/", broken, name="broken"), *styleguide_urls.urlpatterns]
