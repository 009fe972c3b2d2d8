"""帮办: filed, arranged, explained, talked over and seen through (P-40, P-41, C-27)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from community.duties import Power
from community.models import Community, HandlingMode, ServiceItem
from core import outbox, reminders
from core.display import moment
from core.errors import ConflictError, InvalidInputError
from core.language import gettext as _
from core.language import in_house, kept
from core.models import StoredImage, User
from petitions import notices, workflow
from petitions.actions.base import Work, text_of, work_on
from petitions.actions.claims import refuse_others
from petitions.actions.filing import Filed, Person, Report, petition_file
from petitions.models import Assistance, Exchange, Explanation, Petition, PetitionReporter, PhotoKind
from petitions.models.assistance import ExchangeWay, Point
from petitions.workflow import Audience, Event

REMIND_AT: Final = time(9, 0)
BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How it shall be handled: agent mode with who authorised it and how, at home with slot and address."""

    mode: str = ""
    authorised_by: str = ""
    authorisation: str = ""
    authorisation_photo: StoredImage | None = None
    slot: datetime | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to be helped with; a consultation is only asked about."""

    item: ServiceItem
    arrangement: Arrangement
    is_application: bool = True


def assistance_file(
    *,
    community: Community,
    report: Report,
    wish: Wish,
    person: Person,
    key: UUID,
    actor: User | None,
    at: datetime,
) -> Filed:
    """File a matter about an item of the guide: private, with its first holder and its own limit (C-27).

    Raises:
        InvalidInputError: as for any filing; a mode that is not offered, agent without authorisation, at home
            without slot and address.
        ConflictError: the item is no longer on offer.
    """
    if not wish.item.is_active or wish.item.community_id not in {None, community.pk}:
        raise ConflictError(_("这个事项已不在办事指南里，请返回重新选择。"))
    with transaction.atomic():
        own = replace(report, is_private=True, service=wish.item)
        filed = petition_file(community=community, report=own, person=person, key=key, actor=actor, at=at)
        if filed.is_new:
            row = Assistance(petition=filed.petition, item=wish.item, is_application=wish.is_application)
            _arrange(row, wish.arrangement, at)
            row.save(force_insert=True)
    return filed


@transaction.atomic
def assistance_arrange(*, petition_id: int, actor: User, arrangement: Arrangement, at: datetime) -> Petition:
    """Set mode, authorisation and slot; the person who asked is told when somebody comes.

    Raises:
        InvalidInputError: agent without authorisation, at home without slot and address, a slot in the past.
        ConflictError: it is not being handled, or not about an item of the guide.
    """
    work, row = _open(petition_id, actor, at)
    before = (row.mode, row.slot)
    _arrange(row, arrangement, at)
    row.save()
    if arrangement.authorisation_photo is not None:
        work.reporter = next(one for one in work.reporters if one.is_first)  # the paper is theirs
        work.attach([arrangement.authorisation_photo], PhotoKind.PROGRESS)
    words = _said(row)
    work.note(Event.ARRANGED, words, audience=Audience.REPORTER)
    if (row.mode, row.slot) != before:
        work.tell(notices.stage_changed(work.reporters, work.petition, at=at, words=words))
    return work.finish(["mode", "slot", "authorisation"])


@transaction.atomic
def assistance_explain(*, petition_id: int, actor: User, points: Sequence[str], at: datetime) -> Petition:
    """Tick the points that were explained; each keeps who explained it first, and when."""
    work, _row = _open(petition_id, actor, at)
    known = set(work.petition.explanations.values_list("point", flat=True))
    fresh = [point for point in Point if point.value in points and point.value not in known]
    if not fresh:
        raise InvalidInputError(_("请勾选刚刚说明过的内容。"))
    Explanation.objects.bulk_create(
        Explanation(petition=work.petition, point=point, explained_by=actor, explained_at=at)
        for point in fresh
    )
    words = "、".join(kept(point.label) for point in fresh)
    work.note(Event.EXPLAINED, words, audience=Audience.REPORTER)
    return work.finish(["explanations"])


@transaction.atomic
def assistance_exchange(*, petition_id: int, actor: User, way: str, note: str, at: datetime) -> Petition:
    """Log one round of question and answer.

    Raises:
        RepeatedError: the same words a moment ago are the same tap.
    """
    work, _row = _open(petition_id, actor, at)
    words = text_of(note, limit=300, name=_("沟通内容"))
    line = f"{kept(ExchangeWay(way).label)}：{words}"
    work.refuse_repeat(Event.EXCHANGED, line)
    Exchange.objects.create(
        petition=work.petition, way=ExchangeWay(way), note=words, noted_by=actor, noted_at=at
    )
    work.note(Event.EXCHANGED, line)
    return work.finish(["exchanges"])


@transaction.atomic
def assistance_excuse(*, petition_id: int, actor: User, reason: str, at: datetime) -> Petition:
    """Say why fewer than five exchanges were enough."""
    work, row = _open(petition_id, actor, at)
    row.few_reason = text_of(reason, limit=200, name=_("原因"))
    row.save(update_fields=["few_reason"])
    work.note(Event.EXCHANGED, row.few_reason)
    return work.finish(["few_reason"])


@transaction.atomic
def assistance_complete(*, petition_id: int, actor: User, result: str, at: datetime) -> Petition:
    """Record that what was applied for has been obtained.

    Raises:
        ConflictError: it is recorded already, or this is a consultation.
    """
    work, row = _open(petition_id, actor, at)
    if not row.is_application or row.completed_at is not None:
        raise ConflictError(_("这件事已经登记办成，或者只是咨询，不用登记。"))
    row.completed_at, row.result = at, text_of(result, limit=200, name=_("办成结果"))
    row.save(update_fields=["completed_at", "result"])
    work.note(Event.COMPLETED, row.result, audience=Audience.REPORTER)
    return work.finish(["completed_at"])


def slots_sweep(*, at: datetime) -> int:
    """Remind helper and resident, once, on the day before somebody comes."""
    done = 0
    while found := _sweep_batch(at):
        done += found
    return done


@transaction.atomic
def _sweep_batch(at: datetime) -> int:
    due = Assistance.objects.filter(remind_at__lte=at).order_by("remind_at")
    rows = due.select_for_update(of=("self",), skip_locked=True).select_related("petition__community", "item")
    found = list(rows[:BATCH])
    if not found:
        return 0
    coming = [row for row in found if row.slot and row.slot > at and row.petition.stage in workflow.OPEN]
    mine = {
        row.pk for row in coming if reminders.claim("assistance.slot", f"{row.slot:%Y%m%d%H%M}", [row.pk], at)
    }
    first = PetitionReporter.objects.filter(petition__in=[row.petition_id for row in coming], is_first=True)
    people = {reporter.petition_id: reporter for reporter in first}
    Assistance.objects.filter(pk__in=[row.pk for row in found]).update(remind_at=None)
    for row in coming:
        if row.pk in mine:
            outbox.send(notices.slot_coming(row, people[row.petition_id], at=at))
    return len(found)


def _open(petition_id: int, actor: User, at: datetime) -> tuple[Work, Assistance]:
    """The locked matter while it is being handled, and what it is about."""
    work = work_on(petition_id, actor=actor, power=Power.PETITION_HANDLE, at=at)
    refuse_others(work, actor)
    if work.petition.stage not in workflow.HANDLING:
        raise ConflictError(
            _("现在处于“%s”，不能做这一步。") % work.profile.label(work.petition.stage),
            extra={"stage": work.petition.stage},
        )
    row = Assistance.objects.select_related("item").filter(petition=work.petition).first()
    if row is None:
        raise ConflictError(_("这件诉求不是帮办事项。"))
    return work, row


def _arrange(row: Assistance, given: Arrangement, at: datetime) -> None:
    """Set what was agreed; the constraints of the table say the same once more."""
    mode = given.mode
    if mode and mode not in row.item.modes:
        raise InvalidInputError(_("这个事项没有这种办理方式，请换一种。"))
    row.mode = mode
    row.authorised_by = text_of(given.authorised_by, limit=40, name=_("授权人"), required=False)
    row.authorisation = text_of(given.authorisation, limit=200, name=_("怎样授权"), required=False)
    row.authorisation_photo = given.authorisation_photo or row.authorisation_photo
    if mode == HandlingMode.AGENT and not (row.authorised_by and row.authorisation):
        raise InvalidInputError(_("帮代办须先写明由谁授权、怎样授权。"))
    row.address = text_of(given.address, limit=100, name=_("上门地址"), required=False)
    if mode == HandlingMode.AT_HOME and not (given.slot and row.address):
        raise InvalidInputError(_("上门办须先约好时间，写明地址。"))
    if given.slot is not None and given.slot != row.slot and given.slot <= at:
        raise InvalidInputError(_("约定时间须在现在以后。"))
    if given.slot != row.slot:
        row.remind_at = _day_before(given.slot)
    row.slot = given.slot


def _day_before(slot: datetime | None) -> datetime | None:
    """The morning before the day on which somebody comes."""
    if slot is None:
        return None
    eve = timezone.localdate(slot) - timedelta(days=1)
    return timezone.make_aware(datetime.combine(eve, REMIND_AT))


@in_house
def _said(row: Assistance) -> str:
    """The arrangement in words, for the person who asked."""
    mode = str(row.get_mode_display()) if row.mode else _("到窗口办")
    return f"{mode}，{moment(row.slot)}" if row.slot else mode
