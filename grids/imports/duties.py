"""职责清单: what the people of each grid do, a duty a row (G-01)."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.duties import Power
from community.sheet_kinds import Column, ImportKind, Row, Writer, one_by_one
from core.errors import InvalidInputError
from grids.actions.duty_list import LONGEST, grid_duty_add
from grids.models import Grid


def _write(writer: Writer, row: Row) -> bool:
    """A duty that stands in the grid's list is left as it is."""
    grid = Grid.objects.filter(community=writer.community, name=row["grid"]).first()
    if grid is None:
        raise InvalidInputError(_("本社区没有“%s”这个网格。") % row["grid"])
    return grid_duty_add(
        grid_id=grid.pk, title=row["title"], name=row["name"], actor=writer.actor, at=writer.at
    )


DUTIES: Final = ImportKind(
    code="duties",
    label=gettext_lazy("网格职责清单"),
    power=Power.PLACE_MANAGE,
    columns=(
        Column("grid", "网格", 60, needed=True),
        Column("title", "职责", LONGEST, needed=True),
        Column("name", "清单名称", 60),
    ),
    key=("grid", "title"),
    write=one_by_one(_write),
    notes=(
        gettext_lazy("一行一条职责，按行的先后排；网格写本社区已有的网格。"),
        gettext_lazy(
            "清单名称留空，记在这个网格自己的清单里，没有就新建一份；几个网格共用一份的，都写同一个名称。"
        ),
        gettext_lazy("清单里已有的职责不会重复，也不会删去；要改写或删去，请到“职责清单”里改。"),
    ),
    example=("第1网格", "早间巡查", "网格员日常职责"),
)
