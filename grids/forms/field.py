"""What the forms of a worker's phone share: a refusal stands on the form, or goes back to the phone."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core.errors import DomainError, InvalidInputError
from core.forms import AbstractForms, RefusableForm
from core.models import User

T = TypeVar("T")
S = TypeVar("S")


class FieldForm(RefusableForm):
    """A form of a phone, on the page or out of the tray."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["label_suffix"] = ""
        super().__init__(*args, **kwargs)

    def attempt(self, action: Callable[[], T]) -> T | None:
        """What `action` returns; None when the form or the action refuses, and then the form says why."""
        return super().attempt(action) if self.is_valid() else None

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


class StepForm(FieldForm, Generic[S], metaclass=AbstractForms):
    """One step of `S`; `title`, `button` and `said` are its words."""

    title: ClassVar[str | Promise] = ""
    button: ClassVar[str | Promise] = ""
    said: ClassVar[str | Promise] = ""

    @abstractmethod
    def take(self, subject: S, actor: User, at: datetime) -> object:
        """Call the action with what was typed."""

    def submit(self, subject: S, *, actor: User, at: datetime) -> object | None:
        """Take the step; None when it is refused, and then the form says why."""
        return self.attempt(lambda: self.take(subject, actor, at))


def said_by(known: type[forms.Form], fields: QueryDict) -> Sequence[tuple[str, str]]:
    """What was typed, under the names that a form gives it."""
    return [
        (str(field.label), "、".join(words))
        for name, field in known.base_fields.items()
        if not isinstance(field.widget, forms.HiddenInput)
        and (words := [*filter(None, fields.getlist(name))])
    ]
