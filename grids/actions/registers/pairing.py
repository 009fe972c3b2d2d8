"""一对一: a helper for a subject, one each; whoever falls silent holds nobody (G-08)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from community.duties import Power
from community.models import Resident
from community.selectors.accounts import place_of
from core import outbox
from core.audit import record
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.language import gettext as _
from core.models import User
from grids import register_notices as notices
from grids.actions.registers.care import held_subject
from grids.models import HelperPairing


@transaction.atomic
def helper_pair(*, subject_id: int, helper_id: int, actor: User | None, at: datetime) -> HelperPairing:
    """Give a subject a helper of the same community.

    Raises:
        NotFoundError: no such subject in care, or helper.
        NotAllowedError: `actor` does not run that grid.
        InvalidInputError: the subject, or somebody of another community.
        ConflictError: one of both is paired with somebody else.
    """
    subject, place, trace = held_subject(subject_id, actor, at, Power.GRID_RUN)
    helper = User.objects.select_for_update(no_key=True).filter(pk=helper_id, is_active=True).first()
    if helper is None:
        raise NotFoundError(_("没有找到这位帮扶人。"))
    if subject.resident.user_id == helper.pk:
        raise InvalidInputError(_("不能自己帮自己。"))
    community = subject.scheme.community.place.path
    if not place_of(helper).startswith(community) or _is_silent(helper):
        raise InvalidInputError(_("帮扶人须是本社区的工作人员或居民。"))
    for pairing in HelperPairing.objects.filter(ended_at=None, helper=helper).select_related(
        "subject__resident"
    ):
        if not pairing.subject.resident.is_silent:
            raise ConflictError(_("%s 已经和别人结对了。") % helper)
        _end(pairing, at)
    for pairing in subject.pairings.filter(ended_at=None).select_related("helper"):
        if not _is_silent(pairing.helper):
            raise ConflictError(_("已经由 %s 结对帮扶。") % pairing.helper)
        _end(pairing, at)
    made = HelperPairing.objects.create(subject=subject, helper=helper, paired_at=at, paired_by=actor)
    record(event="care.paired", actor=actor, subject=subject, at=at, scope_path=place.path, post=trace)
    outbox.send([notices.paired(made, at=at)])
    return made


@transaction.atomic
def helper_release(*, subject_id: int, reason: str, actor: User | None, at: datetime) -> HelperPairing:
    """End a pairing; the subject is on the list of those without a helper again.

    Raises:
        NotFoundError: no such subject in care.
        NotAllowedError: `actor` does not run that grid.
        InvalidInputError: no reason.
        ConflictError: nobody is paired.
    """
    subject, place, trace = held_subject(subject_id, actor, at, Power.GRID_RUN)
    if not reason.strip():
        raise InvalidInputError(_("请写明原因。"))
    pairing = subject.pairings.select_for_update().filter(ended_at=None).first()
    if pairing is None:
        raise ConflictError(_("现在没有结对。"))
    pairing.ended_at, pairing.end_reason = at, reason.strip()[:100]
    pairing.save(update_fields=["ended_at", "end_reason"])
    record(event="care.released", actor=actor, subject=subject, at=at, scope_path=place.path, post=trace)
    return pairing


def _is_silent(helper: User) -> bool:
    return Resident.objects.filter(user=helper).exclude(pk__in=Resident.objects.present()).exists()


def _end(pairing: HelperPairing, at: datetime) -> None:
    pairing.ended_at, pairing.end_reason = at, _("一方已故或搬离")
    pairing.save(update_fields=["ended_at", "end_reason"])
