"""What petitions contribute to a community's home and to the page 我的; one statement each (C-26, P-47)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Final

from django.db.models import Min, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from community.models import Community
from core.display import percent
from core.prepared import Prepared
from core.registries import Panel, Tile
from petitions.models import CommunityFigures
from petitions.selectors.walls import echo_latest


@dataclass(frozen=True, slots=True)
class Figures:
    """The counts of the home page, with the moment at which they were computed."""

    computed_at: datetime
    received: int
    opinions: int
    open: int
    answered: int
    confirmed: int
    closed_by_unit: int
    satisfied: int
    ratings: int
    imported: int

    @property
    def satisfaction(self) -> str:
        """Per cent of those who judged, to one decimal; empty while nobody has."""
        return percent(self.satisfied, self.ratings)


_FIGURES: Final = Prepared(
    lambda community: CommunityFigures.objects.filter(community=community).values_list(
        *(field.name for field in fields(Figures))
    ),
    community=-1,
)


def figures_of(community: Community) -> Figures | None:
    """The counts as last computed; None before the first time."""
    return next((Figures(*row) for row in _FIGURES.rows(community=community.pk)), None)


def panel_figures(request: HttpRequest) -> Panel | None:
    """How many were received, answered and confirmed, and how satisfied people are, with n."""
    community = _community(request)
    figures = figures_of(community) if community else None
    return Panel("petitions/_home_figures.html", {"figures": figures}) if figures else None


def panel_answers(request: HttpRequest) -> Panel | None:
    """The newest answers on the echo wall."""
    community = _community(request)
    cards = echo_latest(community) if community else []
    return Panel("petitions/_home_answers.html", {"cards": cards}) if cards else None


def panel_action(request: HttpRequest) -> Panel | None:
    """The one main action of a community's home, at the thumb on a phone."""
    return Panel("petitions/_home_action.html") if _community(request) else None


def tile_mine(_request: HttpRequest) -> Tile:
    return Tile(
        title=_("我的诉求"),
        text=_("反映过的和加入的"),
        url=reverse("petitions:mine"),
        icon="clipboard-list",
    )


def _community(request: HttpRequest) -> Community | None:
    return getattr(request, "community", None)


def gauges() -> dict[str, float]:
    """The kept figures of all communities together, and the age of the oldest; one statement."""
    found = CommunityFigures.objects.aggregate(
        open=Sum("open"), overdue=Sum("overdue"), received=Sum("received"), oldest=Min("computed_at")
    )
    oldest = found.pop("oldest")
    age = (timezone.now() - oldest).total_seconds() if oldest else 0.0
    return {**{name: float(value or 0) for name, value in found.items()}, "figures_age_seconds": age}
