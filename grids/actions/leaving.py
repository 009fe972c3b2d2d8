"""What people who have left their grid had in hand goes to whoever is there now (G-03)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from community.duties import Duty
from community.models import Place, Post
from community.selectors.holders import ladder_holder
from core import outbox
from core.audit import record
from core.language import gettext as _
from core.models import User
from grids import moving_notices
from grids.models import AssistedApplication, Errand, HandOver, Need


@dataclass(frozen=True, slots=True)
class Successor:
    """Who takes over from whom, at a grid."""

    before: User
    after: User
    place: Place


def work_passed_on(*, at: datetime, by: Successor | None = None) -> int:
    """Needs, errands and applications in the name of somebody without a post over them go to the worker, or
    up the ladder; deadlines stay. Where nobody is in post they stay in that name; how many changed hands.

    With `by` only what this person leaves at this grid, and to the successor.
    """
    needs = _left(Need.objects.filter(solved_at=None, closed_at=None), "handler", at, by)
    errands = _left(Errand.objects.filter(told_at=None), "worker", at, by)
    applications = _left(AssistedApplication.objects.filter(ended_at=None), "worker", at, by)
    to = by.after if by else None
    passed = [*(_need(pk, to, at) for pk in needs), *(_errand(pk, to, at) for pk in errands)]
    return sum([*passed, *(_application(pk, to, at) for pk in applications)])


def _left(rows: QuerySet[Any], name: str, at: datetime, by: Successor | None) -> list[int]:
    """The keys of rows whose holder is in no post over their place today."""
    posts = Post.objects.held_on(timezone.localdate(at)).filter(user=OuterRef(name))
    if by is not None:
        rows = rows.filter(**{name: by.before, "place__path__startswith": by.place.path})
    left = rows.filter(**{f"{name}__isnull": False}).exclude(Exists(posts.over("place__path")))
    return list(left.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _need(pk: int, to: User | None, at: datetime) -> bool:
    need = Need.objects.locked().select_related("place").get(pk=pk)
    holder = to or _next(need.place, at)
    if holder in {None, need.handler} or need.solved_at is not None or need.closed_at is not None:
        return False
    before, need.handler = need.handler, holder
    need.save(update_fields=["handler"])
    move = _moved(HandOver(need=need, before=before, after=holder), need.place, at)
    outbox.send(moving_notices.need_moved(move, at=at))
    return True


@transaction.atomic
def _errand(pk: int, to: User | None, at: datetime) -> bool:
    rows = Errand.objects.locked().select_related("place", "household__place__parent__parent")
    errand = rows.get(pk=pk)
    holder = to or _next(errand.place, at)
    if holder in {None, errand.worker} or errand.told_at is not None:
        return False
    before, errand.worker = errand.worker, holder
    errand.save(update_fields=["worker"])
    move = _moved(HandOver(errand=errand, before=before, after=holder), errand.place, at)
    outbox.send(moving_notices.errand_moved(move, at=at))
    return True


@transaction.atomic
def _application(pk: int, to: User | None, at: datetime) -> bool:
    rows = AssistedApplication.objects.locked().select_related("place", "resident")
    application = rows.get(pk=pk)
    holder = to or _next(application.place, at)
    if holder in {None, application.worker} or application.ended_at is not None:
        return False
    before, application.worker = application.worker, holder
    application.save(update_fields=["worker"])
    move = _moved(HandOver(application=application, before=before, after=holder), application.place, at)
    outbox.send(moving_notices.application_moved(move, at=at))
    return True


def _next(place: Place, at: datetime) -> User | None:
    """Who answers for the place now."""
    return ladder_holder(place_path=place.path, grid_path=place.path, start=Duty.GRID_WORKER, at=at)[1]


def _moved(move: HandOver, place: Place, at: datetime) -> HandOver:
    move.at, move.reason = at, _("原经办人已离任")
    move.save()
    subject = move.need or move.errand or move.application
    assert subject is not None
    event = f"{subject._meta.model_name}.moved"
    record(event=event, actor=None, subject=subject, at=at, scope_path=place.path)
    return move
