"""任职: who holds which duty where; each row is given by the same action as at the desk."""

from __future__ import annotations

from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.actions.post import post_employment_add, post_give
from community.duties import Duty, Employment, Power
from community.imports.places import place_named
from community.models import Post
from community.sheet_kinds import (
    Column,
    ImportKind,
    Problem,
    Row,
    Texts,
    Writer,
    day_of,
    mobile_of,
    one_by_one,
)
from core.errors import InvalidInputError
from core.models import User

DUTIES: Final = {
    "网格员": Duty.GRID_WORKER.value,
    "辅助网格员": Duty.GRID_AUXILIARY.value,
    "网格长": Duty.GRID_LEADER.value,
    "包片干部": Duty.AREA_OFFICER.value,
    "社区工作人员": Duty.CLERK.value,
    "管理员（审批分配）": Duty.DISPATCHER.value,
    "社区书记": Duty.SECRETARY.value,
    "系统管理员": Duty.ADMINISTRATOR.value,
    "楼长": Duty.BUILDING_HEAD.value,
    "物业代表": Duty.PROPERTY_REP.value,
}


EMPLOYMENTS: Final = {"": "", "专职": Employment.FULL.value, "兼职": Employment.PART.value}


def _gaps(texts: Texts) -> list[Problem]:
    if texts["username"] or texts["phone"]:
        return []
    return [("用户名", _("用户名和手机号至少填一个。"))]


def _account(row: Row) -> User:
    """The account in use that both say; a sheet invites nobody."""
    given: dict[str, Any] = {name: row[name] for name in ("username", "phone") if row[name]}
    found = User.objects.filter(is_staff=True, is_active=True, **given).first()
    if found is None:
        raise InvalidInputError(_("没有这个用户名或手机号的工作人员账号，请先到“账号”里邀请。"))
    return found


def _write(writer: Writer, row: Row) -> bool:
    """The very post is left as it is, but for 专职 or 兼职 that nobody had said. Nobody gets what the
    importer may not give at the desk."""
    user, place = _account(row), place_named(writer.community, row["place"])
    starts_on = row["starts_on"] or timezone.localdate(writer.at)
    same = Post.objects.filter(user=user, duty=row["duty"], place=place, deputises=None)
    on_the_day = same.filter(starts_on=starts_on)
    known = on_the_day if row["starts_on"] else same.overlapping(starts_on, row["ends_on"])
    there = known.order_by("starts_on").first()
    if there is not None:
        return bool(row["employment"]) and post_employment_add(
            post_id=there.pk, employment=row["employment"], actor=writer.actor, at=writer.at
        )
    post_give(
        user=user,
        duty=row["duty"],
        place=place,
        starts_on=starts_on,
        ends_on=row["ends_on"],
        employment=row["employment"],
        actor=writer.actor,
        at=writer.at,
    )
    return True


POSTS: Final = ImportKind(
    code="posts",
    label=gettext_lazy("任职"),
    power=Power.POST_MANAGE,
    columns=(
        Column("username", "用户名", 60),
        Column("phone", "手机号", 24, parse=mobile_of),
        Column("duty", "职务", 12, needed=True, choices=tuple(DUTIES), parse=DUTIES.__getitem__),
        Column("place", "地点", 200),
        Column("starts_on", "起", 24, parse=day_of),
        Column("ends_on", "止", 24, parse=day_of),
        Column(
            "employment",
            "专职或兼职",
            4,
            later=True,
            choices=("专职", "兼职"),
            parse=EMPLOYMENTS.__getitem__,
        ),
    ),
    key=("username", "phone", "duty", "place", "starts_on"),
    write=one_by_one(_write),
    gaps=_gaps,
    notes=(
        gettext_lazy("用户名和手机号至少填一个，账号要先邀请好；您不能给的职务，这里也导不进去。"),
        gettext_lazy("地点留空是本社区；起留空是今天，止留空是不定期。日期如 2026-01-31。"),
        gettext_lazy("专职或兼职只填网格长、网格员和辅助网格员的；已有的任职没有注明的，导入时补上。"),
    ),
    example=("wang", "13800000001", "网格员", "第1网格", "2026-01-01", "", "专职"),
)
