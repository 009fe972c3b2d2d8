"""Pages of this app."""

from community.views.guide import guide, guide_item
from community.views.home import about, brand_css, chooser, estate, estates, home

__all__ = ["about", "brand_css", "chooser", "estate", "estates", "guide", "guide_item", "home"]
