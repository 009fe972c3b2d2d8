"""What a row's own fields say against it, as a refusal in words."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model

from core.errors import InvalidInputError


def clean(row: Model, **how: Any) -> None:
    """Run the row's own checks; `how` is passed to `full_clean`.

    Raises:
        InvalidInputError: a field is wrong; `extra["problems"]` lists what is.
    """
    try:
        row.full_clean(**how)
    except ValidationError as problem:
        raise InvalidInputError(" ".join(problem.messages), extra={"problems": problem.messages}) from problem
