"""What is said about people missing in grids; every function returns messages, the action queues them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.display import absolute
from core.language import in_house
from core.outbox import Message
from grids.models import Grid

KINDS: Final = {
    "grid.vacant": gettext_lazy("网格员空缺"),
    "grid.short": gettext_lazy("网格缺员"),
    "grid.uncharged": gettext_lazy("没有人包的住户"),
}
NAMED: Final = 20
"""More grids than these are not named one by one in a message."""


@in_house
def named(names: Sequence[str]) -> str:
    """Grids by name, of many the first and how many there are."""
    shown = "、".join(names[:NAMED])
    return (
        shown
        if len(names) <= NAMED
        else _("%(names)s等 %(count)d 个网格")
        % {
            "names": shown,
            "count": len(names),
        }
    )


def _message(
    kind: str,
    user_id: int,
    title: str,
    body: str,
    day: date,
    at: datetime,
    page: str = "admin:grids_grid_overview",
) -> Message:
    return Message(
        kind=kind,
        dedupe_key=f"{kind}.{user_id}.{day}",
        title=title,
        body=body,
        at=at,
        user_id=user_id,
        url=absolute(reverse(page)),
    )


@in_house
def vacant(user_id: int, grids: Sequence[str], *, day: date, at: datetime) -> Message:
    """Grids that have lost their worker: their matters go to the leader until there is another."""
    body = _("%s没有网格员了，那里的事先由网格长办。请尽快安排人接任。") % named(grids)
    return _message("grid.vacant", user_id, _("网格员空缺"), body, day, at)


@in_house
def short(user_id: int, grids: Sequence[str], *, day: date, at: datetime) -> Message:
    """The week's list of grids with fewer people than the norm asks for."""
    body = _("%s没有配齐网格长和网格员。缺员不影响网格运行，请酌情补充。") % named(grids)
    return _message("grid.short", user_id, _("网格缺员"), body, day, at)


@in_house
def uncharged(user_id: int, count: int, grids: Sequence[str], *, day: date, at: datetime) -> Message:
    """Households that are in nobody's hands."""
    where = named(grids)
    body = _("%(grids)s有 %(count)d 户还没有网格员包户，请安排。") % {"grids": where, "count": count}
    return _message("grid.uncharged", user_id, _("有住户没有人包"), body, day, at, "grids:orphans")


@in_house
def left_alone(user_id: int, count: int, grid: Grid | None, *, day: date, at: datetime) -> Message:
    """Doors whose building has gone to another grid, where nobody is there to take them on, or to none."""
    if grid is None:
        body, url = _("楼栋不再属于任何网格，%d 户从今天起没有人包，请把楼栋划到网格里。") % count, ""
    else:
        body = _("楼栋划归%(grid)s，那里没有网格员，%(count)d 户从今天起没有人包，请安排。") % {
            "grid": grid.name,
            "count": count,
        }
        url = absolute(f"{reverse('grids:orphans')}?grid={grid.pk}")
    message = _message("grid.uncharged", user_id, _("有住户没有人包"), body, day, at)
    own_key = f"{message.dedupe_key}.{grid.pk if grid else ''}.{at:%H%M%S%f}"
    return replace(message, dedupe_key=own_key, url=url or message.url)
