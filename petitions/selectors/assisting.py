"""帮办 in figures, and the button under an item of the guide (P-40, P-41, C-10, C-27)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q, Sum
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from community.duties import Power
from community.models import HandlingMode, ServiceFamily, ServiceItem, ServiceItemUse
from community.permissions import paths_with
from community.querysets import below
from core.registries import Panel
from petitions.models import Assistance

TOP: Final = 10


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure with what it counts."""

    label: str
    number: int


@dataclass(frozen=True, slots=True)
class OnTime:
    """How many of a family's matters were settled, and how many of them within the item's limit."""

    label: str
    filed: int
    settled: int
    on_time: int

    @property
    def rate(self) -> int | None:
        """Per cent of what was settled; None while nothing was."""
        return round(100 * self.on_time / self.settled) if self.settled else None


@dataclass(frozen=True, slots=True)
class HelpFigures:
    """Cases by mode, on-time rate by family, and the most opened items."""

    modes: Sequence[Figure]
    families: Sequence[OnTime]
    hits: Sequence[Figure]


def help_figures(paths: Sequence[str]) -> HelpFigures:
    """What was helped with below these paths; three statements."""
    cases = Assistance.objects.filter(below(paths, "petition__place_path"))
    by_mode = dict(cases.values_list("mode").annotate(number=Count("pk")))
    settled = Q(was_on_time__isnull=False)
    by_family = {
        family: (filed, done, on_time)
        for family, filed, done, on_time in cases.values_list("item__family").annotate(
            filed=Count("pk"),
            done=Count("pk", filter=settled),
            on_time=Count("pk", filter=Q(was_on_time=True)),
        )
    }
    used = ServiceItemUse.objects.filter(below(paths, "community__place__path"))
    hits = used.values_list("item__title").annotate(total=Sum("hits")).order_by("-total", "item__title")
    labels = [("", _("到窗口办")), *HandlingMode.choices]
    return HelpFigures(
        [Figure(str(label), by_mode.get(mode, 0)) for mode, label in labels],
        [OnTime(str(family.label), *by_family.get(family, (0, 0, 0))) for family in ServiceFamily],
        [Figure(title, total) for title, total in hits[:TOP]],
    )


def panel_help(request: HttpRequest) -> Panel | None:
    """The figures above the guide at the desk, for what the person's posts cover."""
    paths = paths_with(request.user, Power.GUIDE_MANAGE, at=timezone.now())
    return Panel("admin/petitions/help_panel.html", {"figures": help_figures(paths)}) if paths else None


def panel_ask(_request: HttpRequest, _item: ServiceItem) -> Panel:
    """请人帮办, at the end of an item's page."""
    return Panel("petitions/_guide_action.html")
