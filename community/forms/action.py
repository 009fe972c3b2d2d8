"""Forms whose last step of validation is the action, so that a refusal stands beside what was typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.forms.models import construct_instance
from django.http import HttpRequest

from core import constraints
from core.errors import DomainError
from core.models import User

if TYPE_CHECKING:
    AnyModelForm = forms.ModelForm[Any]
else:
    AnyModelForm = forms.ModelForm  # generic in the types alone


class StaffRequest(HttpRequest):
    """A request of somebody whom the admin let in."""

    user: User


class Performer(Protocol):
    """Whoever calls the action for a form that is valid."""

    def perform(self, request: StaffRequest, form: ActionForm, *, change: bool) -> Any: ...


def refusal_of(failure: Exception) -> DomainError | None:
    """The refusal that a failure stands for; None for a real fault."""
    if isinstance(failure, IntegrityError):
        return constraints.explain(failure)
    return failure if isinstance(failure, DomainError) else None


def attempt(form: forms.BaseForm, work: Callable[[], Any]) -> Any:
    """Run an action for a valid form; a refusal stands in the form and nothing is changed."""
    try:
        with transaction.atomic():
            return work()
    except (DomainError, IntegrityError) as failure:
        refusal = refusal_of(failure)
        if refusal is None:
            raise
        for problem in refusal.extra.get("problems") or [str(refusal.message)]:
            form.add_error(None, problem)
        return None


def _nothing() -> None:
    """What is left to save after the action."""


class ActionForm(AnyModelForm):
    """A model form that performs the action once its fields are right."""

    desk: ClassVar[Performer]
    request: ClassVar[StaffRequest]

    def _post_clean(self) -> None:
        """Fields one by one, then the action; what the database keeps unique is the action's to say."""
        self.instance = construct_instance(self, self.instance, self._meta.fields, self._meta.exclude)
        try:
            self.instance.clean_fields(exclude=self._get_validation_exclusions())  # type: ignore[attr-defined]
        except ValidationError as problems:
            self._update_errors(problems)  # type: ignore[attr-defined]
        if not self.errors:
            change = not self.instance._state.adding
            done = attempt(self, lambda: self.desk.perform(self.request, self, change=change))
            self.instance = done if done is not None else self.instance

    def save(self, commit: bool = True) -> Any:  # noqa: ARG002
        """Nothing is left to do."""
        self.save_m2m = _nothing  # type: ignore[method-assign]
        return self.instance
