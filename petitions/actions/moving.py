"""Places move in the tree and buildings change grids: their petitions go along, and who may see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Value
from django.db.models.functions import Concat, Length, Substr

from community.models import Place
from community.querysets import below
from core.audit import Trace, record_each
from core.batches import rows_update
from core.language import gettext as _
from core.models import User
from grids.selectors.buildings import grids_of
from petitions.models import Petition, PetitionEvent
from petitions.workflow import Audience, Event


def petitions_follow_place(old_path: str, new_path: str) -> None:
    """Rewrite the copies of a moved place's path: two statements, in the moving transaction."""
    for column in ("place_path", "grid_path"):
        rest = Substr(column, Length(Value(old_path)) + 1)
        rows = Petition.objects.filter(**{f"{column}__startswith": old_path})
        rows.update(**{column: Concat(Value(new_path), rest)})


def matters_follow_ground(places: Sequence[Place], actor: User | None, post: str, at: datetime) -> None:
    """Open matters below these places belong to the grid that holds them now; each that moves has a line of
    its history and of the trail. Whoever had it in hand and holds no post over it any more is replaced as
    anybody who has left is (`sweeping`).
    """
    rows = Petition.objects.open().filter(below((place.path for place in places), "place_path"))
    found = list(rows.select_related("place").select_for_update(of=("self",), no_key=True).order_by("pk"))
    grids = grids_of({row.place_id: row.place for row in found}.values())
    moved = [row for row in found if row.grid_id != getattr(grids.get(row.place_id), "pk", None)]
    for row in moved:
        row.grid = grids.get(row.place_id)
        row.grid_path, row.changed_at = row.grid.place.path if row.grid else "", at
    rows_update(moved, ("grid", "grid_path", "changed_at"))
    PetitionEvent.objects.bulk_create(
        PetitionEvent(
            petition=row,
            at=at,
            event=Event.REROUTED,
            stage=row.stage,
            round=row.round,
            actor=actor,
            audience=Audience.STAFF,
            note=_("楼栋划归%s。") % row.grid.name if row.grid else _("楼栋不再属于任何网格。"),
        )
        for row in moved
    )
    traces = [Trace(row, row.grid_path or row.place_path, post) for row in moved]
    record_each(event="petition.rerouted", actor=actor, traces=traces, at=at, fields=["grid"])
