"""What every step's form has in common: it knows the matter, runs one action, and keeps what was typed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from community.duties import Power
from core.errors import ConflictError, InvalidInputError, RepeatedError
from core.models import StoredImage, User
from petitions.forms.photos import photos_store
from petitions.selectors.matter import Matter
from petitions.selectors.people import people_over
from petitions.selectors.steps import Step


class StepForm(forms.Form):
    """One step of one matter. `act` calls the action; `done` is what is said afterwards.

    `status` is what the answer carries: 422 when something has to be corrected, 409 when the matter has
    moved on.
    """

    step: ClassVar[Step]
    hint: ClassVar[str | Promise] = ""
    done: ClassVar[str | Promise] = _("已保存。")
    button: ClassVar[str | Promise] = ""
    danger: ClassVar[bool] = False
    leaves: ClassVar[bool] = False
    """Whether the matter may be out of this person's sight afterwards."""

    def __init__(
        self, data: Any = None, files: Any = None, *, matter: Matter, actor: User, at: datetime, **kwargs: Any
    ) -> None:
        self.matter, self.petition, self.actor, self.at = matter, matter.petition, actor, at
        self.conflict = False
        self.said = str(self.done)
        super().__init__(data, files, label_suffix="", **kwargs)

    @property
    def title(self) -> str:
        return str(self.step.label)

    @property
    def button_label(self) -> str:
        return str(self.button or self.step.label)

    @property
    def status(self) -> int:
        if self.conflict:
            return 409
        return 422 if self.is_bound and self.errors else 200

    def act(self) -> None:
        """Call the action with what was typed."""
        raise NotImplementedError

    def run(self) -> bool:
        """Take the step if the form is valid; a refusal stands on the form, with what was typed."""
        if not self.is_valid():
            return False
        try:
            self.act()
        except RepeatedError as again:
            self.said = str(again.message)
        except (InvalidInputError, ConflictError) as refusal:
            self.conflict = isinstance(refusal, ConflictError)
            self.add_error(None, str(refusal.message))
            return False
        return True

    def photos(self, name: str = "photos") -> list[StoredImage]:
        return photos_store(self.cleaned_data[name], by=self.actor, at=self.at)


def words(label: Any, limit: int, *, rows: int = 3, **kwargs: Any) -> forms.CharField:
    """A text of several lines."""
    return forms.CharField(
        label=label, max_length=limit, widget=forms.Textarea(attrs={"rows": rows}), **kwargs
    )


class PersonField(forms.TypedChoiceField):
    """Somebody in post over the matter; the form fills in who."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, empty_value=None, **kwargs)

    def offer(self, form: StepForm, power: Power, *, but: Iterable[int | None] = (), none: str = "") -> None:
        people = people_over(form.petition.scope, power, at=form.at, but=but)
        self.choices = [("", none or _("请选择")), *((one.user_id, one.label) for one in people)]


def person(user_id: int | None) -> User | None:
    """The account that was chosen."""
    return None if user_id is None else User.objects.get(pk=user_id)
