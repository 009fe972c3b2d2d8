"""旧隐患台账: hazards as a community kept them in a sheet, closed ones and those still open (G-19)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.duties import Power
from community.imports.places import place_named
from community.models import Community, Organisation, Place, Post
from community.models.place import PlaceKind
from community.sheet_kinds import (
    Column,
    ImportKind,
    Outcome,
    Problem,
    Row,
    Texts,
    Writer,
    day_of,
    mobile_of,
)
from core.errors import InvalidInputError
from core.models import User
from grids.actions.hazards.filing import Answerable, company_of
from grids.actions.hazards.importing import OldHazard, hazards_import, hazards_judge
from grids.models import HazardState
from grids.models.hazard import OLD_NAME_MAX, OLD_NUMBER_MAX
from grids.selectors.buildings import grids_of
from grids.selectors.hazards import HANDLERS, types_for

STATES: Final = {
    "当场整改": HazardState.FIXED.value,
    "整改中": HazardState.OPEN.value,
    "待复查": HazardState.DONE.value,
    "已销号": HazardState.CLOSED.value,
}
OPEN: Final = ("整改中", "待复查")
Action = Callable[..., list[Outcome]]


def _gaps(texts: Texts) -> list[Problem]:
    """What is open stands in somebody's hands with a day."""
    if texts["state"] not in OPEN:
        return []
    missing = [] if texts["rectify_by"] else [("整改时限", _("没有销号的，要写明整改时限。"))]
    if not texts["responsible"] and not texts["phone"]:
        missing.append(("责任人", _("没有销号的，要写明责任人。")))
    return missing


class _Refused(Exception):
    """A cell that means nothing in this community."""

    def __init__(self, column: str, words: str) -> None:
        self.outcome = Outcome(problem=words, column=column)


class _Batch:
    """What the rows of a batch name, found once for all of them."""

    def __init__(self, writer: Writer, rows: Sequence[Row]) -> None:
        self.community, self.day = writer.community, timezone.localdate(writer.at)
        self.types = {one.name: one for one in types_for(writer.community)}
        self.places: dict[str, Place | str] = {}
        for name in {row["place"] for row in rows}:
            self.places[name] = _place(writer.community, name)
        self.grids = grids_of([one for one in self.places.values() if isinstance(one, Place)])
        self.accounts = _accounts({row["phone"] for row in rows} - {""}, self.day)
        self.companies: dict[int, Organisation | None] = {}

    def old(self, row: Row) -> OldHazard:
        """The hazard that a row tells of.

        Raises:
            _Refused: a place, type or person that is not known here.
        """
        place = self.places[row["place"]]
        if isinstance(place, str):
            raise _Refused("地点", place)
        if row["type"] not in self.types:
            words = _("没有“%(name)s”这种隐患类型，可以填：%(known)s。")
            raise _Refused("类型", words % {"name": row["type"], "known": _("、").join(self.types)})
        given: dict[str, Any] = {name: row[name] for name in row if name not in {"place", "type", "phone"}}
        return OldHazard(
            **given, place=place, type=self.types[row["type"]], answerable=self.answerable(row, place)
        )

    def answerable(self, row: Row, place: Place) -> Answerable | None:
        """Of what is open: somebody's account, the estate's property company, or a name."""
        day: date | None = row["rectify_by"]
        if row["state"] not in (HazardState.OPEN, HazardState.DONE) or day is None:
            return None
        if row["phone"]:
            return Answerable(day, user=self.account(row["phone"], place))
        company = self.company(place)
        if company is not None and company.name == row["responsible"]:
            return Answerable(day, body=company)
        return Answerable(day, name=row["responsible"])

    def account(self, phone: str, place: Place) -> User:
        grid = self.grids.get(place.pk)
        scope = place if place.kind == PlaceKind.GRID else grid.place if grid else self.community.place
        found = (user for user, path in self.accounts.get(phone, ()) if scope.path.startswith(path))
        user = next(found, None)
        if user is None:
            words = _("没有这个手机号、在那里任职的工作人员；没有账号的，手机号请留空。")
            raise _Refused("责任人手机号", words)
        return user

    def company(self, place: Place) -> Organisation | None:
        if place.pk not in self.companies:
            self.companies[place.pk] = company_of(place)
        return self.companies[place.pk]


def _place(community: Community, name: str) -> Place | str:
    try:
        return place_named(community, name)
    except InvalidInputError as refusal:
        return str(refusal.message)


def _accounts(phones: set[str], day: date) -> Mapping[str, Sequence[tuple[User, str]]]:
    """Who of these may put a hazard right, and over which places; one statement."""
    if not phones:
        return {}
    posts = Post.objects.held_on(day).filter(
        user__phone__in=phones, user__is_active=True, user__is_staff=True, duty__in=HANDLERS
    )
    found: dict[str, list[tuple[User, str]]] = {}
    for post in posts.select_related("user", "place").order_by("-place__depth", "pk"):
        found.setdefault(post.user.phone or "", []).append((post.user, post.place.path))
    return found


def _by(action: Action) -> Callable[[Writer, Sequence[Row]], list[Outcome]]:
    return partial(_write, action)


def _write(action: Action, writer: Writer, rows: Sequence[Row]) -> list[Outcome]:
    batch, outcomes, sound = _Batch(writer, rows), dict[int, Outcome](), dict[int, OldHazard]()
    for at, row in enumerate(rows):
        try:
            sound[at] = batch.old(row)
        except _Refused as refused:
            outcomes[at] = refused.outcome
    added = action(community=writer.community, hazards=list(sound.values()), actor=writer.actor, at=writer.at)
    outcomes |= dict(zip(sound, added, strict=True))
    return [outcomes[at] for at in range(len(rows))]


HAZARDS: Final = ImportKind(
    code="hazards",
    label=gettext_lazy("旧隐患台账"),
    power=Power.HISTORY_IMPORT,
    columns=(
        Column("old_number", "旧编号", OLD_NUMBER_MAX, needed=True),
        Column("type", "类型", 30, needed=True),
        Column("place", "地点", 200),
        Column("spot", "具体位置", 100),
        Column("text", "隐患情况", 500, needed=True),
        Column("found_on", "发现日期", 24, needed=True, parse=day_of),
        Column("finder", "排查人", OLD_NAME_MAX),
        Column("responsible", "责任人", 40),
        Column("phone", "责任人手机号", 24, parse=mobile_of),
        Column("rectify_by", "整改时限", 24, parse=day_of),
        Column("done", "整改情况", 300),
        Column("done_on", "整改日期", 24, parse=day_of),
        Column("rechecked_on", "复查日期", 24, parse=day_of),
        Column("state", "状态", 8, needed=True, choices=tuple(STATES), parse=STATES.__getitem__),
    ),
    key=("old_number",),
    write=_by(hazards_import),
    judge=_by(hazards_judge),
    gaps=_gaps,
    notes=(
        gettext_lazy("一行一处隐患。旧编号在本社区不能重复；没有编号的，请按年份和顺序编一个，如 2021-037。"),
        gettext_lazy("类型写系统里已有的隐患类型。地点留空是本社区；要填就写已有的小区、楼栋或网格。"),
        gettext_lazy(
            "“当场整改”“已销号”只入台账，不再提醒任何人，也不算进按时率；要写整改情况，已销号的还要写整改或复查日期。"
        ),
        gettext_lazy(
            "“整改中”“待复查”从导入这天起按时限提醒，必须有整改时限（今天到一年之内）和责任人；原来的时限过了的，请和责任人另定。"
        ),
        gettext_lazy(
            "责任人有账号的，写手机号，由本人收提醒；写小区物业公司的名称，就交给这家公司；其他的只写姓名。"
        ),
        gettext_lazy("销号超过保存期限的，只留编号、类型、地点和日期。"),
    ),
    example=(
        *("2021-037", "楼道杂物堆积", "翠微小区 3号楼", "三层转角", "旧家具堵住半条路。", "2021-03-05"),
        *("王队长", "", "", "", "已和住户一起搬走。", "2021-03-06", "2021-03-08", "已销号"),
    ),
)
