"""Forms that run an action: a refusal stands beside what was typed, never instead of it."""

from __future__ import annotations

from abc import ABCMeta
from collections.abc import Callable
from typing import TypeVar

from django import forms
from django.forms.forms import DeclarativeFieldsMetaclass
from django.utils.translation import gettext as _

from core.errors import DomainError, InvalidInputError

T = TypeVar("T")


class AbstractForms(DeclarativeFieldsMetaclass, ABCMeta):
    """Lets a form leave methods to its children: one that lacks them cannot be made."""


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
