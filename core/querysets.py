"""Named filters of the ground floor, and the one way to lock a row."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from django.db import models

if TYPE_CHECKING:
    from core.models import InboxItem, OutboxMessage, StoredImage, User  # noqa: F401

M = TypeVar("M", bound=models.Model)


class LockableQuerySet(models.QuerySet[M]):
    """A queryset whose rows can be locked, in the order of their keys, joined rows left free."""

    def locked(self) -> Self:
        return self.select_for_update(of=("self",)).order_by("pk")


class OutboxQuerySet(LockableQuerySet["OutboxMessage"]):
    def pending(self) -> Self:
        """Queued, or claimed by a worker that may have died."""
        return self.filter(state__in=("queued", "sending"))

    def due(self, at: datetime) -> Self:
        return self.pending().filter(next_attempt_at__lte=at)

    def failed(self) -> Self:
        return self.filter(state="failed")


class InboxQuerySet(LockableQuerySet["InboxItem"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(user_id=user.pk)

    def unread(self) -> Self:
        return self.filter(read_at=None)


class ImageQuerySet(LockableQuerySet["StoredImage"]):
    def free(self) -> Self:
        """Photos that nothing shows yet and nobody has thrown away: no row of any table points to them."""
        owners = [
            relation.field
            for relation in self.model._meta.get_fields(include_hidden=True)
            if isinstance(relation, models.ForeignObjectRel)
        ]
        shown = [
            models.Exists(owner.model._base_manager.filter(**{owner.name: models.OuterRef("pk")}))
            for owner in owners
        ]
        return self.filter(*(~one for one in shown), discarded_at=None)


class AnyOf(models.Func):
    """Whether a key is one of those in `keys_text`: one statement for any number of them, to be prepared."""

    arg_joiner = " = ANY("
    template = "%(expressions)s::bigint[])"
    output_field = models.BooleanField()


def keys_text(keys: Iterable[int]) -> str:
    """Keys as the text of an array."""
    return f"{{{','.join(map(str, keys))}}}"


NO_KEYS: Final = "{-1}"
"""The sample of a text of keys."""


class Among(models.Func):
    """Whether a key is in a subquery that is run first and once: the planner has no other way in."""

    arg_joiner = " = ANY(ARRAY"
    template = "%(expressions)s)"
    output_field = models.BooleanField()
