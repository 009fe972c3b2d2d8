"""An agreement or the reason why there is none, two looks afterwards, and confidential notes (P-12)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from community.duties import Power
from core import audit, outbox, reminders
from core.errors import ConflictError, NotAllowedError
from core.language import gettext as _
from core.language import kept
from core.models import User
from petitions import notices, workflow
from petitions.actions.base import text_of, work_on
from petitions.actions.evaluating import settle
from petitions.actions.mediation.beginning import open_mediation
from petitions.models import (
    MediationCase,
    MediationFollowUp,
    MediationNote,
    MediationOutcome,
    Petition,
)
from petitions.models.mediation import FOLLOW_UP_DAYS, NOTE_MAX, TERMS_MAX
from petitions.selectors.mediation import in_confidence
from petitions.workflow import Event, Mediation

BATCH = 200


@transaction.atomic
def mediation_end(
    *, petition_id: int, actor: User, outcome: MediationOutcome, terms: str, at: datetime
) -> Petition:
    """What was agreed, or why nothing was; an agreement is looked at after 7 and 30 days.

    Raises:
        InvalidInputError: neither agreement nor reason.
        ConflictError: not under mediation.
    """
    work = open_mediation(petition_id, actor, at)
    petition = work.petition
    case = MediationCase.objects.get(petition=petition)
    agreed = outcome == MediationOutcome.AGREED
    case.terms = text_of(terms, limit=TERMS_MAX, name=_("协议内容") if agreed else _("没有谈成的原因"))
    case.outcome, case.ended_at, case.ended_by = outcome, at, actor
    case.save(update_fields=["terms", "outcome", "ended_at", "ended_by"])
    if agreed:
        MediationFollowUp.objects.bulk_create(
            MediationFollowUp(petition=petition, round=case.round, days=days, due_at=due, sweep_at=due)
            for days in FOLLOW_UP_DAYS
            for due in [at + timedelta(days=days)]
        )
    petition.mediation = Mediation.FOLLOWING if agreed else Mediation.DONE
    work.note(Event.MEDIATION_END, kept(outcome.label))
    settle(work)
    return work.finish(["mediation"])


@transaction.atomic
def mediation_follow_up(*, petition_id: int, actor: User, holds: bool, words: str, at: datetime) -> Petition:
    """The next look at an agreement; the last one lets the matter be archived, a broken one begins anew.

    One a day: where two are overdue, a second tap is not the second look.

    Raises:
        ConflictError: nothing to look at, too early, or somebody looked today.
    """
    work = work_on(petition_id, actor=actor, power=Power.PETITION_HANDLE, at=at)
    petition = work.petition
    looks = list(petition.mediation_follow_ups.all())
    due = [one for one in looks if one.done_at is None]
    if petition.mediation != Mediation.FOLLOWING or not due:
        raise ConflictError(_("这件诉求没有要做的调解回访。"))
    if due[0].due_at > at:
        raise ConflictError(_("还没有到回访的日子。"))
    if any(one.done_at and timezone.localdate(one.done_at) == timezone.localdate(at) for one in looks):
        raise ConflictError(_("今天已经回访过，下一次请改日再去。"))
    one = due[0]
    one.words = text_of(words, limit=500, name=_("回访情况"))
    one.holds, one.done_at, one.done_by, one.sweep_at = holds, at, actor, None
    one.save(update_fields=["words", "holds", "done_at", "done_by", "sweep_at"])
    if not holds:
        _begin_anew(petition)
    elif len(due) == 1:
        petition.mediation = Mediation.DONE
    work.note(Event.MEDIATION_CHECK, _("协议在履行") if holds else _("协议没有履行，重新调解"))
    settle(work)
    return work.finish(["mediation"])


def _begin_anew(petition: Petition) -> None:
    """The agreement does not hold: the looks that were still to come are void, the team sits down again."""
    petition.mediation_follow_ups.filter(done_at=None).delete()
    case = MediationCase.objects.get(petition=petition)
    case.outcome, case.ended_at, case.ended_by, case.round = "", None, None, case.round + 1
    case.save(update_fields=["outcome", "ended_at", "ended_by", "round"])
    petition.mediation = Mediation.OPEN


@transaction.atomic
def mediation_note(*, petition_id: int, actor: User, text: str, at: datetime) -> MediationNote:
    """A confidential note of somebody in the team, or of the secretary.

    Raises:
        NotAllowedError: neither of the team nor the secretary.
    """
    work = work_on(petition_id, actor=actor, power=Power.PETITION_READ, at=at)
    _require_confidence(work.petition, actor, at)
    said = text_of(text, limit=NOTE_MAX, name=_("内容"))
    just_now = work.petition.mediation_notes.filter(author=actor, text=said)
    if just_now.filter(written_at__gt=at - timedelta(minutes=2)).exists():
        raise ConflictError(_("刚才已经写过，没有重复记录。"))
    note = MediationNote.objects.create(petition=work.petition, author=actor, written_at=at, text=said)
    _trace("mediation.note_written", work.petition, actor, at, work.held.trace if work.held else "")
    return note


@transaction.atomic
def mediation_notes_read(*, petition: Petition, actor: User, at: datetime) -> list[MediationNote]:
    """The confidential notes, for the team and the secretary alone; each reading is on the trail.

    Raises:
        NotAllowedError: neither of the team nor the secretary.
    """
    post = _require_confidence(petition, actor, at)
    _trace("mediation.notes_read", petition, actor, at, post, audience="charge")
    return list(petition.mediation_notes.select_related("author"))


def follow_ups_sweep(*, at: datetime) -> int:
    """Remind the team of looks that are due, once each; how many."""
    swept = 0
    while True:
        found = _sweep_batch(at)
        swept += found
        if found < BATCH:
            return swept


@transaction.atomic
def _sweep_batch(at: datetime) -> int:
    due = MediationFollowUp.objects.filter(sweep_at__lte=at).order_by("sweep_at", "pk")
    rows = due.select_for_update(of=("self",), skip_locked=True)
    found = list(rows.select_related("petition__mediation_case")[:BATCH])
    mine = reminders.claim("mediation.follow_up", "due", [one.pk for one in found], at)
    MediationFollowUp.objects.filter(pk__in=[one.pk for one in found]).update(sweep_at=None)
    for one in found:
        if one.pk in mine and one.petition.stage not in workflow.CLOSED:
            team = one.petition.mediation_case.team
            people = [*team.members.values_list("pk", flat=True), one.petition.assignee_id]
            body = _("%(number)s 达成协议已 %(days)d 天，请回访。") % {
                "number": one.petition.number,
                "days": one.days,
            }
            key = f"{one.pk}"
            outbox.send(
                notices.to_staff(people, one.petition, "mediation", _("请做调解回访"), body, at=at, key=key)
            )
    return len(found)


def _require_confidence(petition: Petition, actor: User, at: datetime) -> str:
    post = in_confidence(petition, actor, at=at)
    if not petition.mediation or post is None:
        raise NotAllowedError(_("调解笔记只有调解队和社区书记能看。"))
    return post


def _trace(
    event: str, petition: Petition, actor: User, at: datetime, post: str, audience: str = "staff"
) -> None:
    audit.record(
        event=event,
        actor=actor,
        subject=petition,
        at=at,
        scope_path=petition.grid_path or petition.place_path,
        post=post,
        fields=["mediation_notes"],
        audience=audience,
    )
