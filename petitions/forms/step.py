"""What every step's form has in common: it knows the matter, runs one action, and keeps what was typed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, Protocol

from django import forms
from django.utils.translation import gettext_lazy as _

from community.duties import Power
from core.errors import ConflictError
from core.models import User
from petitions.forms.base import ActingForm, PhotoForm, Visitor
from petitions.forms.fields import WordsField
from petitions.selectors.matter import Matter
from petitions.selectors.people import people_over
from petitions.selectors.steps import Step


class StepForm(ActingForm):
    """One step of one matter."""

    step: ClassVar[Step]
    leaves: ClassVar[bool] = False
    """Whether the matter may be out of this person's sight afterwards."""

    def __init__(
        self, data: Any = None, files: Any = None, *, matter: Matter, actor: User, at: datetime, **kwargs: Any
    ) -> None:
        self.matter, self.petition, self.actor, self.at = matter, matter.petition, actor, at
        super().__init__(data, files, **kwargs)

    @property
    def title(self) -> str:
        return str(self.step.label)

    @property
    def draft(self) -> str:
        """Under which name a phone keeps what was typed until it is sent."""
        return f"{self.petition.number}.{self.step.value}"

    @property
    def button_label(self) -> str:
        return str(self.button or self.step.label)

    @property
    def conflict(self) -> bool:
        """Whether the matter has moved on meanwhile."""
        return isinstance(self.refusal, ConflictError)


class WithReason(Protocol):
    """An action that wants to know why."""

    def __call__(self, *, petition_id: int, actor: User, reason: str, at: datetime) -> object: ...


class ReasonForm(StepForm):
    """A step that asks for nothing but why: its field `reason` goes to its `action`."""

    action: ClassVar[WithReason]

    def act(self) -> None:
        self.action(
            petition_id=self.petition.pk, actor=self.actor, reason=self.cleaned_data["reason"], at=self.at
        )


class PhotoStepForm(StepForm, PhotoForm):
    """A step with photos, which stay across a refusal; `needs_photo` where a gate asks for one."""

    needs_photo = False

    def __init__(self, *args: Any, actor: User, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, at=at, visitor=Visitor(actor, "", at), **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.needs_photo and not self.kept:
            self.add_error("photos", _("请先上传办理后的照片。"))
        return cleaned


def words(label: Any, limit: int, *, rows: int = 3, **kwargs: Any) -> WordsField:
    """A text of several lines."""
    return WordsField(label=label, max_length=limit, rows=rows, **kwargs)


class PersonField(forms.TypedChoiceField):
    """Somebody in post over the matter; the form fills in who."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, empty_value=None, **kwargs)

    def offer(self, form: StepForm, power: Power, *, but: Iterable[int | None] = (), none: str = "") -> None:
        """Who may be chosen is read when it is shown, or when somebody was chosen."""

        def choices() -> list[tuple[Any, Any]]:
            people = people_over(form.petition.scope, power, at=form.at, but=but)
            return [("", none or _("请选择")), *((one.user_id, one.label) for one in people)]

        self.choices = choices


def person(user_id: int | None) -> User | None:
    """The account that was chosen."""
    return None if user_id is None else User.objects.get(pk=user_id)
