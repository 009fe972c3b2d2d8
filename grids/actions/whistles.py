"""吹哨: who is called, who comes, who has arrived; nobody is taken on beyond what is needed (G-23)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from community import permissions
from community.duties import Power
from community.models import Community, Place, Resident
from community.permissions import Scope, require_power
from core import outbox
from core.audit import record
from core.errors import ConflictError, InvalidInputError, NotFoundError, RepeatedError
from core.language import gettext as _
from core.models import User
from core.phones import phone_of
from grids import safety_notices
from grids.models import Answer, ReportingMember, Whistle, WhistleResponse

LONGEST: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Call:
    """What for, where, how many, until when."""

    place: Place
    topic: str
    needed: int
    needed_by: datetime
    text: str = ""
    skills: str = ""
    is_urgent: bool = False


@transaction.atomic
def member_report(
    *,
    community: Community,
    phone: str,
    skills: str,
    is_active: bool,
    actor: User | None,
    at: datetime,
    member_id: int | None = None,
) -> ReportingMember:
    """报到: a resident of the roll who has an account is called from now on; or change what is known.

    Raises:
        NotAllowedError: `actor` does not keep this community's roll.
        InvalidInputError: nobody on the roll with this number has an account.
    """
    kept = (
        ReportingMember.objects.select_for_update(of=("self",)).get(pk=member_id)
        if member_id
        else ReportingMember(community=community)
    )
    path = kept.community.place.path
    trace = permissions.authorise(actor, Power.ROLL_MANAGE, Scope(path), at=at)
    if not member_id:
        rows = Resident.objects.filter(phone=phone_of(phone), household__place__path__startswith=path)
        resident = rows.exclude(user=None).select_related("user").first()
        if resident is None or resident.user is None:
            raise InvalidInputError(_("名册上没有用这个手机号登录过的居民，请本人先登录一次。"))
        kept.user = resident.user
    kept.skills, kept.is_active = skills.strip(), is_active
    kept.save()
    record(event="reporting_member.set", actor=actor, subject=kept, at=at, scope_path=path, post=trace)
    return kept


@transaction.atomic
def whistle_blow(*, call: Call, key: UUID, actor: User, at: datetime) -> Whistle:
    """Call the members of the community of a place; the same key again gives the same call.

    Raises:
        NotAllowedError: `actor` does not run the grids there.
        InvalidInputError: nothing said, nobody needed, no time left, or nobody to call.
        ConflictError: the key of somebody else's.
    """
    post = require_power(actor, Power.GRID_RUN, Scope(call.place.path), at=at)
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=actor.pk)  # one tap after the other
    known = Whistle.objects.filter(key=key).first()
    if known is not None and known.called_by_id != actor.pk:
        raise ConflictError(_("这个编号的记录是别人的。"))
    if known is not None:
        return known
    if not call.topic.strip() or not 1 <= call.needed <= 200:
        raise InvalidInputError(_("请写明什么事、要几个人。"))
    if not timedelta(minutes=20) <= call.needed_by - at <= LONGEST:
        raise InvalidInputError(_("请留出 20 分钟到 7 天的时间。"))
    community = Community.objects.get(pk__in=[*call.place.ancestor_ids, call.place.pk])
    members = list(ReportingMember.objects.filter(community=community, is_active=True).exclude(user=actor))
    if not members:
        raise InvalidInputError(_("还没有报到的党员，请先在工作台登记。"))
    whistle = Whistle.objects.create(
        community=community,
        place=call.place,
        topic=call.topic.strip()[:60],
        text=call.text.strip()[:300],
        skills=call.skills.strip()[:100],
        needed=call.needed,
        is_urgent=call.is_urgent,
        called_at=at,
        called_by=actor,
        called=len(members),
        needed_by=call.needed_by,
        sweep_at=at + (call.needed_by - at) / 2,
        key=key,
    )
    path = call.place.path
    record(event="whistle.blown", actor=actor, subject=whistle, at=at, scope_path=path, post=post.trace)
    outbox.send(safety_notices.whistle_called(whistle, [one.user_id for one in members], at=at))
    return whistle


@transaction.atomic
def whistle_answer(*, whistle_id: int, answer: str, actor: User, at: datetime) -> WhistleResponse:
    """A member comes, or cannot; who changes their mind gives the place free for somebody else.

    Raises:
        NotFoundError: not called.
        ConflictError: it is over, enough come already, or this person has arrived.
    """
    whistle = _locked(whistle_id)
    member = _member(whistle, actor)
    _must_be_open(whistle, at)
    known = WhistleResponse.objects.filter(whistle=whistle, member=member).first()
    if known is not None and known.arrived_at is not None:
        raise ConflictError(_("您已经到了。"))
    was_coming = known is not None and known.answer == Answer.COMING
    comes = answer == Answer.COMING
    if comes and not was_coming and whistle.accepted >= whistle.needed:
        raise ConflictError(_("人已经够了，谢谢您。"))
    response = known or WhistleResponse(whistle=whistle, member=member)
    response.answer, response.answered_at = Answer.COMING if comes else Answer.NOT_COMING, at
    response.save()
    whistle.accepted += int(comes) - int(was_coming)
    whistle.save(update_fields=["accepted"])
    return response


@transaction.atomic
def whistle_arrive(*, whistle_id: int, actor: User, at: datetime) -> Whistle:
    """A member has come; with enough of them the call closes by itself.

    Raises:
        NotFoundError: not called.
        ConflictError: it is over, this person did not say that they come, or has arrived.
    """
    whistle = _locked(whistle_id)
    member = _member(whistle, actor)
    response = WhistleResponse.objects.filter(whistle=whistle, member=member).first()
    if response is not None and response.arrived_at is not None:
        raise RepeatedError(_("您已经报到。"))
    if whistle.closed_at is not None:
        raise ConflictError(_("这次吹哨已经结束。"))
    if response is None or response.answer != Answer.COMING:
        raise ConflictError(_("请先回答“我来”。"))
    response.arrived_at = at
    response.save(update_fields=["arrived_at"])
    whistle.arrived += 1
    if whistle.arrived == whistle.needed:
        _close(whistle, _("人到齐了"), at)
    whistle.save(update_fields=["arrived", "closed_at", "closed_why", "sweep_at"])
    return whistle


@transaction.atomic
def whistle_close(*, whistle_id: int, why: str, actor: User, at: datetime) -> Whistle:
    """Whoever runs the grids there ends it before enough have come.

    Raises:
        NotFoundError: there is none.
        NotAllowedError: `actor` does not run the grids there.
        RepeatedError: it is over.
        InvalidInputError: no reason.
    """
    whistle = _locked(whistle_id)
    post = require_power(actor, Power.GRID_RUN, Scope(whistle.place.path), at=at)
    if whistle.closed_at is not None:
        raise RepeatedError(_("这次吹哨已经结束。"))
    if not why.strip():
        raise InvalidInputError(_("请写明为什么结束。"))
    _close(whistle, why.strip()[:100], at)
    whistle.save(update_fields=["closed_at", "closed_why", "sweep_at"])
    path = whistle.place.path
    record(event="whistle.closed", actor=actor, subject=whistle, at=at, scope_path=path, post=post.trace)
    return whistle


def _close(whistle: Whistle, why: str, at: datetime) -> None:
    whistle.closed_at, whistle.closed_why, whistle.sweep_at = at, why, None


def _locked(whistle_id: int) -> Whistle:
    rows = Whistle.objects.select_related("place", "community").select_for_update(of=("self",))
    found = rows.filter(pk=whistle_id).first()
    if found is None:
        raise NotFoundError(_("没有找到这次吹哨。"))
    return found


def _member(whistle: Whistle, actor: User) -> ReportingMember:
    rows = ReportingMember.objects.filter(community=whistle.community_id, user=actor, is_active=True)
    found = rows.first()
    if found is None or whistle.called_by_id == actor.pk:
        raise NotFoundError(_("没有找到这次吹哨。"))
    return found


def _must_be_open(whistle: Whistle, at: datetime) -> None:
    if whistle.closed_at is not None or at >= whistle.needed_by:
        raise ConflictError(_("这次吹哨已经结束。"))
