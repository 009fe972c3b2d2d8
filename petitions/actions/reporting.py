"""What the people who asked may do themselves: add, correct, withdraw, answer, get their code again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction

from community.duties import Power
from community.permissions import require_power
from community.workflow import Stage
from core import audit, ratelimits
from core.errors import ConflictError, IllegalMoveError, InvalidInputError
from core.language import gettext as _
from core.models import StoredImage, User
from core.phones import phone_of
from petitions import deadlines, notices
from petitions.actions.base import Work, refuse_closed, text_of, work_by_itself
from petitions.actions.family import family_finish, family_lock
from petitions.actions.filing import MAX_PHOTOS
from petitions.actions.locking import lock
from petitions.actions.merging import separate_all
from petitions.models import Petition, PetitionReporter, PhotoKind
from petitions.models.petition import TEXT_MAX
from petitions.selectors.following import reporters_behind
from petitions.workflow import UNANSWERED, Audience, Event

ADDITIONS_MAX = 20


@transaction.atomic
def petition_add(
    *, reporter: PetitionReporter, text: str, photos: Sequence[StoredImage], at: datetime
) -> Petition:
    """A reporter adds words or photos while the matter is open.

    Raises:
        IllegalMoveError: it is closed, or has been answered already.
        InvalidInputError: neither words nor photos, or too many of them.
    """
    work = _mine(reporter, at)
    words = text_of(text, limit=TEXT_MAX, name=_("补充的话"), required=not photos)
    held = work.petition.photos.filter(kind=PhotoKind.BEFORE).count()
    if held + len(photos) > 2 * MAX_PHOTOS:
        raise InvalidInputError(_("照片已经够多了，不能再加。"))
    if work.petition.events.filter(event=Event.ADDED).count() >= ADDITIONS_MAX:
        raise InvalidInputError(_("补充次数已达上限，请等待答复。"))
    work.attach(photos, PhotoKind.BEFORE)
    work.note(Event.ADDED, words, audience=Audience.REPORTER)
    work.tell(
        notices.to_staff([work.petition.assignee_id], work.petition, "added", _("诉求人有补充"), words, at=at)
    )
    return work.finish(["text"])


@transaction.atomic
def petition_correct(*, reporter: PetitionReporter, text: str, spot: str, at: datetime) -> Petition:
    """The first reporter corrects the words before they are sorted; the former words stay in the history.

    Raises:
        IllegalMoveError: the matter has been sorted already: add to it instead.
    """
    work = _mine(reporter, at)
    petition = work.petition
    if petition.stage != Stage.RECEIVED or not reporter.is_first:
        raise IllegalMoveError(_("社区已开始处理，不能再改原话；请用“补充”说明。"))
    former = petition.text
    petition.text = text_of(text, limit=TEXT_MAX, name=_("诉求内容"))
    petition.spot = text_of(spot, limit=100, name=_("具体位置"), required=False)
    work.note(Event.CORRECTED, _("原先写的是：%s") % former, audience=Audience.REPORTER)
    return work.finish(["text", "spot"])


@transaction.atomic
def petition_withdraw(*, reporter: PetitionReporter, reason: str, at: datetime) -> Petition:
    """The only reporter takes the matter back; what was merged into it in private goes on by itself.

    Raises:
        IllegalMoveError: it is answered or closed.
        ConflictError: neighbours have joined, or it is not this person's own, so it stays.
    """
    family = family_lock([reporter.petition_id])
    petition = family.get(reporter.petition_id)
    own = {one.pk for one in family.reporters_of([petition])}
    work = Work(petition, None, None, at, reporter)
    _refuse_answered(petition)
    if petition.shown_reporters > 1 or reporter.pk not in own:
        raise ConflictError(_("已有邻居加入这件诉求，不能撤回；如不想再收到消息，请告诉社区。"))
    words = text_of(reason, limit=200, name=_("撤回原因"), required=False)
    apart, came_along = separate_all(family, work, _("同类诉求已撤回，这一件继续单独办理"))
    work.move(Stage.WITHDRAWN, Event.WITHDRAWN, words, audience=Audience.REPORTER)
    petition.closed_at = at
    work.tell(notices.to_staff([petition.assignee_id], petition, "withdrawn", _("诉求已撤回"), words, at=at))
    if apart:
        family_finish(work, apart, came_along, Event.UNMERGED)
        return petition
    return work.finish(["stage"])


@transaction.atomic
def petition_answer(*, reporter: PetitionReporter, answer: str, at: datetime) -> Petition:
    """The first reporter, who was asked, answers the open question; the clock goes on.

    Raises:
        ConflictError: there is no open question (any more), or it was put to somebody else.
    """
    work = _mine(reporter, at)
    petition = work.petition
    question = petition.questions.filter(answered_at=None, lapsed_at=None).first()
    if question is None or not reporter.is_first:
        raise ConflictError(_("现在没有等您答复的问题。"))
    question.answer = text_of(answer, limit=500, name=_("答复"))
    question.answered_at = at
    question.save(update_fields=["answer", "answered_at"])
    if petition.is_paused:
        deadlines.clock_resume(petition, at=at, clock=work.clock)
    work.note(Event.ANSWERED, question.answer, audience=Audience.REPORTER)
    asked_by = [question.asked_by_id, petition.assignee_id]
    work.tell(notices.to_staff(asked_by, petition, "answered", _("诉求人已答复"), question.answer, at=at))
    return work.finish(["due_at"])


def code_send_again(*, number: str, phone: str, address: str, at: datetime) -> None:
    """Send a lost tracking code to the phone on record. Says the same whether there is one or not.

    Raises:
        TooManyRequestsError: asked for too often.
    """
    kept = phone_of(phone)
    ratelimits.hit_from(
        "petition.code.phone", kept, address, limit=3, seconds=3600, ceiling=12, slow_seconds=3600
    )
    ratelimits.hit(
        "petition.code.address", address, limit=settings.FILINGS_PER_ADDRESS_PER_HOUR, seconds=3600
    )
    reporter = (
        PetitionReporter.objects.select_related("petition__community__profile")
        .filter(petition__number=number.strip(), phone=kept)
        .first()
    )
    if reporter is None:
        return
    petition = reporter.petition
    work = Work(petition, None, None, at)
    work.note(Event.CODE_SENT)
    work.tell(notices.code_again(reporter, petition, at=at))
    with transaction.atomic():
        work.record(["code"])


@transaction.atomic
def reporter_phone_correct(
    *, petition_id: int, reporter_id: int, phone: str, actor: User, at: datetime
) -> PetitionReporter:
    """Staff correct a mistyped phone; earlier codes and links end, and the new number gets its own.

    Raises:
        NotAllowedError: `actor` may not handle this matter.
        IllegalMoveError: it is closed, so read-only.
        ConflictError: another reporter of this matter has that number.
    """
    petition = lock(petition_id)
    held = require_power(actor, Power.PETITION_CONTACT, petition.scope, at=at)
    refuse_closed(petition)
    reporter = reporters_behind(petition).select_for_update().get(pk=reporter_id)
    kept = phone_of(phone)
    if reporters_behind(petition).filter(phone=kept).exclude(pk=reporter_id).exists():
        raise ConflictError(_("这件诉求的另一位诉求人已用此号码。"))
    reporter.phone = kept
    reporter.code_version += 1
    reporter.save(update_fields=["phone", "code_version"])
    work = Work(petition, actor, held, at)
    work.note(Event.PHONE_CORRECTED)
    work.tell(notices.code_again(reporter, petition, at=at))
    work.finish(["phone"])
    return reporter


@transaction.atomic
def reporter_correct(
    *, reporter: PetitionReporter, name: str, on_behalf_of: str, at: datetime
) -> PetitionReporter:
    """A person corrects what they are called, and for whom they spoke; also when the matter is closed."""
    work = work_by_itself(reporter.petition_id, at=at, reporter=reporter)
    held = reporters_behind(work.petition).select_for_update().get(pk=reporter.pk)
    if held.erased_at is not None:
        raise ConflictError(_("您的信息已经删除，没有可更正的。"))
    held.name = text_of(name, limit=40, name=_("称呼"), required=False)
    held.on_behalf_of = text_of(on_behalf_of, limit=40, name=_("代谁反映"), required=False)
    held.save(update_fields=["name", "on_behalf_of"])
    audit.record(
        event="petition.reporter_corrected",
        actor=None,
        subject=work.petition,
        at=at,
        scope_path=work.petition.grid_path or work.petition.place_path,
        fields=["name", "on_behalf_of"],
    )
    return held


def _mine(reporter: PetitionReporter, at: datetime) -> Work:
    """Lock the reporter's own matter while it may still be added to."""
    work = work_by_itself(reporter.petition_id, at=at, reporter=reporter)
    _refuse_answered(work.petition)
    return work


def _refuse_answered(petition: Petition) -> None:
    refuse_closed(petition)
    if petition.stage not in UNANSWERED:
        raise IllegalMoveError(_("这件事已经答复。如果不满意，请在评价里告诉我们。"))
