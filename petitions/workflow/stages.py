"""Stages by what they have in common, and where a mediation stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy

from community.workflow import LOOP, Stage

POSITION: Final[Mapping[Stage, int]] = {stage: index for index, stage in enumerate(LOOP)}
OPEN: Final[frozenset[Stage]] = frozenset(LOOP) - {Stage.ARCHIVED}
HANDLING: Final[frozenset[Stage]] = frozenset(
    {Stage.TRIAGED, Stage.DELIBERATING, Stage.DISPATCHED, Stage.ACCEPTED, Stage.IN_PROGRESS}
)
"""Stages in which the handling clock runs."""
AWAITING: Final[frozenset[Stage]] = frozenset(
    {Stage.FED_BACK, Stage.PUBLISHED, Stage.FOLLOWED_UP, Stage.EVALUATED}
)
"""Stages after the answer: the result may still be refused by the people who asked."""
UNANSWERED: Final[frozenset[Stage]] = HANDLING | {Stage.RECEIVED, Stage.RESOLVED}

SIDE_FROM: Final[Mapping[Stage, frozenset[Stage]]] = {
    Stage.RETURNED: frozenset({Stage.RECEIVED, Stage.TRIAGED}),
    Stage.WITHDRAWN: HANDLING | {Stage.RECEIVED},
    Stage.MERGED: HANDLING | {Stage.RECEIVED},
}


class Mediation(models.TextChoices):
    """Where the mediation of a matter stands; empty where there is none (P-12)."""

    OPEN = "open", gettext_lazy("调解中")
    FOLLOWING = "following", gettext_lazy("协议回访中")
    DONE = "done", gettext_lazy("调解结束")
