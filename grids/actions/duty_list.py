"""服务定责: lists of duties, and which grid works by which (G-01, G-05)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from community import permissions
from community.duties import Power
from community.models import Community
from community.permissions import Scope
from core.audit import record
from core.errors import ConflictError, InvalidInputError
from core.language import cut
from core.language import gettext as _
from grids.actions.grid import grid_kept
from grids.models import DutyItem, DutyList, Grid

if TYPE_CHECKING:
    from core.models import User

USUAL: Final = (
    "早间巡查",
    "晚间巡查",
    "问候问需，解答咨询",
    "入户走访",
    "收集社情民意",
    "排查安全隐患",
    "调解邻里矛盾",
)
"""What the articles tell of the day of a grid worker; a new list begins with it (G-05, G-11, P-44)."""
MOST: Final = 40
LONGEST: Final = 80


@transaction.atomic
def duty_list_create(
    *,
    community: Community,
    name: str,
    items: Sequence[str] = USUAL,
    actor: User | None = None,
    at: datetime,
) -> DutyList:
    """Write a list of duties for a community.

    Raises:
        NotAllowedError: `actor` does not keep the community's places.
        InvalidInputError: no duty, one twice, or too many.
        ConflictError: the community has a list of this name.
    """
    scope = Scope(community.place.path)
    trace = permissions.authorise(actor, Power.PLACE_MANAGE, scope, at=at)
    titles = _cleaned(items)
    if DutyList.objects.filter(community=community, name=name).exists():
        raise ConflictError(_("该社区已有同名职责清单。"))
    made = DutyList.objects.create(community=community, name=name)
    _write(made, titles)
    record(
        event="duty_list.created", actor=actor, subject=made, at=at, scope_path=scope.place_path, post=trace
    )
    return made


@transaction.atomic
def duty_list_update(
    *, duty_list_id: int, name: str, items: Sequence[str], actor: User | None, at: datetime
) -> DutyList:
    """Rewrite a list; every grid that works by it does so from now on.

    Raises:
        NotAllowedError: `actor` does not keep the community's places.
        InvalidInputError: no duty, one twice, or too many.
        ConflictError: the community has another list of this name.
    """
    rows = DutyList.objects.select_related("community__place").select_for_update(of=("self",))
    found = rows.get(pk=duty_list_id)
    path = found.community.place.path
    trace = permissions.authorise(actor, Power.PLACE_MANAGE, Scope(path), at=at)
    titles = _cleaned(items)
    if DutyList.objects.filter(community=found.community, name=name).exclude(pk=found.pk).exists():
        raise ConflictError(_("该社区已有同名职责清单。"))
    found.name = name
    found.save(update_fields=["name"])
    found.items.all().delete()
    _write(found, titles)
    record(
        event="duty_list.changed",
        actor=actor,
        subject=found,
        at=at,
        scope_path=path,
        post=trace,
        fields=["name", "items"],
    )
    return found


@transaction.atomic
def grid_duty_add(*, grid_id: int, title: str, name: str = "", actor: User | None, at: datetime) -> bool:
    """Add one duty to the list that a grid works by, made where it has none; False where it stands there.

    Without a `name` it is the grid's own list. One that several grids share is changed by its name alone.

    Raises:
        NotAllowedError: `actor` does not keep the grid's place.
        InvalidInputError: no duty, or too many.
        ConflictError: the grid works by another list, or shares its own.
    """
    grid, trace = grid_kept(grid_id, actor, at)
    held = _list_of(grid, " ".join(name.split()))
    titles = list(held.items.values_list("title", flat=True)) if held.pk else []
    is_new = _cleaned([title])[0] not in titles
    if is_new and not name and Grid.objects.filter(duty_list=held.pk, duty_list__isnull=False).count() > 1:
        raise ConflictError(_("“%s”由几个网格共用，要改它请写明清单名称。") % held.name)
    by: dict[str, Any] = {"actor": actor, "at": at}
    if not held.pk:
        held = duty_list_create(community=grid.community, name=held.name, items=[title], **by)
    elif is_new:
        _cleaned([*titles, title])
        DutyItem.objects.create(duty_list=held, order=len(titles) + 1, title=_cleaned([title])[0])
        record(
            event="duty_list.changed",
            subject=held,
            scope_path=grid.community.place.path,
            post=trace,
            fields=["items"],
            **by,
        )
    if grid.duty_list_id != held.pk:
        grid_set_duties(grid_id=grid.pk, duty_list=held, **by)
        return True
    return is_new


def _list_of(grid: Grid, name: str) -> DutyList:
    """The locked list that a duty goes into; one without a key is still to be made.

    Raises:
        ConflictError: the grid works by another one.
    """
    if grid.duty_list is not None and name not in ("", grid.duty_list.name):
        words = _("这个网格用的是“%s”，要换请先到网格里改选职责清单。")
        raise ConflictError(words % grid.duty_list.name)
    name = name or (grid.duty_list.name if grid.duty_list else cut(_("%s职责清单") % grid.name, 60))
    known = DutyList.objects.select_for_update(of=("self",)).filter(community=grid.community, name=name)
    return known.first() or DutyList(community=grid.community, name=name)


def _cleaned(items: Sequence[str]) -> list[str]:
    titles = [title for item in items if (title := " ".join(item.split()))]
    if not titles:
        raise InvalidInputError(_("职责清单至少要有一条职责。"))
    if len(titles) > MOST:
        raise InvalidInputError(_("一份清单最多 %d 条职责。") % MOST)
    if any(len(title) > LONGEST for title in titles):
        raise InvalidInputError(_("每条职责不超过 %d 个字。") % LONGEST)
    if len(set(titles)) < len(titles):
        raise InvalidInputError(_("同一条职责写了两遍。"))
    return titles


def _write(duty_list: DutyList, titles: Sequence[str]) -> None:
    DutyItem.objects.bulk_create(
        DutyItem(duty_list=duty_list, order=order, title=title) for order, title in enumerate(titles, start=1)
    )


@transaction.atomic
def grid_set_duties(*, grid_id: int, duty_list: DutyList | None, actor: User | None, at: datetime) -> Grid:
    """Say by which list a grid works; a grid in force always has one.

    Raises:
        NotAllowedError: `actor` does not keep the grid's place.
        InvalidInputError: the list is another community's.
        ConflictError: the grid is in force, and none is given.
    """
    grid, trace = grid_kept(grid_id, actor, at)
    if duty_list is not None and duty_list.community_id != grid.community_id:
        raise InvalidInputError(_("只能选本社区的职责清单。"))
    if duty_list is None and grid.is_active:
        raise ConflictError(_("启用的网格要有职责清单。请先停用网格。"))
    grid.duty_list = duty_list
    grid.save(update_fields=["duty_list"])
    record(
        event="grid.duties_set",
        actor=actor,
        subject=grid,
        at=at,
        scope_path=grid.place.path,
        post=trace,
        fields=["duty_list"],
    )
    return grid
