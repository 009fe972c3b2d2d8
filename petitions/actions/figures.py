"""The counts of a community's page, computed from the records and kept with their time (C-31, P-47)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Coalesce

from community.workflow import Stage
from petitions import workflow
from petitions.models import CommunityFigures, Evaluation, Petition

COUNTED: Final = (
    "received",
    "opinions",
    "open",
    "answered",
    "confirmed",
    "silent",
    "closed_by_unit",
    "ratings",
    "satisfied",
    "overdue",
)


def figures_refresh(*, at: datetime, community_ids: Collection[int] | None = None) -> int:
    """Compute the figures of these communities, or of all in which something changed; how many were.

    One grouped statement reads, one writes; nothing is locked that a page waits for.
    """
    chosen = _changed_since_last() if community_ids is None else list(community_ids)
    if not chosen:
        return 0
    with transaction.atomic():
        found = {row["community_id"]: row for row in _counts(chosen, at)}
        CommunityFigures.objects.bulk_create(
            [CommunityFigures(**_row(pk, found.get(pk, {}), at)) for pk in chosen],
            update_conflicts=True,
            unique_fields=["community"],
            update_fields=["computed_at", *COUNTED],
        )
    return len(chosen)


def _row(pk: int, counts: dict[str, Any], at: datetime) -> dict[str, object]:
    numbers = {name: counts.get(name) or 0 for name in COUNTED}
    return {"community_id": pk, "computed_at": at, **numbers}


def _changed_since_last() -> list[int]:
    last = CommunityFigures.objects.order_by("-computed_at").values_list("computed_at", flat=True).first()
    rows = Petition.objects.order_by()
    if last is not None:
        rows = rows.filter(changed_at__gte=last)
    return sorted(rows.values_list("community_id", flat=True).distinct())


def _counts(chosen: Collection[int], at: datetime) -> list[dict[str, Any]]:
    """What the page says, by community. "Confirmed" is what the people who asked said in the last round.

    Where there was nobody to ask, nobody was silent either.
    """
    judged = Evaluation.objects.filter(petition=OuterRef("pk"), round=OuterRef("round"))
    yes, no = Exists(judged.filter(is_satisfied=True)), Exists(judged.filter(is_satisfied=False))
    answered = Q(fed_back_at__isnull=False)
    is_open = Q(stage__in=sorted(workflow.UNANSWERED))
    heard = Q(yes=True) | Q(no=True)
    rows = Petition.objects.genuine().filter(community_id__in=chosen).exclude(stage=Stage.MERGED)
    grouped = rows.annotate(yes=yes, no=no, asked=Exists(judged)).order_by().values("community_id")
    counted: Any = grouped.annotate(
        received=Count("pk"),
        opinions=Coalesce(Sum("reporters_count"), 0),
        open=Count("pk", filter=is_open),
        answered=Count("pk", filter=answered),
        confirmed=Count("pk", filter=answered & Q(yes=True, no=False)),
        silent=Count("pk", filter=Q(stage=Stage.ARCHIVED, asked=True) & ~heard),
        closed_by_unit=Count("pk", filter=answered & Q(yes=False)),
        ratings=Coalesce(Sum(F("satisfied_count") + F("dissatisfied_count")), 0),
        satisfied=Coalesce(Sum("satisfied_count"), 0),
        overdue=Count("pk", filter=is_open & Q(due_at__lt=at, paused_at__isnull=True)),
    )
    return list(counted)
