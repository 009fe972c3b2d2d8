"""Spots are looked at every quarter, and boxes opened every week by two (P-06, P-07)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from community import permissions
from community.actions.asking import ask, keepers_of
from community.duties import Duty, Power
from community.models import Community, TalkPoint, TalkPointLook
from community.models.place import TalkPointKind
from community.permissions import Scope, held_posts
from core import reminders
from core.audit import record
from core.display import names_of
from core.errors import InvalidInputError, NotFoundError, RepeatedError
from core.language import gettext as _
from core.models import User

WEEK: Final = 7
QUARTER: Final = 91
SPOTS: Final = (
    TalkPointKind.HALL,
    TalkPointKind.CORNER,
    TalkPointKind.PLATFORM,
    TalkPointKind.BENCH,
)


@transaction.atomic
def talk_point_look(
    *,
    talk_point_id: int,
    actor: User,
    at: datetime,
    witness: str = "",
    notes: int | None = None,
    remark: str = "",
) -> TalkPointLook:
    """Note that a spot was looked at; a box is opened by two, the second named by user name.

    Raises:
        NotFoundError: there is no such spot.
        NotAllowedError: `actor` does not keep the place.
        InvalidInputError: a box without a second person in post there, or without the number of notes.
        RepeatedError: noted today already.
    """
    rows = TalkPoint.objects.select_related("place").select_for_update(of=("self",))
    point = rows.filter(pk=talk_point_id).first()
    if point is None:
        raise NotFoundError(_("没有找到这个说事点。"))
    trace = permissions.authorise(actor, Power.PLACE_MANAGE, Scope(point.place.path), at=at)
    today = timezone.localdate(at)
    if point.looked_on == today:
        raise RepeatedError(_("今天已经记过一次。"))
    is_box = point.kind == TalkPointKind.BOX
    if is_box and notes is None:
        raise InvalidInputError(_("请写取出了几张，没有就写 0。"))
    second = _second(point, actor, witness.strip(), at) if is_box else None
    look = TalkPointLook.objects.create(
        point=point, at=at, by=actor, witness=second, notes=notes if is_box else None, remark=remark.strip()
    )
    point.looked_on = today
    point.save(update_fields=["looked_on"])
    path = point.place.path
    record(event="talk_point.looked_at", actor=actor, subject=point, at=at, scope_path=path, post=trace)
    return look


def _second(point: TalkPoint, actor: User, username: str, at: datetime) -> User:
    """Somebody else in post over the box."""
    found = User.objects.filter(username=username, is_active=True).first() if username else None
    in_post = found is not None and any(
        point.place.path.startswith(post.place_path) or post.place_path.startswith(point.place.path)
        for post in held_posts(found, at=at)
    )
    if found is None or found == actor or not in_post:
        raise InvalidInputError(_("意见箱须两人一起开：请写另一位在本社区任职的工作人员的用户名。"))
    return found


@transaction.atomic
def talk_points_sweep(*, at: datetime) -> int:
    """Ask for the boxes that nobody opened for a week, and the spots that nobody looked at for a quarter;
    each once in a week, or in a quarter. How many were asked for."""
    today = timezone.localdate(at)
    claimed: dict[Community, list[TalkPoint]] = defaultdict(list)
    for stage, due in _due(today):
        rows = {point.pk: point for point in due.select_related("community").order_by("pk")}
        for pk in sorted(reminders.claim("talk_point.look", stage, sorted(rows), at)):
            claimed[rows[pk].community].append(rows[pk])
    keepers = keepers_of(claimed, at, [Duty.SECRETARY])
    for community, points in claimed.items():
        names = names_of(point.name for point in points)
        ask(
            "talk_point.look",
            [point.pk for point in points],
            keepers.get(community.pk, ()),
            title=_("说事点该看了"),
            body=_("请去看一看：%s。意见箱每周由两人开一次，其他说事点每季度看一次，看完记下来。") % names,
            path=reverse("admin:community_talkpoint_changelist"),
            at=at,
        )
    return sum(map(len, claimed.values()))


def _due(today: date) -> Iterator[tuple[str, QuerySet[TalkPoint]]]:
    active = TalkPoint.objects.filter(is_active=True, community__is_active=True)
    year, week, _weekday = today.isocalendar()
    kinds = (
        (f"{year}-W{week:02}", [TalkPointKind.BOX], WEEK),
        (f"{today.year}-Q{(today.month + 2) // 3}", list(SPOTS), QUARTER),
    )
    for stage, chosen, days in kinds:
        old = Q(looked_on=None) | Q(looked_on__lte=date.fromordinal(today.toordinal() - days))
        yield stage, active.filter(old, kind__in=chosen)
