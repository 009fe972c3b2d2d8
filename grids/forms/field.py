"""What the forms of a worker's phone share: a refusal stands on the form, or goes back to the phone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from core.errors import DomainError, InvalidInputError

T = TypeVar("T")


class FieldForm(forms.Form):
    """A form that shows every refusal beside what was typed, never instead of it."""

    required_css_class = "required"
    refusal: DomainError | None = None

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)

    @property
    def status(self) -> int:
        """The status of the page that shows this form."""
        if self.refusal is not None:
            return self.refusal.status
        return 422 if self.errors else 200

    def attempt(self, action: Callable[[], T]) -> T | None:
        """What `action` returns; None when the form or the action refuses, and then the form says why."""
        if not self.is_valid():
            return None
        try:
            return action()
        except DomainError as refusal:
            self.refusal = refusal
            self.add_error(None, str(refusal.message))
            return None

    def refused(self) -> DomainError:
        """Why nothing came of it, as the phone is told."""
        errors = {
            (str(self.fields[name].label) if name in self.fields else ""): [str(one) for one in found]
            for name, found in self.errors.items()
        }
        words = " ".join(" ".join(found) for found in errors.values())
        refusal = self.refusal or InvalidInputError(words or _("内容没有填完整。"))
        refusal.extra = {**refusal.extra, "errors": errors}
        return refusal


def said_by(known: type[forms.Form], fields: QueryDict) -> Sequence[tuple[str, str]]:
    """What was typed, under the names that a form gives it."""
    return [
        (str(field.label), "、".join(words))
        for name, field in known.base_fields.items()
        if not isinstance(field.widget, forms.HiddenInput)
        and (words := [*filter(None, fields.getlist(name))])
    ]
