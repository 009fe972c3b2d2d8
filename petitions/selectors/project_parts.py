"""Everything around a project, for everybody or for the desk: one statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from django.db.models import Model

from community.models import Place
from petitions.models import (
    AgendaItem,
    BudgetLine,
    DeliberationSession,
    Drawing,
    DrawingComment,
    PersuasionTask,
    PhaseMove,
    Poll,
    PollTally,
    Project,
    ProjectBlock,
    ProjectMatter,
    ProjectPart,
    ProjectPhase,
    ProjectPrice,
)
from petitions.selectors.parts import NAMED, Columns, made, parts_read, parts_sql, rows_sql

WAITING_SHOWN: Final = 40
TABLE: Final = Project._meta.db_table
OWN: Final = f"part.project_id = {TABLE}.id"


def _linked(name: str) -> str:
    """What a field of many projects points to, as a condition on `part`."""
    field: Any = Project._meta.get_field(name)
    return f"part.id IN ({_of(field.m2m_db_table(), field.m2m_reverse_name())})"


def _of(table: str, column: str = "id") -> str:
    """Keys in another table that belongs to the project."""
    return f"SELECT {column} FROM {table} WHERE project_id = {TABLE}.id"  # noqa: S608


UNANSWERED: Final = f"""
    FROM petitions_drawingcomment comment
    WHERE comment.answered_at IS NULL AND comment.drawing_id IN ({_of("petitions_drawing")})
"""
PARTNERS: Final = f"""
    SELECT coalesce(jsonb_agg(body.name ORDER BY body.id), '[]')
    FROM petitions_project_partners link JOIN community_organisation body ON body.id = link.organisation_id
    WHERE link.project_id = {TABLE}.id
"""  # noqa: S608
SHOWN: Final = f"""
    SELECT coalesce(jsonb_object_agg(counted.drawing_id, counted.shown), '{{}}') FROM (
        SELECT drawing_id, count(*) AS shown FROM petitions_drawingcomment
        WHERE state = 'shown' AND drawing_id IN ({_of("petitions_drawing")}) GROUP BY drawing_id) counted
"""  # noqa: S608
"""How many comments on each drawing are shown."""
SESSION: Final[Columns] = ("id", "name", "session_no", "starts_at")
ROWS: Final[Mapping[str, tuple[type[Model], Columns, str, str]]] = {
    "places": (
        Place,
        (*("id", "kind", "name"), ("parent", ("id", "kind", "name"))),
        _linked("places"),
        "part.path",
    ),
    "phases": (
        ProjectPhase,
        (
            *("id", "name", "begins_on", "due_on", "is_works", "done_at"),
            *(("responsible", NAMED), ("done_by", NAMED)),
        ),
        OWN,
        "part.begins_on, part.due_on, part.id",
    ),
    "moves": (
        PhaseMove,
        ("id", "phase_id", "due_before", "due_after", "reason", "moved_at"),
        f"part.phase_id IN ({_of('petitions_projectphase')})",
        "part.moved_at, part.id",
    ),
    "parts": (ProjectPart, ("id", "name", "unit", "total", "done", "themes"), OWN, "part.id"),
    "budget": (
        BudgetLine,
        ("id", "source", "amount_fen", "reason", "published_at"),
        OWN,
        "part.published_at, part.id",
    ),
    "prices": (
        ProjectPrice,
        ("id", "name", "unit", "base", "service", "published_at", "replaced_at", ("session", SESSION)),
        OWN,
        "part.name, part.published_at DESC, part.id DESC",
    ),
    "sessions": (
        DeliberationSession,
        (
            *("id", "name", "session_no", "starts_at", "venue", "state", "headcount"),
            *("moved_from", "moved_reason", "announced_at"),
        ),
        _linked("sessions"),
        "part.starts_at, part.id",
    ),
    "polls": (
        Poll,
        (
            *("id", "question", "state", "options", "majority", "quorum_percent"),
            *("eligible", "cast_online", "cast_paper", "opened_at"),
        ),
        _linked("polls"),
        "part.closes_at, part.id",
    ),
    "tallies": (
        PollTally,
        ("id", "poll_id", "votes"),
        f"part.poll_id IN ({_of('petitions_project_polls', 'poll_id')})",
        "part.position",
    ),
    "matters": (
        ProjectMatter,
        (
            *("id", "kind"),
            ("petition", ("id", "number", "public_title", "is_private", "spam_marked_at")),
        ),
        OWN,
        "part.id",
    ),
    "drawings": (
        Drawing,
        ("id", "title", "version", "is_latest", "comments_until"),
        OWN,
        "part.title, part.version DESC",
    ),
    "comments": (
        DrawingComment,
        ("id", "text", "name", "phone", "state", "written_at", ("drawing", ("id", "title"))),
        f"part.id IN (SELECT comment.id {UNANSWERED} ORDER BY comment.id LIMIT {WAITING_SHOWN})",
        "part.id",
    ),
    "blocks": (
        ProjectBlock,
        (
            *("id", "kind", "words", "latest", "outcome"),
            *("opened_at", "opened_by_id", "heard_at", "cleared_at"),
            *(("phase", ("id", "name", "responsible_id")), ("by_project", ("id", "title"))),
        ),
        OWN,
        "part.id",
    ),
    "talks": (
        PersuasionTask,
        ("id", "block_id", "talker_id", "ended_at"),
        f"part.block_id IN ({_of('petitions_projectblock')})",
        "part.id",
    ),
    "topics": (
        AgendaItem,
        ("id", "title", "state", "is_public", ("session", (*SESSION, "announced_at"))),
        f"part.follows_id = {TABLE}.id",
        "part.id",
    ),
}
"""Each kind of rows: model, columns, which of them, and their order."""
OTHER: Final = {"partners": PARTNERS, "shown": SHOWN, "unanswered": f"SELECT count(*) {UNANSWERED}"}
"""Names of the partners; comments that are shown, by drawing; how many comments wait for an answer."""
BOTH: Final = frozenset(
    {"places", "partners", "phases", "parts", "budget", "prices", "sessions", "polls", "matters"}
    | {"drawings", "shown", "blocks", "topics"}
)
PUBLIC: Final = BOTH | {"moves", "tallies"}
DESK: Final = BOTH | {"comments", "unanswered", "talks"}
"""What the public page shows, and what the desk's does."""


class ProjectParts:
    """What belongs to a project, each in its order; only what was `wanted` is there."""

    def __init__(self, project: Project, wanted: frozenset[str]) -> None:
        self.project = project
        self._read = parts_read(_sql(wanted), project.pk)

    def rows(self, name: str) -> list[Any]:
        """One kind of rows, as models."""
        model = ROWS[name][0]
        return [made(model, row) for row in self._read[name]]

    def __getitem__(self, name: str) -> Any:
        """What is no row: one of `OTHER`."""
        return self._read[name]

    def by(self, name: str, key: str) -> Mapping[int, list[Any]]:
        """Rows of a kind by the column `key`; nothing for what has none."""
        found: defaultdict[int, list[Any]] = defaultdict(list)
        for row in self.rows(name):
            found[getattr(row, key)].append(row)
        return found

    def drawings(self) -> list[Any]:
        """Every drawing with how many of its comments are shown, the latest version of each first."""
        found = self.rows("drawings")
        for drawing in found:
            drawing.project, drawing.shown = self.project, self["shown"].get(str(drawing.pk), 0)
        return found


@cache
def _sql(wanted: frozenset[str]) -> str:
    rows = {name: rows_sql(*ROWS[name]) for name in sorted(wanted - OTHER.keys())}
    return parts_sql(TABLE, rows | {name: OTHER[name] for name in sorted(wanted & OTHER.keys())})
