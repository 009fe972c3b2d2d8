"""What belongs to a matter, as the SQL that reads all of it in one statement: rows of JSON by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from django.db.models import Model

from petitions.models import (
    Assistance,
    Deliberation,
    Evaluation,
    Exchange,
    Explanation,
    NeglectSignal,
    PetitionEvent,
    PetitionPhoto,
    PetitionReporter,
    PreventionMeasure,
    Question,
    Resolution,
    ReturnVisit,
    SupervisionCheck,
    WallPost,
)
from petitions.selectors.chain import CHAIN

PARTS: Final[Mapping[str, tuple[type[Model], tuple[str, ...]]]] = {
    "events": (
        PetitionEvent,
        (
            *("id", "at", "event", "stage", "round", "actor_id", "reporter_id"),
            *("duty", "post_place", "audience", "note"),
        ),
    ),
    "reporters": (
        PetitionReporter,
        (
            "id",
            "petition_id",
            "is_first",
            "user_id",
            "name",
            "phone",
            "on_behalf_of",
            "words",
            "joined_at",
            "code_version",
        ),
    ),
    "photos": (PetitionPhoto, ("id", "kind", "is_public", "image_id", "added_at")),
    "questions": (Question, ("id", "text", "asked_at", "answer", "answered_at", "lapsed_at")),
    "evaluations": (
        Evaluation,
        (
            *("id", "reporter_id", "round", "closes_at", "is_satisfied", "comment"),
            *("answered_at", "closed_at", "is_unreachable", "recorded_by_id"),
        ),
    ),
    "return_visits": (ReturnVisit, ("id", "round", "visited_at", "way", "holds", "words")),
    "wall_posts": (
        WallPost,
        ("id", "title", "question", "answer", "published_at", "taken_down_at", "taken_down_reason"),
    ),
    "supervision_checks": (SupervisionCheck, ("id", "supervisor_id", "finding", "is_urge", "made_at")),
    "neglect_signals": (NeglectSignal, ("id", "reason", "noticed_at")),
    "prevention": (
        PreventionMeasure,
        ("id", "text", "every_months", "responsible_id", "check_at", "checked_at", "recorded_at"),
    ),
    "resolutions": (
        Resolution,
        ("id", "session_id", "text", "state", "due_on", "urge_count", "urged_at", "settled_note"),
    ),
    "deliberations": (
        Deliberation,
        ("id", "held_on", "venue", "participants", "headcount", "decision", "supervisor_id"),
    ),
    "assistances": (
        Assistance,
        (
            *("id", "item_id", "is_application", "mode", "authorised_by", "authorisation", "slot"),
            *("authorisation_photo_id", "address", "few_reason", "completed_at", "result"),
        ),
    ),
    "explanations": (Explanation, ("id", "point", "explained_by_id", "explained_at")),
    "exchanges": (Exchange, ("id", "way", "note", "noted_by_id", "noted_at")),
}
"""What is read about a matter in one statement, as JSON."""
BEHIND: Final = """
    SELECT own.id FROM petitions_petition own
    WHERE own.id = petitions_petition.id OR own.merged_into_id = petitions_petition.id
"""
"""A matter and those merged into it: whose reporters are told, answered and asked."""
MERGED: Final = """
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'id', one.id, 'number', one.number, 'text', one.text, 'is_private', one.is_private,
        'filed_at', one.filed_at, 'place_path', one.place_path, 'grid_path', one.grid_path
    ) ORDER BY one.id), '[]')
    FROM petitions_petition one WHERE one.merged_into_id = petitions_petition.id
"""
SERVICE: Final = """
    SELECT to_jsonb(one) FROM petitions_serviceborn one WHERE one.id = petitions_petition.service_id
"""
NAMES: Final[Mapping[str, str]] = {
    "parties": """
        SELECT coalesce(jsonb_agg(body.name ORDER BY part.id), '[]')
        FROM petitions_petitionparty part JOIN community_organisation body ON body.id = part.organisation_id
        WHERE part.petition_id = petitions_petition.id""",
    "merged": MERGED,
    "runs_in": """
        SELECT jsonb_build_object('id', one.id, 'number', one.number, 'stage', one.stage)
        FROM petitions_petition one WHERE one.id = petitions_petition.merged_into_id""",
    "holder_posts": """
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'duty', post.duty, 'path', place.path, 'starts_on', post.starts_on, 'ends_on', post.ends_on
        )), '[]')
        FROM community_post post JOIN core_user holder ON holder.id = post.user_id AND holder.is_active
        JOIN community_place place ON place.id = post.place_id
        WHERE post.user_id = petitions_petition.assignee_id""",
    "chain": CHAIN,
    "hazard": """
        SELECT jsonb_build_object('id', one.id, 'state', one.state)
        FROM petitions_petitionsource source JOIN grids_hazard one ON one.id = source.hazard_id
        WHERE source.petition_id = petitions_petition.id""",
    "service": SERVICE,
    "intake": "SELECT name FROM community_channel channel WHERE channel.id = petitions_petition.intake_id",
    "people": """
        SELECT coalesce(jsonb_object_agg(id, coalesce(nullif(display_name, ''), username, '#' || id)), '{}')
        FROM core_user
        WHERE id IN (petitions_petition.entered_by_id, petitions_petition.supervisor_id) OR id IN (
            SELECT actor_id FROM petitions_petitionevent WHERE petition_id = petitions_petition.id)""",
}
"""What stands on the page beside: bodies that act together, merged matters, the one in which it runs, the
posts of whoever holds it, the channel, who wrote a line.
"""


BESIDE: Final = frozenset(
    {"chain", "hazard", "holder_posts", "intake", "merged", "people", "runs_in", "service"}
)
"""What only a page shows: few steps ask for it."""


@cache
def parts_sql(*, beside: bool | None = None) -> str:
    """All parts of a matter as one JSON object, in SQL that is written once; or those beside, or the others.

    As subqueries of the ORM they would be compiled anew for every page, which took half of its time.
    """
    parts = {**{name: _rows_sql(model, fields) for name, (model, fields) in PARTS.items()}, **NAMES}
    if beside is not None:
        parts = {name: sql for name, sql in parts.items() if (name in BESIDE) == beside}
    pairs = ", ".join(f"'{name}', ({sql})" for name, sql in parts.items())
    return f"SELECT jsonb_build_object({pairs})::text FROM petitions_petition WHERE id = %s"  # noqa: S608


def _rows_sql(model: type[Model], fields: Sequence[str]) -> str:
    pairs = ", ".join(f"'{name}', part.{model._meta.get_field(name).column}" for name in fields)  # type: ignore[union-attr]
    whose = f"IN ({BEHIND})" if model is PetitionReporter else "= petitions_petition.id"
    return (
        f"SELECT coalesce(jsonb_agg(jsonb_build_object({pairs}) ORDER BY part.id), '[]') "  # noqa: S608
        f"FROM {model._meta.db_table} part WHERE part.petition_id {whose}"
    )
