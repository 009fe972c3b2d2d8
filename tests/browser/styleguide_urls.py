"""The portal's addresses with the style guide, which production does not have."""

from django.urls import path

from config import urls
from config.styleguide import styleguide, styleguide_desk

urlpatterns = [
    path("styleguide/", styleguide, name="styleguide"),
    path("styleguide/desk/", styleguide_desk, name="styleguide_desk"),
    *urls.urlpatterns,
]
