"""场所和说事点: halls, corners, benches with a code, and stations with their hours."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from community.actions.roll import record_save
from community.actions.talk_point import talk_point_create
from community.duties import Power
from community.imports.places import place_named
from community.models import ServicePlace, TalkPoint
from community.models.place import ServicePlaceKind, TalkPointKind
from community.sheet_kinds import Column, ImportKind, Row, Writer, one_by_one

POINTS: Final = {
    "议事厅": TalkPointKind.HALL.value,
    "议事角": TalkPointKind.CORNER.value,
    "说事台": TalkPointKind.PLATFORM.value,
    "说事凳": TalkPointKind.BENCH.value,
    "意见箱": TalkPointKind.BOX.value,
    "楼栋码": TalkPointKind.BUILDING.value,
    "随手拍码": TalkPointKind.SNAP.value,
}
STATIONS: Final = {
    "党群服务中心": ServicePlaceKind.CENTRE.value,
    "党群服务站": ServicePlaceKind.STATION.value,
    "便民服务站": ServicePlaceKind.CONVENIENCE.value,
}


def _write(writer: Writer, row: Row) -> bool:
    """One of this kind and name at this place is left as it is."""
    place = place_named(writer.community, row["place"])
    common = {"community": writer.community, "place": place, "name": row["name"]}
    if row["kind"] in STATIONS:
        common["kind"] = STATIONS[row["kind"]]
        if ServicePlace.objects.filter(**common).exists():
            return False
        details = {name: row[name] for name in ("address", "phone", "hours")}
        record_save(row=ServicePlace(**common, **details), actor=writer.actor, at=writer.at)
        return True
    common["kind"] = POINTS[row["kind"]]
    if TalkPoint.objects.filter(**common).exists():
        return False
    talk_point_create(**common, actor=writer.actor, at=writer.at)
    return True


VENUES: Final = ImportKind(
    code="venues",
    label=_("场所和说事点"),
    power=Power.PLACE_MANAGE,
    columns=(
        Column("name", "名称", needed=True),
        Column("kind", "类型", 10, needed=True, choices=(*POINTS, *STATIONS)),
        Column("place", "地点", 200),
        Column("address", "地址", 200),
        Column("phone", "电话", 30),
        Column("hours", "开放时间", 120),
    ),
    key=("name", "kind", "place"),
    write=one_by_one(_write),
    notes=(
        _("地点留空是本社区；要填就写本社区已有的小区、楼栋或网格。"),
        _("地址、电话和开放时间只用于党群服务中心和服务站。说事点导入后到“说事点”里打印二维码。"),
    ),
    example=("东门说事凳", "说事凳", "翠微小区", "", "", ""),
)
