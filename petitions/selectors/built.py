"""What stands on an estate's page: what was and is being built there, and what its use costs (P-30, P-09)."""

from __future__ import annotations

from typing import Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, F, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.http import HttpRequest

from community.models import Place
from core.prepared import BELOW, PreparedModel, below_of, path_of
from core.registries import Panel
from petitions.models import Project, ProjectPart, ProjectPrice, ProjectState

SHOWN: Final = 30
BUILT: Final = (ProjectState.PLANNED, ProjectState.RUNNING, ProjectState.DONE)


def panel_works(_request: HttpRequest, estate: Place) -> Panel | None:
    """Published projects of this estate or its buildings with their counts (车棚 3/3座), the latest first."""
    projects = _WORKS.all(below=below_of(estate.path))
    return Panel("petitions/_estate_works.html", {"projects": projects}) if projects else None


def panel_prices(_request: HttpRequest, estate: Place) -> Panel | None:
    """What the use of it costs now; one statement."""
    prices = _PRICES.all(below=below_of(estate.path))
    return Panel("petitions/_estate_prices.html", {"prices": prices}) if prices else None


def _projects_at(path: str) -> QuerySet[Project]:
    """Once each, however many of its buildings a project names."""
    here = Project.places.through.objects.filter(place__path__startswith=path)
    public = Project.objects.public().filter(state__in=BUILT)
    return public.filter(pk__in=here.values("project_id"))


def _counted() -> QuerySet[ProjectPart, str]:
    numbers = [Cast(F(name), CharField()) for name in ("done", "total")]
    words = Concat("name", Value(" "), numbers[0], Value("/"), numbers[1], "unit")
    parts = ProjectPart.objects.filter(project=OuterRef("pk")).order_by("pk")
    return parts.annotate(words=words).values_list("words", flat=True)


_WORKS: Final = PreparedModel(
    lambda below: (
        _projects_at(path_of(below))
        .annotate(counted=ArraySubquery(_counted()))
        .order_by("-state_at", "-pk")[:SHOWN]
    ),
    below=BELOW,
)
_PRICES: Final = PreparedModel(
    lambda below: (
        ProjectPrice.objects.filter(project__in=_projects_at(path_of(below)), replaced_at=None)
        .select_related("session")
        .order_by("name", "-published_at")[:SHOWN]
    ),
    below=BELOW,
)
