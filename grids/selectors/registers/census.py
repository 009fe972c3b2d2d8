"""How far a round of 一年两排 is in each grid (G-26)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from core.display import percent
from grids.models import CareSubject, CensusRound, CensusState
from grids.selectors.buildings import grids_of

CHECKED = (CensusState.CONFIRMED, CensusState.CLOSED)


def census_by_grid(census: CensusRound) -> Sequence[str]:
    """Each grid by name with how many of its children were checked, as k/n and in percent; two statements.

    Who has died, moved away or left the scheme counts only where they were checked before.
    """
    known = Q(state__in=CHECKED) | Q(subject__in=CareSubject.objects.active())
    rows = census.entries.filter(known).select_related("subject__resident__household__place").order_by("pk")
    found = [(one.subject.resident.household.place, one.state in CHECKED) for one in rows]
    grids = grids_of(place for place, _is_checked in found)
    listed: Counter[str] = Counter()
    checked: Counter[str] = Counter()
    for place, is_checked in found:
        grid = grids.get(place.pk)
        name = grid.name if grid else _("没有网格的")
        listed[name] += 1
        checked[name] += is_checked
    return [
        _("%(grid)s %(done)d/%(all)d（%(share)s%%）")
        % {"grid": name, "done": checked[name], "all": count, "share": percent(checked[name], count)}
        for name, count in listed.items()
    ]
