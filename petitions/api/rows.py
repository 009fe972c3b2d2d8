"""Rows as the API gives them: read as plain columns, without building objects for every join."""

from __future__ import annotations

from typing import Any, Final

from community.workflow import Stage
from petitions.querysets import PetitionQuerySet

_SAME: Final = (
    "number",
    "stage",
    "severity",
    "route",
    "topic",
    "channel",
    "origin",
    "public_title",
    "is_private",
    "reporters_count",
    "round",
    "due_at",
    "due_is_provisional",
    "promise_at",
    "filed_at",
    "closed_at",
    "changed_at",
)
"""Columns that stand in the answer under their own name."""
_JOINED: Final = (
    "id",
    "canonical_category",
    "community__slug",
    "community__profile__stage_labels",
    "place_id",
    "place__name",
    "place__parent__name",
    "grid__name",
    "assignee_id",
    "paused_at",
    "spam_marked_at",
    "merged_into__number",
    "follow_on_of__number",
)
_FULL: Final = (
    "text",
    "spot",
    "scale",
    "difficulty",
    "social_impact",
    "severity_reason",
    "is_approved",
    "tier",
    "clock",
    "pause_reason",
    "pause_ends_at",
    "outcome",
    "handed_on_to",
    "triaged_at",
    "claimed_at",
    "resolved_at",
    "fed_back_at",
    "published_at",
    "satisfied_count",
    "dissatisfied_count",
    "awaits_decision",
    "needs_prevention",
    "is_tracked",
    "urge_count",
)

_HELP: Final = ("item_id", "item__title", "is_application", "mode", "slot", "completed_at", "was_on_time")
"""Of 帮办; never on whose authority, nor at what address: that is the resident's."""


def rows(petitions: PetitionQuerySet) -> Any:
    """A queryset of named tuples, enough for `brief`."""
    return petitions.values_list(*_SAME, *_JOINED, named=True)


def full_rows(petitions: PetitionQuerySet) -> Any:
    """A queryset of named tuples, enough for `full`."""
    help_ = (f"assistance__{name}" for name in _HELP)
    return petitions.values_list(*_SAME, *_JOINED, *_FULL, *help_, named=True)


def brief(row: Any) -> dict[str, Any]:
    """One matter in a list."""
    answer = {name: getattr(row, name) for name in _SAME}
    answer |= {
        "stage_label": row.community__profile__stage_labels.get(row.stage) or str(Stage(row.stage).label),
        "category": row.canonical_category,
        "community": row.community__slug,
        "place": {"id": row.place_id, "name": row.place__name, "within": row.place__parent__name or ""},
        "grid": row.grid__name,
        "is_assigned": row.assignee_id is not None,
        "is_paused": row.paused_at is not None,
        "is_spam": row.spam_marked_at is not None,
        "merged_into": row.merged_into__number,
        "follow_on_of": row.follow_on_of__number,
    }
    return answer


def full(row: Any, photos: list[dict[str, Any]]) -> dict[str, Any]:
    """One matter with everything but its history and the people behind it."""
    answer = brief(row) | {name: getattr(row, name) for name in _FULL}
    return answer | {"assistance": _assistance(row), "photos": photos}


def _assistance(row: Any) -> dict[str, Any] | None:
    """Which item of the guide it is about and how it is handled; None for any other matter (P-41)."""
    if row.assistance__item_id is None:
        return None
    found = {name: getattr(row, f"assistance__{name}") for name in _HELP}
    return {"item": found.pop("item__title"), **{k: v for k, v in found.items() if k != "item_id"}}
