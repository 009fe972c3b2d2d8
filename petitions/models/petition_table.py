"""What the database knows of a matter: the index of every list, and what it refuses."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.db.models import Q

from petitions import workflow
from petitions.models import imported

NARROWED = ("stage", "severity", "topic", "channel")
RARE = (
    *("intake", "talk_point", "entered_by", "category", "merged_into", "follow_on_of", "service"),
    "resolved_by",
)
"""What most new matters do not have: indexed only where it is there, for each index costs every filing."""
_OPEN = Q(stage__in=sorted(stage.value for stage in workflow.OPEN))
_UNANSWERED = Q(stage__in=sorted(stage.value for stage in workflow.UNANSWERED))
_ON_PROBLEM_WALL = _UNANSWERED & Q(is_private=False, spam_marked_at__isnull=True)

INDEXES: Final = [
    models.Index(fields=["community", "due_at", "id"], name="petition_open_community", condition=_OPEN),
    models.Index(fields=["community", "stage", "due_at", "id"], name="petition_open_queue", condition=_OPEN),
    models.Index(
        fields=["community", "severity", "due_at", "id"],
        name="petition_open_colour",
        condition=_OPEN,
    ),
    models.Index(
        fields=["community", "grid", "severity"],
        name="petition_colour_map",
        condition=_OPEN & Q(spam_marked_at__isnull=True),
    ),
    models.Index(fields=["grid", "due_at", "id"], name="petition_open_grid", condition=_OPEN),
    models.Index(
        fields=["grid_path"],
        name="petition_open_grid_path",
        opclasses=["varchar_pattern_ops"],
        condition=_OPEN,
    ),
    models.Index(fields=["assignee", "due_at", "id"], name="petition_open_assignee", condition=_OPEN),
    models.Index(fields=["due_at", "id"], name="petition_open_due", condition=_OPEN),
    models.Index(fields=["stage", "due_at", "id"], name="petition_open_stage", condition=_OPEN),
    models.Index(fields=["severity", "due_at", "id"], name="petition_open_severity", condition=_OPEN),
    models.Index(fields=["community", "-filed_at", "-id"], name="petition_community_filed"),
    models.Index(fields=["community", "stage", "-filed_at", "-id"], name="petition_stage_filed"),
    models.Index(fields=["community", "channel", "-filed_at", "-id"], name="petition_channel_filed"),
    models.Index(fields=["grid", "-filed_at", "-id"], name="petition_grid_filed"),
    models.Index(fields=["-filed_at", "-id"], name="petition_filed"),
    # What is rare is found by these, also several together; what is common by going back in time.
    *(models.Index(fields=[name], name=f"petition_{name}") for name in NARROWED),
    *(
        models.Index(fields=[name], name=f"petition_{name}", condition=Q(**{f"{name}__isnull": False}))
        for name in RARE
    ),
    models.Index(
        fields=["community", "filed_at", "id"],
        name="petition_problem_wall",
        condition=_ON_PROBLEM_WALL,
    ),
    models.Index(
        fields=["place_path"],
        name="petition_problem_place",
        opclasses=["varchar_pattern_ops"],
        condition=_ON_PROBLEM_WALL,
    ),
    models.Index(
        fields=["due_at", "id"],
        name="petition_awaits_decision",
        condition=_OPEN & Q(awaits_decision=True),
    ),
    models.Index(fields=["clock", "due_at", "id"], name="petition_open_clock", condition=_OPEN),
    models.Index(
        fields=["-filed_at", "-id"], name="petition_spam", condition=Q(spam_marked_at__isnull=False)
    ),
    models.Index(
        fields=["community", "closed_at"],
        name="petition_to_anonymise",
        condition=Q(closed_at__isnull=False, anonymised_at__isnull=True),
    ),
    models.Index(fields=["changed_at"], name="petition_changed"),
    models.Index(
        fields=["supervisor", "due_at", "id"],
        name="petition_supervised",
        condition=_OPEN & Q(supervisor__isnull=False),
    ),
    models.Index(
        fields=["supervisor", "-filed_at", "-id"],
        name="petition_supervised_filed",
        condition=Q(supervisor__isnull=False),
    ),
    models.Index(
        fields=["due_at", "id"],
        name="petition_under_supervision",
        condition=_OPEN & Q(supervisor__isnull=False),
    ),
    models.Index(fields=["due_at", "id"], name="petition_tracked", condition=_OPEN & Q(is_tracked=True)),
    models.Index(fields=["supervise_at"], name="petition_supervise", condition=Q(supervise_at__isnull=False)),
    models.Index(
        fields=["due_at", "id"],
        name="petition_neglected",
        condition=_OPEN & Q(neglected_at__isnull=False),
    ),
    models.Index(fields=["neglect_at"], name="petition_neglect", condition=Q(neglect_at__isnull=False)),
    models.Index(fields=["sweep_at"], name="petition_sweep", condition=Q(sweep_at__isnull=False)),
    models.Index(fields=["due_at"], name="petition_provisional", condition=Q(due_is_provisional=True)),
    *imported.INDEXES,
]
CONSTRAINTS: Final[list[models.BaseConstraint]] = [
    models.CheckConstraint(
        condition=~Q(stage__in=["triaged", "in_progress", "resolved", "fed_back", "published", "evaluated"])
        | Q(severity__gt=""),
        name="petition_graded_after_triage",
    ),
    models.CheckConstraint(
        condition=Q(is_private=False) | ~Q(stage="published"), name="petition_private_never_published"
    ),
    models.CheckConstraint(
        condition=~Q(stage__in=["fed_back", "published", "followed_up", "evaluated", "archived"])
        | Q(fed_back_at__isnull=False),
        name="petition_answered_before_end",
    ),
    models.CheckConstraint(
        condition=Q(paused_at__isnull=True) | Q(pause_ends_at__isnull=False),
        name="petition_pause_has_end",
    ),
    models.CheckConstraint(
        condition=Q(stage="merged", merged_into__isnull=False)
        | ~Q(stage="merged") & Q(merged_into__isnull=True),
        name="petition_merged_into_another",
    ),
    models.CheckConstraint(condition=~Q(merged_into=models.F("id")), name="petition_not_merged_into_itself"),
    models.CheckConstraint(
        condition=~Q(follow_on_of=models.F("id")), name="petition_not_follow_on_of_itself"
    ),
    models.CheckConstraint(
        condition=~Q(stage="archived", needs_prevention=True, prevented_at__isnull=True),
        name="petition_prevented_before_archive",
    ),
    models.CheckConstraint(
        condition=Q(is_tracked=False) | Q(supervisor__isnull=False),
        name="petition_tracked_by_somebody",
    ),
    models.CheckConstraint(
        condition=Q(private_reporters__lte=models.F("reporters_count")),
        name="petition_private_reporters_counted",
    ),
    *imported.CONSTRAINTS,
]
