"""Pages of this app."""

from community.views.home import about, brand_css, chooser, estates, home

__all__ = ["about", "brand_css", "chooser", "estates", "home"]
