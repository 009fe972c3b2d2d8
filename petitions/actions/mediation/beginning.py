"""A matter goes to a mediation team: who the sides are, and who visits them when (P-12, P-18)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from community.duties import Power
from community.models import Organisation
from core import audit
from core.errors import ConflictError, InvalidInputError
from core.language import gettext as _
from core.models import User
from petitions import notices, workflow
from petitions.actions.base import Work, text_of, work_on
from petitions.actions.hiding import petition_hide
from petitions.models import MediationCase, MediationParty, MediationTeam, MediationVisit, Petition
from petitions.selectors.mediation import evening_only, is_evening
from petitions.workflow import Event, Mediation

PARTIES_MIN = 2


@transaction.atomic
def mediation_begin(
    *,
    petition_id: int,
    actor: User,
    team: MediationTeam,
    names: Sequence[str],
    organisations: Sequence[Organisation],
    at: datetime,
) -> Petition:
    """Give a matter to a team; from now on it is private, whatever it was before.

    Raises:
        InvalidInputError: fewer than two sides, or a team or body of another community.
        ConflictError: under mediation already, or not in handling.
    """
    work = work_on(petition_id, actor=actor, power=Power.PETITION_TRIAGE, at=at)
    petition = work.petition
    if petition.mediation or petition.stage not in workflow.HANDLING:
        raise ConflictError(_("办理中、还没有进入调解的诉求才能转调解。"))
    if team.community_id != petition.community_id or not team.is_active:
        raise InvalidInputError(_("请选择本社区在用的调解队。"))
    if not petition.is_private:
        petition_hide(petition_id=petition_id, actor=actor, reason=_("调解中的事不公开。"), at=at)
        work = work_on(petition_id, actor=actor, power=Power.PETITION_TRIAGE, at=at)
    MediationCase.objects.create(petition=work.petition, team=team, started_at=at, started_by=actor)
    if _add(work.petition, names, organisations) < PARTIES_MIN:
        raise InvalidInputError(_("调解至少要有两方当事人。"))
    work.petition.mediation = Mediation.OPEN
    work.note(Event.MEDIATION, team.name)
    body = _("%s 转由您所在的调解队调解。") % work.petition.number
    people = list(team.members.values_list("pk", flat=True))
    work.tell(notices.to_staff(people, work.petition, "mediation", _("有纠纷待调解"), body, at=at))
    return work.finish(["mediation"])


@transaction.atomic
def mediation_add(
    *,
    petition_id: int,
    actor: User,
    names: Sequence[str],
    organisations: Sequence[Organisation],
    at: datetime,
) -> Petition:
    """Another side, or an office such as the judicial office (司法所), joins."""
    work = open_mediation(petition_id, actor, at)
    if not _add(work.petition, names, organisations):
        raise InvalidInputError(_("请写当事人，或选择单位。"))
    work.note(Event.MEDIATION, _("增加了当事方"))
    return work.finish(["mediation_parties"])


@transaction.atomic
def mediation_visit(
    *, petition_id: int, actor: User, first: User, second: User, starts_at: datetime, at: datetime
) -> Petition:
    """Two people go there; where a family quarrels, in the evening alone (P-18).

    Raises:
        InvalidInputError: one person twice, a moment that is past, or the daytime for a family.
    """
    work = open_mediation(petition_id, actor, at)
    petition = work.petition
    if first.pk == second.pk:
        raise InvalidInputError(_("上门须两人同行。"))
    if starts_at <= at:
        raise InvalidInputError(_("上门时间须晚于现在。"))
    if evening_only(petition) and not is_evening(starts_at):
        raise InvalidInputError(_("家庭邻里纠纷请约在晚上 18:30 到 21:00。"))
    if petition.mediation_visits.filter(starts_at=starts_at).exists():
        raise ConflictError(_("这个时间已经约过上门。"))
    MediationVisit.objects.create(petition=petition, starts_at=starts_at, first=first, second=second)
    when = timezone.localtime(starts_at)
    work.note(Event.MEDIATION_VISIT, f"{when:%m-%d %H:%M}")
    body = _("%(number)s 约在 %(when)s 上门，两人同行。") % {
        "number": petition.number,
        "when": f"{when:%m-%d %H:%M}",
    }
    people, key = [first.pk, second.pk], f"{starts_at:%Y%m%d%H%M}"
    work.tell(notices.to_staff(people, petition, "mediation", _("约定上门调解"), body, at=at, key=key))
    return work.finish(["mediation_visits"])


def open_mediation(petition_id: int, actor: User, at: datetime) -> Work:
    """The locked matter of a mediation that is going on, for somebody who handles here.

    Raises:
        ConflictError: not under mediation, or ended.
    """
    work = work_on(petition_id, actor=actor, power=Power.PETITION_HANDLE, at=at)
    if work.petition.mediation != Mediation.OPEN:
        raise ConflictError(_("这件诉求不在调解中。"))
    return work


@transaction.atomic
def team_save(
    *, team: MediationTeam, members: Sequence[User], actor: User, post: str, at: datetime
) -> MediationTeam:
    """Keep a team with its members; at least two, for visits are made by two."""
    if len(members) < PARTIES_MIN:
        raise InvalidInputError(_("调解队至少两人。"))
    team.save()
    team.members.set(members)
    audit.record(
        event="mediation_team.saved",
        actor=actor,
        subject=team,
        at=at,
        scope_path=team.community.place.path,
        post=post,
    )
    return team


def _add(petition: Petition, names: Sequence[str], organisations: Sequence[Organisation]) -> int:
    """Add the sides that are not there yet; how many the mediation has now, 0 when nothing was added."""
    if any(body.community_id != petition.community_id for body in organisations):
        raise InvalidInputError(_("这个单位不属于本社区。"))
    known = list(petition.mediation_parties.all())
    typed = dict.fromkeys(text_of(name, limit=40, name=_("当事人")) for name in names if name.strip())
    new = [
        MediationParty(petition=petition, name=name) for name in typed if name not in {p.name for p in known}
    ]
    bodies = {party.organisation_id for party in known}
    new += [
        MediationParty(petition=petition, organisation=body)
        for body in organisations
        if body.pk not in bodies
    ]
    MediationParty.objects.bulk_create(new)
    return len(known) + len(new) if new else 0
