"""帮办申请: walked step by step with the resident told at each, granted or not, followed on (G-14)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone

from community import permissions
from community.duties import Power
from community.models import Household, Resident
from community.permissions import Scope
from core import outbox, reminders
from core.audit import record
from core.batches import rows_update
from core.errors import ConflictError, IllegalMoveError, InvalidInputError, NotFoundError, RepeatedError
from core.language import gettext as _
from core.models import User
from grids import assist_notices
from grids.actions.doors import lock_household
from grids.models import ApplicationResult, ApplicationStep, AssistedApplication, StepTold
from grids.paths import PATHS, ApplicationKind
from grids.selectors.doors import scope_of
from grids.selectors.rungs import rungs_over

DAY: Final = timedelta(days=1)
BATCH: Final = 200
KEPT: Final = timedelta(days=3 * 365)
ERASED: Final = "—"


@transaction.atomic
def application_open(
    *, resident_id: int, kind: ApplicationKind, facts: str, key: UUID, actor: User, at: datetime
) -> AssistedApplication:
    """Begin an application for a resident, with all its steps; the first runs at once.

    Raises:
        NotFoundError: no such resident, or one who is not there any more.
        NotAllowedError: `actor` holds no post over that grid.
        ConflictError: the same is under way for them, or the key is of somebody else's.
    """
    resident = Resident.objects.present().filter(pk=resident_id).first()
    if resident is None:
        raise NotFoundError(_("没有找到这位居民。"))
    household = lock_household(resident.household_id)
    return _open(resident, household, kind, facts, key=key, actor=actor, at=at)


@transaction.atomic
def application_follow_on(*, application_id: int, actor: User, at: datetime) -> AssistedApplication:
    """Begin what follows on a granted application, with the same person and facts.

    Raises:
        NotAllowedError: `actor` holds no post over that grid.
        IllegalMoveError: nothing follows on it.
        ConflictError: it was followed on already.
    """
    before, _trace = _locked(application_id, actor, at)
    if before.resident.is_silent:
        raise NotFoundError(_("没有找到这位居民。"))
    if before.offers is None:
        raise IllegalMoveError(_("这件申请没有可以接着办的。"))
    if AssistedApplication.objects.filter(follow_on_of=before).exists():
        raise RepeatedError(_("接着的申请已经开始办了。"))
    household = lock_household(before.household_id)
    key = uuid5(before.key, before.offers)
    return _open(
        before.resident, household, before.offers, before.facts, key=key, actor=actor, at=at, before=before
    )


@transaction.atomic
def application_step_done(*, application_id: int, note: str, actor: User, at: datetime) -> ApplicationStep:
    """The present step is done; the next runs from now on. With an account the resident is told by message.

    After the last one it is granted, as soon as the resident knows.

    Raises:
        NotAllowedError: `actor` holds no post over that grid.
        ConflictError: it is over.
        IllegalMoveError: the resident does not know of the last step yet.
    """
    application, trace = _locked(application_id, actor, at)
    _must_be_open(application)
    steps = list(application.steps.select_for_update().order_by("number"))
    if any(one.done_at is not None and one.told_at is None for one in steps):
        raise IllegalMoveError(_("上一步还没有告知居民，先告知再办下一步。"))
    step = next(one for one in steps if one.done_at is None)  # a last one that is told ends it
    following = next((one for one in steps if one.number == step.number + 1), None)
    step.done_at, step.done_by, step.note = at, actor, note.strip()[:200]
    if application.is_messaged:
        step.told_at, step.told_how = at, StepTold.MESSAGE
        user_id = application.resident.user_id
        outbox.send(assist_notices.step_done(application, step, following, user_id, at=at))
    step.save(update_fields=["done_at", "done_by", "note", "told_at", "told_how"])
    if following is not None:
        following.due_on = timezone.localdate(at) + following.days * DAY
        following.save(update_fields=["due_on"])
        application.sweep_on = following.due_on + DAY
        application.save(update_fields=["sweep_on"])
    elif step.told_at is not None:
        _grant(application, at)
    else:
        application.sweep_on = timezone.localdate(at) + DAY
        application.save(update_fields=["sweep_on"])
    path = application.place.path
    record(
        event="application.step_done", actor=actor, subject=application, at=at, scope_path=path, post=trace
    )
    return step


@transaction.atomic
def application_step_tell(
    *, application_id: int, how: StepTold, actor: User, at: datetime
) -> ApplicationStep:
    """The resident knows of the step that was done last; with the last of all it is granted.

    Raises:
        NotAllowedError: `actor` holds no post over that grid.
        ConflictError: there is nothing to tell.
    """
    application, trace = _locked(application_id, actor, at)
    step = application.steps.select_for_update().filter(done_at__isnull=False, told_at=None).first()
    if step is None:
        raise RepeatedError(_("没有要告知的步骤。"))
    step.told_at, step.told_how = at, how
    step.save(update_fields=["told_at", "told_how"])
    if application.ended_at is None and not application.steps.filter(done_at=None).exists():
        _grant(application, at)
    path = application.place.path
    record(event="application.told", actor=actor, subject=application, at=at, scope_path=path, post=trace)
    return step


@transaction.atomic
def application_refuse(
    *, application_id: int, words: str, how: StepTold | None = None, actor: User, at: datetime
) -> AssistedApplication:
    """It comes to nothing, for this reason, which the resident hears: by message, or `how` they were told.

    Raises:
        NotAllowedError: `actor` holds no post over that grid.
        ConflictError: it is over, or every step is done.
        InvalidInputError: no reason, or a resident without account who was not told.
    """
    application, trace = _locked(application_id, actor, at)
    _must_be_open(application)
    if not application.steps.filter(done_at=None).exists():
        raise IllegalMoveError(_("每一步都办好了，只差告知居民。"))
    if not words.strip():
        raise InvalidInputError(_("请写明为什么没有办成。"))
    how = StepTold.MESSAGE if application.is_messaged else how
    if how is None:
        raise InvalidInputError(_("请先告知居民，再写明怎样告知的。"))
    application.result, application.words = ApplicationResult.REFUSED, words.strip()[:300]
    application.told_how, application.ended_at, application.sweep_on = how, at, None
    application.save(update_fields=["result", "words", "told_how", "ended_at", "sweep_on"])
    path = application.place.path
    record(event="application.refused", actor=actor, subject=application, at=at, scope_path=path, post=trace)
    if how == StepTold.MESSAGE:
        outbox.send(assist_notices.refused(application, application.resident.user_id, at=at))
    return application


@transaction.atomic
def applications_sweep(*, at: datetime, batch: int = BATCH) -> int:
    """Ask after every step whose day is over, and every last one of which nobody was told; once a step."""
    due = AssistedApplication.objects.filter(ended_at=None, sweep_on__lte=timezone.localdate(at))
    rows = due.order_by("sweep_on", "pk").select_for_update(of=("self",), skip_locked=True)
    found = list(rows.select_related("place", "household__place__parent__parent", "resident")[:batch])
    steps = ApplicationStep.objects.filter(application__in=found).waiting()
    present = {one.application_id: one for one in steps.order_by("-number")}
    for application in found:
        application.sweep_on = None
    rows_update(found, ("sweep_on",))
    rungs, messages = rungs_over([one.place for one in found], at=at), []
    for application in found:
        step = present.get(application.pk)
        if step is None or application.resident.is_silent:
            continue
        stage = f"{step.number}.untold" if step.done_at else str(step.number)
        if reminders.claim("application.late", stage, [application.pk], at):
            told = rungs.who_tells(application.place, application.worker_id)
            asked = assist_notices.late if step.done_at is None else assist_notices.untold
            messages += asked(application, step, told, at=at)
    outbox.send(messages)
    return len(found)


@transaction.atomic
def applications_expire(at: datetime) -> int:
    """Erase the words of applications of long ago; that somebody was helped, and when, stays. How many."""
    old = AssistedApplication.objects.filter(ended_at__lt=at - KEPT).exclude(facts=ERASED).order_by("pk")
    ids = [row.pk for row in old.select_for_update(skip_locked=True).only("pk")[:1000]]
    ApplicationStep.objects.filter(application__in=ids).update(note="")
    rows = AssistedApplication.objects.filter(pk__in=ids)
    rows.filter(result=ApplicationResult.REFUSED).update(words=ERASED)
    return rows.update(facts=ERASED)


def _open(
    resident: Resident,
    household: Household,
    kind: ApplicationKind,
    facts: str,
    *,
    key: UUID,
    actor: User,
    at: datetime,
    before: AssistedApplication | None = None,
) -> AssistedApplication:
    scope, place = scope_of(household)
    trace = permissions.authorise(actor, Power.HOME_VISIT, scope, at=at)
    known = AssistedApplication.objects.filter(key=key).first()
    if known is not None:
        if known.worker_id != actor.pk:
            raise ConflictError(_("这个编号的记录是别人的。"))
        return known
    if AssistedApplication.objects.filter(resident=resident, kind=kind, ended_at=None).exists():
        raise ConflictError(_("这位居民的同一种申请正在办。"))
    path = PATHS[kind]
    first_due = timezone.localdate(at) + path[0].days * DAY
    application = AssistedApplication.objects.create(
        key=key,
        kind=kind,
        resident=resident,
        household=household,
        place=place,
        facts=facts.strip()[:300],
        worker=actor,
        opened_at=at,
        follow_on_of=before,
        sweep_on=first_due + DAY,
    )
    ApplicationStep.objects.bulk_create(
        ApplicationStep(
            application=application,
            number=number,
            name=one.name,
            agency=one.agency,
            days=one.days,
            due_on=first_due if number == 1 else None,
        )
        for number, one in enumerate(path, 1)
    )
    record(
        event="application.opened",
        actor=actor,
        subject=application,
        at=at,
        scope_path=place.path,
        post=trace,
    )
    return application


def _grant(application: AssistedApplication, at: datetime) -> None:
    application.result, application.ended_at = ApplicationResult.GRANTED, at
    application.sweep_on = None
    application.save(update_fields=["result", "ended_at", "sweep_on"])


def _must_be_open(application: AssistedApplication) -> None:
    if application.ended_at is not None:
        raise RepeatedError(_("这件申请已经结束了。"))


def _locked(application_id: int, actor: User, at: datetime) -> tuple[AssistedApplication, str]:
    rows = AssistedApplication.objects.locked().select_related("place", "resident", "household__place")
    application = rows.filter(pk=application_id).first()
    if application is None:
        raise NotFoundError(_("没有找到这件申请。"))
    trace = permissions.authorise(actor, Power.HOME_VISIT, Scope(application.place.path), at=at)
    return application, trace
