"""The failures that are expected. Anything else is a 500 and is logged.

One middleware turns a `DomainError` into a page, one DRF handler into `{code, message, extra}`.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.functional import Promise

from core.language import told


class DomainError(Exception):
    """A refusal that a person can understand and act on. Nothing was changed."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 400

    def __init__(self, message: str | Promise, *, extra: dict[str, Any] | None = None) -> None:
        super().__init__(str(message))
        self.said = message
        self.extra = extra or {}

    @property
    def message(self) -> str:
        """The sentence, in the language of the page that shows it."""
        return told(self.said)


class InvalidInputError(DomainError):
    """What was sent cannot be used as it is."""

    code = "invalid_input"
    status = 422


class NotAllowedError(DomainError):
    """The person's posts do not allow this."""

    code = "not_allowed"
    status = 403


class NotFoundError(DomainError):
    """Not there, or not visible to this person: the answer is the same."""

    code = "not_found"
    status = 404


class ConflictError(DomainError):
    """Somebody else was first, or the thing has moved on."""

    code = "conflict"
    status = 409


class RepeatedError(ConflictError):
    """The same thing was sent a second time; the first one counts."""

    code = "repeated"


class IllegalMoveError(ConflictError):
    """The loop does not allow this step from the present stage."""

    code = "illegal_move"


class GateClosedError(IllegalMoveError):
    """A gate of the community's profile is not passed; `extra["gate"]` names it."""

    code = "gate_closed"


class GoneError(DomainError):
    """A link that was used up or has expired."""

    code = "gone"
    status = 410


class TooManyRequestsError(DomainError):
    """A rate limit; `extra["retry_after"]` gives seconds."""

    code = "too_many_requests"
    status = 429


class TooLargeError(DomainError):
    """More was sent than any form of the portal takes; nothing of it was read."""

    code = "too_large"
    status = 413


class UploadRefusedError(InvalidInputError):
    """A file that is not a photo we can clean."""

    code = "upload_refused"
