"""Pages of this app."""

from community.views.guide import guide, guide_item
from community.views.home import about, brand_css, chooser, estates, home

__all__ = ["about", "brand_css", "chooser", "estates", "guide", "guide_item", "home"]
