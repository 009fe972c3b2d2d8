"""How places are named to strangers: no finer than the building."""

from __future__ import annotations

from community.models import Place
from community.models.place import PlaceKind


def public_place(place: Place) -> str:
    """Estate and building, such as 翠微小区 3号楼; an entrance is named by its building."""
    shown: Place = place
    if shown.kind == PlaceKind.ENTRANCE and shown.parent is not None:
        shown = shown.parent
    if (
        shown.kind == PlaceKind.BUILDING
        and shown.parent is not None
        and shown.parent.kind == PlaceKind.ESTATE
    ):
        return f"{shown.parent.name} {shown.name}"
    return shown.name
