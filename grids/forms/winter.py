"""A safety visit as it is entered at the door."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy

from core.models import User
from grids.actions.winter import safety_visit_do
from grids.forms.field import FieldForm
from grids.models import Device, SafetyVisit


class SafetyVisitForm(FieldForm):
    """What was looked at, what was explained, whether risk remains."""

    checked = forms.MultipleChoiceField(
        label=gettext_lazy("查看了哪些"),
        choices=Device.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    advice = forms.CharField(
        label=gettext_lazy("讲了什么"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    risky = forms.ChoiceField(
        label=gettext_lazy("还有没有隐患"),
        choices=[("no", gettext_lazy("没有")), ("yes", gettext_lazy("仍有隐患，过几天再去"))],
        widget=forms.RadioSelect,
    )

    def submit(self, visit: SafetyVisit, *, actor: User, at: datetime) -> SafetyVisit | None:
        return self.attempt(
            lambda: safety_visit_do(
                visit_id=visit.pk,
                checked=self.cleaned_data["checked"],
                advice=self.cleaned_data["advice"],
                is_risky=self.cleaned_data["risky"] == "yes",
                actor=actor,
                at=at,
            )
        )
