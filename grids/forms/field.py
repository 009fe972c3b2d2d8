"""What the forms of a worker's phone share: a refusal stands on the form, or goes back to the phone."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, ClassVar, Generic, TypeVar

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import AbstractForms, RefusableForm
from core.models import User

T = TypeVar("T")
S = TypeVar("S")


class WhichDoorField(forms.IntegerField):
    """A door, or a visit to one, chosen from a list that the form fills when it is shown."""

    widget = forms.Select
    default_error_messages = dict.fromkeys(("required", "invalid"), gettext_lazy("请选择哪一户。"))

    def __init__(self, **options: Any) -> None:
        super().__init__(label=gettext_lazy("哪一户"), **options)


class FieldForm(RefusableForm):
    """A form of a phone, on the page or out of the tray."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["label_suffix"] = ""
        super().__init__(*args, **kwargs)

    def attempt(self, action: Callable[[], T]) -> T | None:
        """What `action` returns; None when the form or the action refuses, and then the form says why."""
        return super().attempt(action) if self.is_valid() else None


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


def said_by(
    known: type[forms.Form], fields: QueryDict, named: Mapping[str, Callable[[str], str]] | None = None
) -> list[tuple[str, str]]:
    """What was typed, under the names that a form gives it; `named` turns the keys of a field into words."""
    said = []
    for name, field in known.base_fields.items():
        words = [*filter(None, fields.getlist(name))]
        if words and not isinstance(field.widget, forms.HiddenInput):
            told = (named or {}).get(name) or partial(_word, field)
            said.append((str(field.label), _("、").join(told(word) for word in words)))
    return said


def _word(field: forms.Field, word: str) -> str:
    if isinstance(field, forms.BooleanField):
        return _("是")
    offered = isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField)
    return str(dict(field.choices).get(word, word)) if offered else word  # type: ignore[attr-defined]
