"""What one goes on to from a patrol."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _


def register_ways() -> None:
    """Visits, hazards and the diary; the app above adds matters."""
    from grids.registries import PatrolWay, patrol_ways
    from grids.selectors import patrol_walk as walk

    visits = PatrolWay(_("入户走访"), "grids:visit_new", walk.visits_found)
    hazards = PatrolWay(_("隐患"), "grids:hazard_new", walk.hazards_found)
    diary = PatrolWay(_("民情日记"), "grids:diary_new", walk.diary_found)
    patrol_ways.register("grids.visits", visits, order=10)
    patrol_ways.register("grids.hazards", hazards, order=20)
    patrol_ways.register("grids.diary", diary, order=40)
