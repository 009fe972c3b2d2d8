"""巡查点位: the points of grids, each with a code made here and printed from the desk (G-05)."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.duties import Power
from community.sheet_kinds import Column, ImportKind, Problem, Row, Texts, Writer, number_of, one_by_one
from core.errors import InvalidInputError
from grids.actions.patrol_plan import Spot, checkpoint_create
from grids.models import Checkpoint, Grid


def _degrees(most: float, text: str) -> float | None:
    if not text:
        return None
    try:
        found = float(text)
    except ValueError as problem:
        raise InvalidInputError(_("请填写小数，如 110.7012。")) from problem
    if not -most <= found <= most:
        raise InvalidInputError(_("经度和纬度要一起填，并在正常范围内。"))
    return found


def _gaps(texts: Texts) -> list[Problem]:
    if bool(texts["longitude"]) == bool(texts["latitude"]):
        return []
    return [("经度", _("经度和纬度要一起填，并在正常范围内。"))]


def _write(writer: Writer, row: Row) -> bool:
    """A point of this name of this grid is left as it is."""
    rows = Grid.objects.select_related("place").filter(community=writer.community, name=row["grid"])
    grid = rows.first()
    if grid is None:
        raise InvalidInputError(_("本社区没有“%s”这个网格。") % row["grid"])
    if Checkpoint.objects.filter(grid=grid, name=row["name"]).exists():
        return False
    position = None if row["longitude"] is None else (row["longitude"], row["latitude"])
    spot = Spot(name=row["name"], position=position, order=row["order"] or 1)
    checkpoint_create(grid=grid, spot=spot, actor=writer.actor, at=writer.at)
    return True


POINTS: Final = ImportKind(
    code="checkpoints",
    label=gettext_lazy("巡查点位"),
    power=Power.GRID_RUN,
    columns=(
        Column("grid", "网格", 60, needed=True),
        Column("name", "名称", 40, needed=True),
        Column("longitude", "经度", 24, parse=lambda text: _degrees(180, text)),
        Column("latitude", "纬度", 24, parse=lambda text: _degrees(90, text)),
        Column("order", "顺序", 4, parse=number_of),
    ),
    key=("grid", "name"),
    write=one_by_one(_write),
    gaps=_gaps,
    notes=(
        gettext_lazy("网格写本社区已有的网格；经纬度是 WGS 84，可以都不填。"),
        gettext_lazy("打卡码由系统生成，导入后到“巡查点位”里打印。"),
    ),
    example=("第1网格", "东门", "110.7012", "35.5963", "1"),
)
