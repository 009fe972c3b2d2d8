"""Doors in nobody's hands are given to somebody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from community.models import Household, Post
from core.models import User
from grids.actions.charge import households_charge
from grids.forms.field import FieldForm


class OrphansForm(FieldForm):
    """Which of the doors on this page, and who takes them on."""

    households = forms.TypedMultipleChoiceField(
        label=gettext_lazy("住户"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("请至少勾选一户。")},
    )
    post = forms.TypedChoiceField(
        label=gettext_lazy("包给谁"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择一名网格员。")},
    )

    def __init__(self, data: Any, *, doors: Sequence[Household], posts: Sequence[Post]) -> None:
        super().__init__(data)
        self.fields["households"].choices = [(one.pk, one.long_name) for one in doors]  # type: ignore[attr-defined]
        named = [(one.pk, f"{one.user} · {one.get_duty_display()}") for one in posts]
        self.fields["post"].choices = named  # type: ignore[attr-defined]
        self.fields["post"].initial = posts[0].pk if posts else None

    def submit(self, *, day: date, actor: User, at: datetime) -> int | None:
        """How many doors changed hands; None when it is refused, and then the form says why."""
        return self.attempt(
            lambda: households_charge(
                post_id=self.cleaned_data["post"],
                households=self.cleaned_data["households"],
                starts_on=day,
                actor=actor,
                at=at,
            )
        )
