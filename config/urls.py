"""Every address of the portal. Apps own their own tables; `/<slug>/` comes last."""

from importlib.util import find_spec

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView

from config.api_docs import api_docs
from config.styleguide import styleguide, styleguide_desk

handler400 = "core.middleware.bad_request"
urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("account/", include("community.account_urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="api_schema"),
    path("api/docs/", api_docs, name="api_docs"),
]
if settings.DEBUG or settings.DEMO:
    urlpatterns += [
        path("styleguide/", styleguide, name="styleguide"),
        path("styleguide/desk/", styleguide_desk, name="styleguide_desk"),
    ]
urlpatterns += [
    path(prefix, include(module))
    for prefix, module in (
        ("api/v1/petitions/", "petitions.api.urls"),
        ("api/v1/hazards/", "grids.api.urls"),
        ("", "core.urls"),
        ("", "grids.urls"),
        ("", "petitions.urls"),
        ("", "community.urls"),
    )
    if find_spec(module.split(".")[0]) and find_spec(module.rpartition(".")[0]) and find_spec(module)
]
