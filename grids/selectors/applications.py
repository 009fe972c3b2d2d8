"""Assisted applications as those see them who walk them, and as the resident follows their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db.models import F, Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.duties import Power
from community.models import Community
from community.permissions import paths_with, powers_anywhere
from core.display import day
from core.errors import NotFoundError
from core.models import User
from core.registries import Asking, AskingTile, DataSubject, Tile
from grids.models import ApplicationStep, AssistedApplication

SHOWN: Final = 60
HEADS: Final = {"at": gettext_lazy("时间"), "what": gettext_lazy("申请什么"), "facts": gettext_lazy("情况")}


def applications_of(user: User, *, at: datetime) -> QuerySet[AssistedApplication]:
    """Every application of the grids in which this person goes from door to door."""
    rows = AssistedApplication.objects.under(paths_with(user, Power.HOME_VISIT, at=at))
    return rows.select_related("household__place__parent__parent", "place", "worker", "resident")


def applications_shown(user: User, *, at: datetime) -> Sequence[AssistedApplication]:
    """What is under way by the day of its step, then what ended; sixty at most; two statements."""
    rows = applications_of(user, at=at).order_by(F("ended_at").desc(nulls_first=True), "pk")
    return list(rows.prefetch_related("steps")[:SHOWN])


def application_of(user: User, pk: int, *, at: datetime) -> AssistedApplication:
    """One application with its steps.

    Raises:
        NotFoundError: none, or none of theirs.
    """
    steps = Prefetch("steps", ApplicationStep.objects.select_related("done_by").order_by("number"))
    rows = applications_of(user, at=at).select_related("follow_on_of", "follow_on")
    found = rows.prefetch_related(steps).filter(pk=pk).first()
    if found is None:
        raise NotFoundError(_("没有找到这件申请。"))
    return found


def applications_for(user: User) -> Sequence[AssistedApplication]:
    """A resident's own, the newest first; two statements."""
    rows = AssistedApplication.objects.filter(resident__user=user).select_related("worker")
    return list(rows.prefetch_related("steps").order_by("-pk")[:SHOWN])


def walk_of(application: AssistedApplication) -> list[dict[str, Any]]:
    """The steps as a stepper shows them: done, now, to do."""
    found, is_now = [], application.ended_at is None
    for one in application.steps.all():
        state = "done" if one.done_at else "now" if is_now else "todo"
        is_now = is_now and bool(one.done_at)
        note = day(one.done_at) if one.done_at else (_("%s前") % day(one.due_on) if one.due_on else "")
        found.append({"label": f"{one.name} · {one.agency}", "state": state, "note": note})
    return found


def _open(who: Asking) -> QuerySet[Any, Any] | None:
    at = who.at
    if Power.HOME_VISIT not in powers_anywhere(who.user, at):
        return None
    paths = paths_with(who.user, Power.HOME_VISIT, at=at)
    under_way = AssistedApplication.objects.under(paths).filter(ended_at=None)
    own = ApplicationStep.objects.waiting().filter(application__in=under_way)
    return own.order_by().values(late=Q(due_on__lt=timezone.localdate(at)))[:SHOWN]


def _tile(rows: Sequence[Mapping[str, Any]]) -> Tile | None:
    late = sum(row["late"] for row in rows)
    text = _("超过时限 %d 件") % late if late else _("陪居民一步一步办")
    url = reverse("grids:applications")
    return Tile(_("帮办申请"), url, text=text, count=len(rows), icon="clipboard-list", code="applications")


TILE_APPLICATIONS: Final = AskingTile(_open, _tile)
"""On the day of those who go from door to door: what is under way, and what is late."""


def tile_mine(_request: HttpRequest) -> Tile:
    """On the page 我的: how far one's own applications are."""
    text = _("网格员帮您办的申请，办到哪一步")
    return Tile(title=_("帮办进度"), text=text, url=reverse("grids:applications_mine"), icon="clipboard-list")


def applications_own(subject: DataSubject) -> Sequence[Mapping[str, Any]]:
    """Applications of the person behind an account; one statement."""
    if subject.user_id is None:
        return []
    rows = AssistedApplication.objects.filter(resident__user=subject.user_id).order_by("-pk")
    return [{"at": one.opened_at, "what": str(one), "facts": one.facts} for one in rows]


def applications_kept(_community: Community) -> str:
    """How long the words of an application are kept, in words."""
    return _("结束 3 年后抹去文字，只留日期")
