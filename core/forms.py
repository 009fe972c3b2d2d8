"""Forms that run an action: a refusal stands beside what was typed, never instead of it."""

from __future__ import annotations

from abc import ABCMeta
from collections.abc import Callable
from typing import Any, Final, TypeVar

from django import forms
from django.forms.forms import DeclarativeFieldsMetaclass
from django.utils.translation import gettext as _

from core.errors import DomainError, InvalidInputError

T = TypeVar("T")
NOTHING: Final[tuple[Any, ...]] = (None, "", [], False)
"""What a widget reads where nobody filled anything in."""


class AbstractForms(DeclarativeFieldsMetaclass, ABCMeta):
    """Lets a form leave methods to its children: one that lacks them cannot be made."""


class FilledForm(forms.Form):
    """A form that, `as_entry`, builds only what must be filled in or was: for what comes out of a phone.

    It is never shown then. Building and cleaning each field for nothing is a tenth of what an entry takes.
    """

    def __init__(self, data: Any = None, files: Any = None, *, as_entry: bool = False, **kwargs: Any) -> None:
        self.left_empty: dict[str, forms.Field] = {}
        if as_entry:
            known = self.base_fields
            filled = {
                name
                for name, field in known.items()
                if field.required or field.widget.value_from_datadict(data, files, name) not in NOTHING
            }
            self.left_empty = {name: field for name, field in known.items() if name not in filled}
            self.base_fields = {name: known[name] for name in known if name in filled}  # type: ignore[misc]
        super().__init__(data, files, **kwargs)

    def clean(self) -> dict[str, Any]:
        """What was left empty is there as if it had been built."""
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned.update({name: field.clean(None) for name, field in self.left_empty.items()})
        return cleaned

    def add_error(self, field: str | None, error: Any) -> None:
        """What is wrong with a field that was left empty stands at that field."""
        if field in self.left_empty:
            self.fields[field] = self.left_empty.pop(field)
        super().add_error(field, error)


class RefusableForm(forms.Form):
    """A form whose last step is an action that may refuse."""

    required_css_class = "required"
    refusal: DomainError | None = None

    @property
    def status(self) -> int:
        """The status of the page that shows this form."""
        if self.refusal is not None:
            return self.refusal.status
        return 422 if self.errors else 200

    def attempt(self, action: Callable[[], T]) -> T | None:
        """What `action` returns; None when it refuses, and then the form says why."""
        try:
            return action()
        except DomainError as refusal:
            self.refusal = refusal
            self.add_error(None, str(refusal.message))
            return None

    def refused(self) -> DomainError:
        """Why nothing came of it, as a phone is told: the refusal, else what is wrong with which field."""
        errors = {
            (str(self.fields[name].label) if name in self.fields else ""): [str(one) for one in found]
            for name, found in self.errors.items()
        }
        words = " ".join(
            f"{label}{_('：')}{' '.join(found)}" if label else " ".join(found)
            for label, found in errors.items()
        )
        refusal = self.refusal or InvalidInputError(words or _("内容没有填完整。"))
        refusal.extra = {**refusal.extra, "errors": errors}
        return refusal
