"""A person of the roll as a sheet names them: by door and name, or by phone."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.imports.places import place_named
from community.models import Community, Resident
from community.sheet_kinds import Column, Problem, Row, Texts, mobile_of
from core.errors import InvalidInputError

WHO: Final = (
    Column("door", "住址", 200),
    Column("name", "姓名", 40),
    Column("phone", "手机号", 24, parse=mobile_of),
)
WHO_NOTE: Final = gettext_lazy(
    "住址和姓名一起填，或者填花名册里的手机号；住址写到户号，如“翠微小区 3号楼 1单元 301”。"
)


def who_gaps(texts: Texts) -> list[Problem]:
    """A phone says who it is; without one it takes door and name."""
    if texts["phone"]:
        return []
    return [
        (title, _("没有手机号的，住址和姓名都要填。"))
        for field, title in (("door", "住址"), ("name", "姓名"))
        if not texts[field]
    ]


def resident_named(community: Community, row: Row) -> Resident:
    """The one person on the community's roll of whom everything that the row says is true.

    Raises:
        InvalidInputError: nobody, or more than one.
    """
    known = Resident.objects.filter(household__place__path__startswith=community.place.path)
    if row["door"]:
        where, _space, room = row["door"].rpartition(" ")
        if not where:
            raise InvalidInputError(_("住址要写到户号，如“一号小区 3号楼 1单元 301”。"))
        known = known.filter(household__place=place_named(community, where), household__room=room)
    given = {name: row[name] for name in ("name", "phone") if row[name]}
    found = list(known.filter(**given)[:2])
    if len(found) > 1:
        raise InvalidInputError(_("花名册里不止一位，请把住址、姓名和手机号都填上。"))
    if not found:
        raise InvalidInputError(_("花名册里没有这位居民。"))
    return found[0]
