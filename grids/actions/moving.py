"""改派: whoever leads a grid puts a need or an errand into other hands, and says why."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from community import permissions
from community.duties import Power
from community.models import Place
from community.permissions import Scope, has_power
from core import outbox
from core.audit import record
from core.errors import InvalidInputError, RepeatedError
from core.language import gettext as _
from core.models import User
from grids import moving_notices
from grids.models import AssistedApplication, Errand, HandOver, Need


@transaction.atomic
def need_move(*, need_id: int, worker_id: int, reason: str, actor: User, at: datetime) -> Need:
    """Give a need to somebody of the grid; its tier and its deadline stay as they are.

    Raises:
        NotAllowedError: `actor` does not lead that grid.
        ConflictError: solved or closed, or it is theirs already.
        InvalidInputError: not a word of why, or somebody who does not go from door to door there.
    """
    # not with `handler`: a row that changed while we waited is dropped with its stale join (decision 0008)
    need = Need.objects.locked().select_related("place").get(pk=need_id)
    trace = permissions.authorise(actor, Power.GRID_RUN, Scope(need.place.path), at=at)
    if need.solved_at is not None:
        raise RepeatedError(_("这件事已经解决了，不用再改派。"))
    move = _over(need.handler, _hands(worker_id, need.place, reason, at), actor, at, reason)
    move.need = need
    need.handler = move.after
    moved_keep(move, need, "handler", trace)
    outbox.send(moving_notices.need_moved(move, at=at))
    return need


@transaction.atomic
def errand_move(*, errand_id: int, worker_id: int, reason: str, actor: User, at: datetime) -> Errand:
    """Give an errand to somebody of the grid, who is asked from now on whether the household knows.

    Raises:
        NotAllowedError: `actor` does not lead that grid.
        ConflictError: the household knows already, or it is theirs already.
        InvalidInputError: not a word of why, or somebody who does not go from door to door there.
    """
    rows = Errand.objects.locked().select_related("place", "household__place__parent__parent")
    errand = rows.get(pk=errand_id)
    trace = permissions.authorise(actor, Power.GRID_RUN, Scope(errand.place.path), at=at)
    if errand.told_at is not None:
        raise RepeatedError(_("已经告知过居民了。"))
    move = _over(errand.worker, _hands(worker_id, errand.place, reason, at), actor, at, reason)
    move.errand = errand
    errand.worker = move.after
    moved_keep(move, errand, "worker", trace)
    outbox.send(moving_notices.errand_moved(move, at=at))
    return errand


def _hands(worker_id: int, place: Place, reason: str, at: datetime) -> User:
    """The person, if they go from door to door there now and it is said why."""
    if not reason.strip():
        raise InvalidInputError(_("请写明为什么改派。"))
    worker = User.objects.filter(pk=worker_id, is_active=True).first()
    if worker is None or not has_power(worker, Power.HOME_VISIT, Scope(place.path), at=at):
        raise InvalidInputError(_("请选择在这个网格任职的人。"))
    return worker


def _over(before: User | None, after: User, by: User, at: datetime, reason: str) -> HandOver:
    if before == after:
        raise RepeatedError(_("现在就在这个人手里。"))
    return HandOver(before=before, after=after, by=by, at=at, reason=reason.strip()[:200])


def moved_keep(move: HandOver, subject: Need | Errand | AssistedApplication, field: str, post: str) -> None:
    """Keep whose hands it is in now, the move itself, and a line of the trail, in the open transaction."""
    subject.save(update_fields=[field])
    move.save()
    record(
        event=f"{subject._meta.model_name}.moved",
        actor=move.by,
        subject=subject,
        at=move.at,
        scope_path=subject.place.path,
        post=post,
        fields=[field],
    )
