"""从您的话里长出来的服务: the public list (P-43)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from community.models import Community
from core.paging import Page, keyset
from core.registries import service_pages
from petitions.models import Petition, ServiceBorn

PAGE_SIZE = 12
MATTERS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class ServiceCard:
    """A service with the public matters that led to it; `people` counts those who asked in public."""

    service: ServiceBorn
    is_open: bool
    people: int
    matters: Sequence[Petition]
    url: str


def services_page(
    community: Community, cursor: str | None, at: datetime
) -> tuple[list[ServiceCard], Page[ServiceBorn]]:
    """One page of the list, the newest first: two statements, and one a registered app."""
    rows = ServiceBorn.objects.filter(community=community)
    page = keyset(rows, order=["-planned_at", "-pk"], cursor=cursor, size=PAGE_SIZE)
    keys = [service.pk for service in page.items]
    linked: dict[int, list[Petition]] = defaultdict(list)
    known = Petition.objects.known_to_strangers().filter(service__in=keys).order_by("pk")
    shown = ("number", "public_title", "topic", "service_id", "reporters_count", "private_reporters")
    for petition in known.only(*shown):
        linked[petition.service_id or 0].append(petition)
    urls: dict[int, str] = {}
    for source in service_pages:
        urls |= source(keys)
    return [_card(service, linked[service.pk], urls, at) for service in page.items], page


def _card(service: ServiceBorn, linked: list[Petition], urls: dict[int, str], at: datetime) -> ServiceCard:
    opened = service.opened_on
    return ServiceCard(
        service=service,
        is_open=opened is not None and opened <= timezone.localdate(at),
        people=sum(petition.shown_reporters for petition in linked),
        matters=linked[:MATTERS_SHOWN],
        url=urls.get(service.pk, ""),
    )
