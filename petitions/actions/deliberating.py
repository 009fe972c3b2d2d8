"""议事: what was decided about a matter, by whom, and which bodies act together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from community.duties import Power
from community.models import Organisation
from community.workflow import Stage
from core.errors import InvalidInputError
from core.language import gettext as _
from core.models import User
from petitions import notices, workflow
from petitions.actions.base import require_handling, text_of, work_on
from petitions.actions.supervising import supervise_if_nobody_does
from petitions.models import Deliberation, DeliberationSession, Petition, PetitionParty
from petitions.workflow import Audience, Event


@dataclass(frozen=True, slots=True)
class Minutes:
    """A plain record of one sitting: when, where, who, and what was decided."""

    held_on: date
    venue: str
    participants: str
    headcount: int
    decision: str
    supervisor: User | None = None


@transaction.atomic
def petition_deliberate(*, petition_id: int, actor: User, minutes: Minutes, at: datetime) -> Petition:
    """议事: record a sitting; moves to 议事 where the profile has that stage (P-02, P-08, P-17).

    Raises:
        InvalidInputError: a sitting in the future, or nobody there.
        GateClosedError: the profile wants a supervisor on every decision.
    """
    return deliberate(petition_id=petition_id, actor=actor, minutes=minutes, at=at)


def deliberate(
    *,
    petition_id: int,
    actor: User,
    minutes: Minutes,
    at: datetime,
    session: DeliberationSession | None = None,
) -> Petition:
    """The same within a transaction of the caller's: one sitting about a matter, perhaps at a session.

    A matter beyond handling keeps the record and stays where it is, when it was talked about at a session.
    """
    work = work_on(petition_id, actor=actor, power=Power.PETITION_TRIAGE, at=at)
    petition = work.petition
    work.session = session
    if minutes.held_on > timezone.localdate(at) or not 1 <= minutes.headcount <= 2000:
        raise InvalidInputError(_("请核对议事日期和人数。"))
    work.refuse_repeat(Event.DELIBERATED, minutes.decision[:1000])
    Deliberation.objects.create(
        petition=petition,
        session=session,
        held_on=minutes.held_on,
        venue=text_of(minutes.venue, limit=80, name=_("地点")),
        participants=text_of(minutes.participants, limit=200, name=_("参加人")),
        headcount=minutes.headcount,
        decision=text_of(minutes.decision, limit=1000, name=_("议定事项")),
        supervisor=minutes.supervisor,
        recorded_by=actor,
        recorded_at=at,
    )
    supervise_if_nobody_does(work, minutes.supervisor)
    if workflow.can_move(work.profile, Stage(petition.stage), Stage.DELIBERATING):
        work.move(Stage.DELIBERATING, Event.DELIBERATED, minutes.decision[:1000], audience=Audience.REPORTER)
    else:
        if session is None:
            require_handling(work)
        work.note(Event.DELIBERATED, minutes.decision[:1000], audience=Audience.REPORTER)
    work.tell(notices.stage_changed(work.reporters, petition, at=at, words=_("已议事并形成决定。")))
    return work.finish(["deliberation"])


@transaction.atomic
def petition_set_parties(
    *, petition_id: int, actor: User, organisations: Sequence[Organisation], at: datetime
) -> Petition:
    """难事: the bodies that act together; at least two before handling begins (P-02)."""
    work = work_on(petition_id, actor=actor, power=Power.PETITION_TRIAGE, at=at)
    petition = work.petition
    if any(organisation.community_id != petition.community_id for organisation in organisations):
        raise InvalidInputError(_("这个单位不属于本社区。"))
    petition.parties.all().delete()
    PetitionParty.objects.bulk_create(
        PetitionParty(petition=petition, organisation=organisation) for organisation in organisations
    )
    names = "、".join(organisation.name for organisation in organisations)
    work.note(Event.PARTIES_SET, names, audience=Audience.REPORTER)
    return work.finish(["parties"])
