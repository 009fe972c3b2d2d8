"""从您的话里长出来的服务: a matter leads to a service, and everybody who asked hears when it opens (P-43)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from community.duties import Power
from community.permissions import Scope, require_power
from core import audit, outbox
from core.errors import ConflictError, InvalidInputError
from core.language import gettext as _
from core.models import User
from petitions import service_notices, workflow
from petitions.actions.base import Work, text_of
from petitions.actions.locking import lock
from petitions.actions.walls import walls_changed
from petitions.models import Petition, PetitionReporter, ServiceBorn, ServiceKind
from petitions.workflow import Event

TITLE_MAX = 40


@dataclass(frozen=True, slots=True)
class NewService:
    """A service that is not on the list yet; `opened_on` once it is known."""

    title: str
    kind: str
    introduction: str = ""
    opened_on: date | None = None


@transaction.atomic
def petition_lead_to_service(
    *, petition_id: int, actor: User, service: ServiceBorn | NewService, at: datetime
) -> ServiceBorn:
    """Link a matter to the service that grew from it, also after its end.

    Raises:
        ConflictError: it is linked already, left the loop early, or another service has this name.
        InvalidInputError: a service of another community.
    """
    petition = lock(petition_id)
    held = require_power(actor, Power.PETITION_TRIAGE, petition.scope, at=at)
    if petition.service_id is not None:
        raise ConflictError(_("这件诉求已经关联了一项服务。"))
    if petition.stage in workflow.SIDE or petition.spam_marked_at is not None:
        raise ConflictError(_("这件诉求没有在办理，不能关联服务。"))
    found = _known(service) if isinstance(service, ServiceBorn) else _new(petition, service, at)
    if found.community_id != petition.community_id:
        raise InvalidInputError(_("这项服务不属于本社区。"))
    work = Work(petition, actor, held, at)
    petition.service = found
    work.note(Event.SERVICE_LINKED, found.title)
    work.finish(["service"])
    if found.opened_on is not None and found.opened_on <= timezone.localdate(at):
        _announce(found, petition.pk if found.announced_at is not None else None, at)
    walls_changed(petition.community_id)
    return found


@transaction.atomic
def service_open(*, service_id: int, actor: User, opened_on: date, at: datetime) -> ServiceBorn:
    """The service opens: everybody who asked for it hears of it, once.

    Raises:
        ConflictError: it is open already.
    """
    service = (
        ServiceBorn.objects.select_for_update(of=("self",))
        .select_related("community__place")
        .get(pk=service_id)
    )
    scope = Scope(service.community.place.path)
    held = require_power(actor, Power.PETITION_TRIAGE, scope, at=at)
    if service.announced_at is not None:
        raise ConflictError(_("“%s”已经开办。") % service.title)
    service.opened_on = opened_on
    service.save(update_fields=["opened_on"])
    audit.record(
        event="service.opened",
        actor=actor,
        subject=service,
        at=at,
        scope_path=scope.place_path,
        post=held.trace,
        fields=["opened_on"],
    )
    if opened_on <= timezone.localdate(at):
        _announce(service, None, at)
    walls_changed(service.community_id)
    return service


@transaction.atomic
def services_announce(*, at: datetime) -> int:
    """Announce the services whose day has come; how many were."""
    due = ServiceBorn.objects.filter(announced_at=None, opened_on__lte=timezone.localdate(at))
    rows = due.select_for_update(of=("self",), skip_locked=True).select_related("community")
    found = list(rows.order_by("pk"))
    for service in found:
        _announce(service, None, at)
    return len(found)


def _known(service: ServiceBorn) -> ServiceBorn:
    """Locked, so that of matters linked at once nobody is told twice."""
    rows = ServiceBorn.objects.select_for_update(of=("self",)).select_related("community")
    return rows.get(pk=service.pk)


def _new(petition: Petition, new: NewService, at: datetime) -> ServiceBorn:
    title = text_of(new.title, limit=TITLE_MAX, name=_("服务名称"))
    if new.kind not in ServiceKind.values:
        raise InvalidInputError(_("请选择服务的类型。"))
    if ServiceBorn.objects.filter(community=petition.community_id, title=title).exists():
        raise ConflictError(_("已有名为“%s”的服务，请直接选它。") % title)
    return ServiceBorn.objects.create(
        community=petition.community,
        title=title,
        kind=new.kind,
        introduction=text_of(new.introduction, limit=200, name=_("说明"), required=False),
        planned_at=at,
        opened_on=new.opened_on,
    )


def _announce(service: ServiceBorn, late: int | None, at: datetime) -> None:
    """Tell everybody behind the matters that led to it; of a `late` one those who were not told before."""
    linked = Petition.objects.genuine().filter(service=service).order_by("pk")
    keys = [pk for pk in linked.values_list("pk", flat=True) if pk != late]
    told: set[str] = set()
    people = _reporters(keys)
    if late is not None:
        told, people = {_who(reporter) for reporter in people}, _reporters([late])
    new: dict[str, PetitionReporter] = {}
    for reporter in people:
        if _who(reporter) not in told:
            new.setdefault(_who(reporter), reporter)
    outbox.send(service_notices.service_opened(new.values(), service, at=at))
    if service.announced_at is None:
        service.announced_at = at
        service.save(update_fields=["announced_at"])


def _reporters(petition_ids: Sequence[int]) -> list[PetitionReporter]:
    """The people of these matters, and of those that run with them."""
    together = Petition.objects.filter(Q(pk__in=petition_ids) | Q(merged_into__in=petition_ids))
    return list(PetitionReporter.objects.filter(petition__in=together.values("pk")).order_by("pk"))


def _who(reporter: PetitionReporter) -> str:
    return reporter.phone or f"account {reporter.user_id}"
