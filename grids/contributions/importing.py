"""What of grids can come in from Excel."""

from __future__ import annotations


def register_imports() -> None:
    """Marks, who is cared for, the points of patrols, hazards of an older ledger, and lists of duties."""
    from community.sheet_kinds import import_kinds
    from grids.imports.care import CARE
    from grids.imports.duties import DUTIES
    from grids.imports.hazards import HAZARDS
    from grids.imports.marks import MARKS
    from grids.imports.points import POINTS

    for order, kind in enumerate((MARKS, CARE, POINTS, HAZARDS, DUTIES), start=20):
        import_kinds.register(kind.code, kind, order=order)
