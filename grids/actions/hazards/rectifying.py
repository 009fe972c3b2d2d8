"""A hazard is put right, looked at again by somebody else, or goes into other hands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from community.duties import LADDER, Duty, Power
from community.permissions import Scope, has_power, held_posts, require_power
from core import outbox, reminders
from core.audit import record
from core.errors import IllegalMoveError, InvalidInputError, NotAllowedError, RepeatedError
from core.language import gettext as _
from core.models import StoredImage, User
from grids import hazard_notices
from grids.actions.hazards.filing import Answerable, day_fits, give, photos_add
from grids.models import Hazard, HazardEvent, HazardEventKind, HazardState
from grids.models.hazard import UNSAFE
from grids.selectors.companies import answers_for, reps_of
from grids.selectors.ladder import held_over
from grids.selectors.rechecking import checkers_of


@transaction.atomic
def hazard_done(
    *, hazard_id: int, note: str, photos: Sequence[StoredImage], actor: User, at: datetime
) -> Hazard:
    """Whoever answers for it, or the grid's people for them, say that it is put right; others look again.

    Raises:
        InvalidInputError: nothing said of how, or a company without a photo.
        NotAllowedError: neither theirs to put right, their company's, nor in their grid.
        ConflictError: said already, or closed.
    """
    if not note.strip():
        raise InvalidInputError(_("请写明怎样整改的。"))
    hazard = _locked(hazard_id)
    scope = Scope(hazard.scope.path)
    is_company = answers_for(actor, hazard, at=at)
    if hazard.responsible_id != actor.pk and not is_company:
        require_power(actor, Power.PETITION_HANDLE, scope, at=at)
    if is_company and not photos:
        raise InvalidInputError(_("请拍一张整改后的照片。"))
    _must_be_unsafe(hazard)
    if hazard.state == HazardState.DONE:
        raise RepeatedError(_("已经报过整改完成，请等复查。"))
    day = timezone.localdate(at)
    hazard.state, hazard.done_at, hazard.sweep_on = HazardState.DONE, at, day + timedelta(days=1)
    hazard.save(update_fields=["state", "done_at", "sweep_on"])
    photos_add(hazard, HazardEventKind.DONE, photos)
    _note(hazard, HazardEventKind.DONE, actor, at, note)
    checker = checkers_of([hazard], held_over([hazard.scope], LADDER, day), day)[hazard.pk]
    reminders.claim("hazard", f"{hazard.round}.checker.{checker or 0}", [hazard.pk], at)
    outbox.send(hazard_notices.to_recheck(hazard, checker, but=actor, at=at))
    return hazard


@transaction.atomic
def hazard_close(
    *, hazard_id: int, note: str, photos: Sequence[StoredImage], actor: User, at: datetime
) -> Hazard:
    """复查通过: somebody other than whoever answers for it has seen that it is gone, with a photo.

    Raises:
        InvalidInputError: no photo.
        NotAllowedError: the responsible person's own hazard, or not this person's grid.
        ConflictError: closed already.
    """
    hazard = _to_recheck(hazard_id, actor, at)
    if not photos:
        raise InvalidInputError(_("销号要有复查照片。"))
    hazard.state, hazard.closed_at, hazard.sweep_on = HazardState.CLOSED, at, None
    hazard.rechecked_by, hazard.recheck_photo = actor, photos[0]
    hazard.save(update_fields=["state", "closed_at", "sweep_on", "rechecked_by", "recheck_photo"])
    photos_add(hazard, HazardEventKind.CLOSED, photos)
    _note(hazard, HazardEventKind.CLOSED, actor, at, note)
    outbox.send(hazard_notices.closed(hazard, _reps(hazard, at), but=actor, at=at))
    return hazard


@transaction.atomic
def hazard_reopen(
    *,
    hazard_id: int,
    reason: str,
    rectify_by: date | None,
    photos: Sequence[StoredImage],
    actor: User,
    at: datetime,
) -> Hazard:
    """复查不通过: still there, with a new day for the same people.

    Raises:
        InvalidInputError: no reason, or no day that can be meant.
        NotAllowedError: the responsible person's own hazard, or not this person's grid.
        ConflictError: closed already.
    """
    hazard = _to_recheck(hazard_id, actor, at)
    if not reason.strip() or rectify_by is None:
        raise InvalidInputError(_("复查不通过，要写明原因和新的整改时限。"))
    day_fits(rectify_by, timezone.localdate(at))
    again = Answerable(rectify_by, hazard.responsible, hazard.responsible_body, hazard.responsible_name)
    _give_again(hazard, again, at)
    photos_add(hazard, HazardEventKind.IN_VAIN, photos)
    _note(hazard, HazardEventKind.IN_VAIN, actor, at, reason)
    outbox.send(hazard_notices.given(hazard, _reps(hazard, at), but=actor, at=at))
    return hazard


@transaction.atomic
def hazard_move(*, hazard_id: int, answerable: Answerable, reason: str, actor: User, at: datetime) -> Hazard:
    """The leader gives it into other hands, or another day; nobody moves what they answer for themselves.

    Raises:
        InvalidInputError: no reason, nobody, or no day that can be meant.
        NotAllowedError: nobody's leader here, or the responsible person.
        ConflictError: closed already.
    """
    hazard = _locked(hazard_id)
    require_power(actor, Power.GRID_RUN, Scope(hazard.scope.path), at=at)
    if hazard.responsible_id == actor.pk:
        raise NotAllowedError(_("您是责任人，不能自己改责任人或时限。"))
    _must_be_unsafe(hazard)
    if not reason.strip():
        raise InvalidInputError(_("请写明为什么改责任人或时限。"))
    if answerable.is_nobody:
        raise InvalidInputError(_("请写明责任人。"))
    day_fits(answerable.rectify_by, timezone.localdate(at))
    _give_again(hazard, answerable, at)
    _note(hazard, HazardEventKind.MOVED, actor, at, reason)
    outbox.send(hazard_notices.given(hazard, _reps(hazard, at), but=actor, at=at))
    return hazard


def may_recheck(hazard: Hazard, actor: User, at: datetime) -> bool:
    """Whether this person may say that it is gone: of the grid, and not the one who answers for it."""
    if hazard.responsible_id == actor.pk or _stands_for_body(hazard, actor, at):
        return False
    return has_power(actor, Power.PETITION_HANDLE, Scope(hazard.scope.path), at=at)


def _to_recheck(hazard_id: int, actor: User, at: datetime) -> Hazard:
    hazard = _locked(hazard_id)
    if hazard.responsible_id == actor.pk or _stands_for_body(hazard, actor, at):
        raise NotAllowedError(_("复查要由责任人以外的人做。"))
    require_power(actor, Power.PETITION_HANDLE, Scope(hazard.scope.path), at=at)
    _must_be_unsafe(hazard)
    return hazard


def _stands_for_body(hazard: Hazard, actor: User, at: datetime) -> bool:
    """Whether a company answers for it, and this person represents the property company there."""
    if hazard.responsible_body_id is None:
        return False
    posts = (post for post in held_posts(actor, at=at) if post.duty == Duty.PROPERTY_REP)
    return any(hazard.place.path.startswith(post.place_path) for post in posts)


def _reps(hazard: Hazard, at: datetime) -> Sequence[int]:
    return reps_of([hazard], timezone.localdate(at)).get(hazard.pk, ())


def _give_again(hazard: Hazard, answerable: Answerable, at: datetime) -> None:
    hazard.state, hazard.done_at = HazardState.OPEN, None
    hazard.round += 1
    give(hazard, answerable, at)
    hazard.save()


def _locked(hazard_id: int) -> Hazard:
    rows = Hazard.objects.locked().select_related(
        "scope", "place__parent", "type", "responsible", "responsible_body"
    )
    return rows.get(pk=hazard_id)


def _must_be_unsafe(hazard: Hazard) -> None:
    if hazard.state == HazardState.CLOSED:
        raise RepeatedError(_("这处隐患已经销号。"))
    if hazard.state not in UNSAFE:
        raise IllegalMoveError(_("这处隐患已当场整改，不用再办。"))


def _note(hazard: Hazard, kind: HazardEventKind, actor: User, at: datetime, words: str) -> None:
    HazardEvent.objects.create(hazard=hazard, kind=kind, at=at, by=actor, note=words.strip()[:300])
    posts = [post.trace for post in held_posts(actor, at=at)]
    record(
        event=f"hazard.{kind.value}",
        actor=actor,
        subject=hazard,
        at=at,
        scope_path=hazard.scope.path,
        post=posts[0] if posts else "",
    )
