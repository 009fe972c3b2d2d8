"""关爱台账: who is cared for in which scheme and colour, each taken in by the same action (G-08)."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.duties import Power
from community.models import Community
from community.sheet_kinds import Column, ImportKind, Row, Writer, one_by_one
from core.errors import ConflictError, InvalidInputError
from grids.actions.registers.care import care_open
from grids.imports.people import WHO, WHO_NOTE, resident_named, who_gaps
from grids.models import SchemeColour, SchemeKind


def _colour(community: Community, scheme: str, asked: str) -> SchemeColour:
    """A colour of a scheme, by its word or by its name."""
    known = SchemeColour.objects.select_related("scheme").filter(
        scheme__community=community, scheme__kind=SchemeKind.CARE, scheme__is_active=True, is_active=True
    )
    colours = [one for one in known if one.scheme.name == scheme]
    if not colours:
        raise InvalidInputError(_("本社区没有“%s”这个关爱方案。") % scheme)
    by_word = {one.word: one for one in colours}
    by_name = {str(one.get_colour_display()): one for one in colours}
    found = by_word.get(asked) or by_name.get(asked)
    if found is None:
        words = {"asked": asked, "known": _("、").join(by_word)}
        raise InvalidInputError(_("这个方案里没有“%(asked)s”，只有：%(known)s。") % words)
    return found


def _write(writer: Writer, row: Row) -> bool:
    """Who is in the scheme in this colour is left so; another colour is not changed by a sheet."""
    resident = resident_named(writer.community, row)
    colour = _colour(writer.community, row["scheme"], row["colour"])
    held = resident.care.filter(scheme=colour.scheme, closed_at=None).select_related("colour").first()
    if held is not None and held.colour_id != colour.pk:
        words = _("已经在这个方案里，颜色是“%s”。换颜色请到本人的页面，写明原因。")
        raise ConflictError(words % held.colour.word)
    if held is not None:
        return False
    care_open(
        resident_id=resident.pk,
        colour_id=colour.pk,
        reason=row["reason"],
        actor=writer.actor,
        at=writer.at,
    )
    return True


CARE: Final = ImportKind(
    code="care",
    label=gettext_lazy("关爱台账"),
    power=Power.REGISTER_KEEP,
    columns=(
        *WHO,
        Column("scheme", "方案", 20, needed=True),
        Column("colour", "颜色或含义", 20, needed=True),
        Column("reason", "列入原因", 200, needed=True),
    ),
    key=("door", "name", "phone", "scheme"),
    write=one_by_one(_write),
    gaps=who_gaps,
    notes=(
        WHO_NOTE,
        gettext_lazy("方案和颜色写“色标方案”里的名称或含义；已故或搬离的人导不进去。"),
    ),
    example=("翠微小区 3号楼 1单元 301", "张三", "", "五色管理台账", "红", "独居，腿脚不便"),
)
