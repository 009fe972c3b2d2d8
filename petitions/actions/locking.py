"""Petitions locked as they are now, and what has changed on them since."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from django.db import connection
from django.db.transaction import TransactionManagementError

from core.errors import NotFoundError
from core.language import gettext as _
from core.prepared import PreparedModel
from petitions.models import Petition

_AS_LOCKED: Final = "_as_locked"
_ONE: Final = PreparedModel(
    lambda pk: Petition.objects.filter(pk=pk).locked().order_by().select_related("community__profile"),
    pk=-1,
)


def lock(petition_id: int) -> Petition:
    """The petition, locked, with what its rules need.

    Raises:
        NotFoundError: there is none.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("A lock holds until its transaction ends.")
    found = _ONE.first(pk=petition_id)
    if found is None:
        raise NotFoundError(_("没有找到这件诉求。"))
    return _as_locked(found)


def lock_several(petition_ids: Collection[int]) -> dict[int, Petition]:
    """Those of these petitions that are there, by key, locked in the order of their keys: one statement."""
    rows = Petition.objects.filter(pk__in=petition_ids).locked().select_related("community__profile")
    return {one.pk: _as_locked(one) for one in rows}


def _as_locked(petition: Petition) -> Petition:
    _drop_stale_join(petition)
    petition.__dict__[_AS_LOCKED] = _columns(petition)
    return petition


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
