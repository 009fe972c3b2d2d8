"""Petitions locked as they are now, and what has changed on them since."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _

from core.errors import NotFoundError
from petitions.models import Petition
from petitions.querysets import PetitionQuerySet

_AS_LOCKED = "_as_locked"


def lock(petition_id: int) -> Petition:
    """The petition, locked, with what its rules need.

    Raises:
        NotFoundError: there is none.
    """
    found = _locked(Petition.objects.filter(pk=petition_id).locked().order_by())
    if not found:
        raise NotFoundError(_("没有找到这件诉求。"))
    return found[0]


def lock_several(petition_ids: Collection[int]) -> dict[int, Petition]:
    """Those of these petitions that are there, by key, locked in the order of their keys: one statement."""
    return {one.pk: one for one in _locked(Petition.objects.filter(pk__in=petition_ids).locked())}


def _locked(rows: PetitionQuerySet) -> list[Petition]:
    found = list(rows.select_related("community__profile"))
    for petition in found:
        _drop_stale_join(petition)
        petition.__dict__[_AS_LOCKED] = _columns(petition)
    return found


def _drop_stale_join(petition: Petition) -> None:
    """Whoever waited for the lock reads the row as it is now, but joined to what it pointed to before."""
    if petition.community.pk != petition.community_id:
        petition._state.fields_cache.pop("community")


def _columns(petition: Petition) -> dict[str, Any]:
    return {field.attname: getattr(petition, field.attname) for field in Petition._meta.concrete_fields}


def changed_columns(petition: Petition) -> list[str]:
    """The columns that differ from the row as it was locked: only they are written."""
    before = petition.__dict__[_AS_LOCKED]
    return [name for name, value in _columns(petition).items() if value != before[name]]
