"""When a place moves in the tree, its petitions move with it, and so does who may see them."""

from __future__ import annotations

from django.db.models import Value
from django.db.models.functions import Concat, Length, Substr

from petitions.models import Petition


def petitions_follow_place(old_path: str, new_path: str) -> None:
    """Rewrite the copies of a moved place's path: two statements, in the moving transaction."""
    for column in ("place_path", "grid_path"):
        rest = Substr(column, Length(Value(old_path)) + 1)
        rows = Petition.objects.filter(**{f"{column}__startswith": old_path})
        rows.update(**{column: Concat(Value(new_path), rest)})
