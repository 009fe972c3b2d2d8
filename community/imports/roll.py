"""花名册: estates, buildings, doors and people."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.actions.roll_adding import roll_add
from community.duties import Power
from community.models.place import BuildingKind
from community.sheet_kinds import YES_NO, Column, ImportKind, Problem, Texts, mobile_of

KINDS: Final = {
    "": BuildingKind.APARTMENT.value,
    "单元楼": BuildingKind.APARTMENT.value,
    "别墅": BuildingKind.VILLA.value,
    "商铺": BuildingKind.SHOP.value,
    "其他": BuildingKind.OTHER.value,
}


def _gaps(texts: Texts) -> list[Problem]:
    """A door needs its building, and a person their door."""
    needs = (
        ("building", "楼栋", ("entrance", "room", "name"), _("填了单元、户号或姓名，就必须填楼栋。")),
        ("room", "户号", ("name",), _("填了姓名，就必须填户号。")),
        ("name", "姓名", ("phone",), _("填了手机号，就必须填姓名。")),
    )
    return [
        (title, sentence)
        for field, title, dependants, sentence in needs
        if not texts[field] and any(texts[each] for each in dependants)
    ]


ROLL: Final = ImportKind(
    code="roll",
    label=gettext_lazy("花名册（小区、楼栋、住户、居民）"),
    power=Power.ROLL_MANAGE,
    columns=(
        Column("estate", "小区", needed=True),
        Column("building", "楼栋"),
        Column("building_kind", "楼栋类型", 10, choices=tuple(KINDS)[1:], parse=KINDS.__getitem__),
        Column("entrance", "单元"),
        Column("room", "户号", 20),
        Column("name", "姓名", 40),
        Column("phone", "手机号", 24, parse=mobile_of),
        Column("is_tenant", "租户", 4, choices=("是", "否"), parse=YES_NO.__getitem__),
    ),
    key=("estate", "building", "entrance", "room", "name", "phone"),
    write=roll_add,
    gaps=_gaps,
    notes=(
        gettext_lazy("一行一位居民；没有居民资料的户、楼栋或小区也可以各占一行。"),
        gettext_lazy("小区必填；填了姓名就要填楼栋和户号；别墅没有单元，单元留空。"),
        gettext_lazy("楼栋类型留空按单元楼，租户留空按“否”。"),
    ),
    example=("翠微小区", "3号楼", "单元楼", "1单元", "301", "张三", "13800000001", "否"),
)
