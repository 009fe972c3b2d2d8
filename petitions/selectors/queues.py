"""The desk's queues: which matters wait for what, each served by an index."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from community.duties import Power
from community.models.place import PlaceKind
from community.permissions import held_posts, paths_with
from community.workflow import Limit, Severity, Stage
from core.models import User
from petitions import workflow
from petitions.models import Petition
from petitions.models.imported import IMPORTED
from petitions.querysets import PetitionQuerySet

COUNTED: Final = 2000
"""Counts go no further: beyond it a queue is simply long."""
ABOVE_COMMUNITIES: Final = (PlaceKind.COUNTY, PlaceKind.SUBDISTRICT)


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
    Queue("judge", _("待评价"), lambda rows, _at: rows.genuine().open().filter(clock=Limit.EVALUATE)),
    Queue("decision", _("待街道决定"), lambda rows, _at: rows.genuine().open().filter(awaits_decision=True)),
    Queue("supervised", _("督办"), lambda rows, _at: rows.genuine().open().filter(supervisor__isnull=False)),
    Queue("tracked", _("全程跟踪"), lambda rows, _at: rows.genuine().open().filter(is_tracked=True)),
    Queue(
        "neglected", _("疏忽提示"), lambda rows, _at: rows.genuine().open().filter(neglected_at__isnull=False)
    ),
    Queue("spam", _("无效"), lambda rows, _at: rows.filter(spam_marked_at__isnull=False), newest_first=True),
    Queue("all", _("全部"), lambda rows, _at: rows, newest_first=True),
    Queue("imported", _("旧档导入"), lambda rows, _at: rows.filter(IMPORTED), newest_first=True),
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


CHOICES: Final = """
    SELECT 'grid', grid.place_id, grid.name, grid.community_id, community.name
    FROM grids_grid grid
    JOIN community_place place ON place.id = grid.place_id
    JOIN community_community community ON community.place_id = grid.community_id
    WHERE ({below}) AND grid.is_active
        AND (NOT %(wide)s OR grid.community_id = %(community)s OR grid.place_id = %(grid)s)
    UNION ALL
    SELECT 'community', community.place_id, community.name, 0, ''
    FROM community_community community JOIN community_place place ON place.id = community.place_id
    WHERE %(wide)s AND ({below}) AND community.is_active
    UNION ALL
    SELECT 'saved', saved.id, saved.name, 0, saved.querystring
    FROM core_savedfilter saved WHERE saved.user_id = %(user)s AND saved.page = 'petitions.petition'
"""
"""Written out: as a union of querysets it took Django four times as long to put together as to ask.

`below` is one LIKE a post: the index on paths serves those, and no LIKE ANY.
"""


def choices_of(user: User, *, at: datetime, community: str = "", grid: str = "") -> Choices:
    """Grids, communities and saved filters in one statement.

    Whoever looks after a subdistrict or the county chooses the community first: a thousand grids fit no list.
    """
    paths = paths_with(user, Power.PETITION_READ, at=at)
    wide = any(post.place_kind in ABOVE_COMMUNITIES for post in held_posts(user, at=at))
    below = {f"below_{number}": f"{path}%" for number, path in enumerate(paths)}
    asked: dict[str, Any] = {
        **below,
        "wide": wide,
        "community": _number(community),
        "grid": _number(grid),
        "user": user.pk,
    }
    reach = " OR ".join(f"place.path LIKE %({name})s" for name in below) or "false"
    with connection.cursor() as cursor:
        cursor.execute(CHOICES.format(below=reach), asked)
        rows = cursor.fetchall()
    found: dict[str, list[Any]] = {"grid": [], "community": [], "saved": []}
    for kind, *row in sorted(rows):
        found[kind].append(row)
    several = wide or len({row[2] for row in found["grid"]}) > 1
    communities = [(row[0], row[1]) for row in found["community"]]
    return Choices(
        grids=[(row[0], f"{row[3]} {row[1]}" if several else row[1]) for row in found["grid"]],
        communities=communities or sorted({(row[2], row[3]) for row in found["grid"]} if several else ()),
        saved=[(row[0], row[1], row[3]) for row in found["saved"]],
    )


def _number(value: str) -> int:
    """The key in an address, 0 for what is none."""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else 0


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
        "supervised": Q(supervisor__isnull=False),
        "tracked": Q(is_tracked=True),
        "neglected": Q(neglected_at__isnull=False),
        **{colour.value: Q(severity=colour, stage__in=sorted(workflow.UNANSWERED)) for colour in Severity},
    }
    counted: dict[str, Any] = {name: Count("pk", filter=condition) for name, condition in wanted.items()}
    return rows.aggregate(**counted)
