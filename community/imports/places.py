"""A place as people write it: 叠翠社区, 第1网格, 一号小区, 一号小区 3号楼 1单元."""

from __future__ import annotations

from django.utils.translation import gettext as _

from community.models import Community, Place
from core.errors import InvalidInputError


def place_named(community: Community, name: str) -> Place:
    """The one active place of the community that is called so, by its own name or from the estate down.

    Raises:
        InvalidInputError: there is none, or more than one.
    """
    if not name:
        return community.place
    *_above, own = name.split(" ")
    here = Place.objects.active().under(community.place.path).select_related("parent__parent")
    called = list(here.filter(name__in={name, own})[:200])
    whole = [place for place in called if place.long_name == name]
    found = whole or [place for place in called if place.name == name]
    if len(found) > 1:
        words = _("有 %(count)d 个“%(name)s”，请从小区写起，如“一号小区 3号楼”。")
        raise InvalidInputError(words % {"count": len(found), "name": name})
    if not found:
        raise InvalidInputError(_("本社区没有“%s”这个地点。") % name)
    return found[0]
