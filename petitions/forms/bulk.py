"""Several matters at once: each through its own action, each with its own result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community.duties import Power
from core.errors import DomainError
from core.forms import RefusableForm
from core.models import User
from petitions.actions.handling import petition_assign, petition_claim
from petitions.actions.merging import petitions_merge
from petitions.forms.step import person
from petitions.models import Petition
from petitions.selectors.people import people_over_any
from petitions.selectors.progress import headline
from petitions.workflow import UNANSWERED


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one of several matters."""

    petition: Petition
    is_done: bool
    words: str


def each(petitions: Iterable[Petition], act: Callable[[Petition], object], done: Any) -> list[Result]:
    """Run an action on each matter by itself; one refusal stops no other."""
    return [_one(petition, act, str(done)) for petition in petitions]


def claim_each(petitions: Iterable[Petition], *, actor: User, at: datetime) -> list[Result]:
    """Claim each matter."""
    return each(petitions, lambda one: petition_claim(petition_id=one.pk, actor=actor, at=at), _("已认领。"))


class BulkAssignForm(forms.Form):
    """Who shall handle the chosen matters: people in post over at least one of them."""

    to = forms.TypedChoiceField(label=_("经办人"), coerce=int)

    def __init__(self, data: Any = None, *, petitions: Sequence[Petition], at: datetime) -> None:
        super().__init__(data, label_suffix="")
        self.petitions, self.at = petitions, at
        people = people_over_any([one.scope for one in petitions], Power.PETITION_HANDLE, at=at)
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            ("", _("请选择")),
            *((one.user_id, one.label) for one in people),
        ]

    def run(self, actor: User) -> list[Result]:
        """Assign each matter; somebody not in post over one of them is refused for that one alone."""
        assignee = person(self.cleaned_data["to"])
        assert assignee is not None
        return each(
            self.petitions,
            lambda one: petition_assign(petition_id=one.pk, actor=actor, assignee=assignee, at=self.at),
            _("已指定给%s。") % assignee,
        )


class BulkMergeForm(RefusableForm):
    """Into which of the chosen matters the others go: one that is not answered yet, the oldest first."""

    into = forms.TypedChoiceField(label=_("并到哪一件"), coerce=int, widget=forms.RadioSelect)

    def __init__(self, data: Any = None, *, petitions: Sequence[Petition]) -> None:
        super().__init__(data, label_suffix="")
        self.petitions = sorted(petitions, key=lambda one: (one.is_private, one.filed_at, one.pk))
        running = [one for one in self.petitions if one.stage in UNANSWERED]
        told = [(one.pk, f"{headline(one)} · {one.number} · {one.stage_label}") for one in running]
        self.fields["into"].choices = told  # type: ignore[attr-defined]
        self.fields["into"].initial = running[0].pk if running else None

    def run(self, actor: User, at: datetime) -> Petition | None:
        """Merge them; None when that was refused, and then the form says why."""
        into = self.cleaned_data["into"]
        chosen = [one.pk for one in self.petitions if one.pk != into]
        return self.attempt(lambda: petitions_merge(petition_ids=chosen, into_id=into, actor=actor, at=at))


def _one(petition: Petition, act: Callable[[Petition], object], done: str) -> Result:
    try:
        act(petition)
    except DomainError as refusal:
        return Result(petition, is_done=False, words=str(refusal.message))
    return Result(petition, is_done=True, words=done)
