"""The desk's queues: which matters wait for what, each served by an index."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import CharField, Count, Q, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from community.duties import Power
from community.permissions import paths_with
from community.querysets import below
from community.workflow import Limit, Severity, Stage
from core.models import User
from grids.models import Grid
from petitions import workflow
from petitions.models import Petition, SavedFilter
from petitions.querysets import PetitionQuerySet

COUNTED: Final = 2000
"""Counts go no further: beyond it a queue is simply long."""


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue by its code in the address, its name, and which matters are in it."""

    code: str
    label: str | Promise
    rows: Callable[[PetitionQuerySet, datetime], PetitionQuerySet]
    newest_first: bool = False


def _at(*stages: Stage) -> Callable[[PetitionQuerySet, datetime], PetitionQuerySet]:
    return lambda rows, _at: rows.genuine().filter(stage__in=stages)


def _on(stage: Stage, clock: Limit) -> Callable[[PetitionQuerySet, datetime], PetitionQuerySet]:
    return lambda rows, _at: rows.genuine().filter(stage=stage, clock=clock)


QUEUES: Final = (
    Queue("", _("全部未结"), lambda rows, _at: rows.genuine().open()),
    Queue("received", _("待理事"), _at(Stage.RECEIVED)),
    Queue("handling", _("办理中"), _at(*sorted(workflow.HANDLING))),
    Queue("late", _("超时"), lambda rows, at: rows.genuine().overdue(at)),
    Queue("resolved", _("待反馈"), _at(Stage.RESOLVED)),
    Queue("publish", _("待晒事"), _on(Stage.FED_BACK, Limit.PUBLISH)),
    Queue("visit", _("待回访"), lambda rows, _at: rows.genuine().open().filter(clock=Limit.RETURN_VISIT)),
    Queue(
        "judge",
        _("待评价"),
        lambda rows, _at: rows.genuine().filter(stage__in=sorted(workflow.AWAITING), clock=Limit.EVALUATE),
    ),
    Queue("decision", _("待街道决定"), lambda rows, _at: rows.genuine().open().filter(awaits_decision=True)),
    Queue("spam", _("无效"), lambda rows, _at: rows.filter(spam_marked_at__isnull=False), newest_first=True),
    Queue("all", _("全部"), lambda rows, _at: rows, newest_first=True),
)
OPEN: Final = "open"
BY_CODE: Final[Mapping[str, Queue]] = {queue.code: queue for queue in QUEUES}


def queue_of(code: str | None) -> Queue:
    """The queue with this code; everything open for an unknown one, and for `OPEN` beside a search."""
    return BY_CODE.get(code or "", QUEUES[0])


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person may choose at the desk: grids and communities in reach, and saved filters."""

    grids: list[tuple[int, str]]
    communities: list[tuple[int, str]]
    saved: list[tuple[int, str, str]]


def choices_of(user: User, *, at: datetime) -> Choices:
    """Grids, communities and saved filters in one statement."""
    paths = paths_with(user, Power.PETITION_READ, at=at)
    grids = Grid.objects.filter(below(paths, "place__path"), is_active=True).order_by()
    saved = SavedFilter.objects.filter(user=user).order_by()
    rows = list(
        grids.values_list(_text("grid"), "pk", "name", "community_id", "community__name").union(
            saved.values_list(_text("saved"), "pk", "name", Value(0), "querystring"), all=True
        )
    )
    found = sorted(row for row in rows if row[0] == "grid")
    communities = dict.fromkeys((row[3], row[4]) for row in found)
    several = len(communities) > 1
    return Choices(
        grids=[(row[1], f"{row[4]} {row[2]}" if several else row[2]) for row in found],
        communities=list(communities) if several else [],
        saved=sorted((row[1], row[2], row[4]) for row in rows if row[0] == "saved"),
    )


def queue_counts(user: User, *, at: datetime) -> dict[str, int]:
    """How many wait in each queue and colour, among the COUNTED most pressing ones; one statement."""
    nearest = Petition.objects.visible_to(user, at=at).genuine().open().order_by("due_at", "pk")[:COUNTED]
    rows = Petition.objects.filter(pk__in=nearest.values("pk"))
    wanted: dict[str, Q] = {
        "open": Q(),
        "received": Q(stage=Stage.RECEIVED),
        "late": Q(due_at__lt=at, paused_at=None),
        "resolved": Q(stage=Stage.RESOLVED),
        "publish": Q(stage=Stage.FED_BACK, clock=Limit.PUBLISH),
        "visit": Q(clock=Limit.RETURN_VISIT),
        "decision": Q(awaits_decision=True),
        **{colour.value: Q(severity=colour, stage__in=sorted(workflow.UNANSWERED)) for colour in Severity},
    }
    counted: dict[str, Any] = {name: Count("pk", filter=condition) for name, condition in wanted.items()}
    return rows.aggregate(**counted)


def _text(value: str) -> Value:
    return Value(value, output_field=CharField())
