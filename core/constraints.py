"""What the database's refusals mean to a person. Apps register the constraints they rely on."""

from __future__ import annotations

from typing import Final

from django.db import IntegrityError
from django.utils.functional import Promise

from core.errors import ConflictError, DomainError

MESSAGES: Final[dict[str, tuple[str | Promise, type[DomainError]]]] = {}


def register(name: str, message: str | Promise, error: type[DomainError] = ConflictError) -> None:
    """Say what breaking the constraint `name` means; `error` is the kind of refusal it becomes."""
    MESSAGES[name] = (message, error)


def explain(failure: IntegrityError) -> DomainError | None:
    """The refusal that a known constraint stands for; None for anything else, which stays a 500."""
    name = getattr(getattr(failure.__cause__, "diag", None), "constraint_name", None)
    if name not in MESSAGES:
        return None
    message, error = MESSAGES[name]
    return error(message, extra={"constraint": name})
