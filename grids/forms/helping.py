"""A visit as a helper enters it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from community.forms.inputs import DayInput
from grids.actions.registers.helping import helped_visit_record
from grids.forms.registers import RegisterForm
from grids.models import CareVisit


class HelpedVisitForm(RegisterForm):
    """When the helper was there, and how they are."""

    title = gettext_lazy("记走访")
    key = forms.UUIDField(widget=forms.HiddenInput)
    visited_on = forms.DateField(label=gettext_lazy("哪天去的"), widget=DayInput())
    findings = forms.CharField(
        label=gettext_lazy("情况"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("身体、生活、需要什么。记下以后只有负责这个网格的人能看。"),
        error_messages={"required": gettext_lazy("请写一写看到的情况。")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["key"].initial = uuid4()
        self.fields["visited_on"].initial = timezone.localdate(self.at)

    def submit(self) -> CareVisit | None:
        return self.attempt(lambda: helped_visit_record(actor=self.actor, at=self.at, **self.cleaned_data))
