"""The portal's addresses with the style guide, which production does not have."""

from django.urls import path

from config import urls
from config.styleguide import styleguide

urlpatterns = [path("styleguide/", styleguide, name="styleguide"), *urls.urlpatterns]
