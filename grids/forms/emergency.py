"""演练 on a phone: one that was held, and what it showed as a hazard."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from community.forms.inputs import DayInput
from core.models import User
from grids.actions.emergency import drill_log, finding_to_hazard
from grids.actions.hazards.filing import Answerable, Found
from grids.forms.field import FieldForm
from grids.forms.hazards.new import HazardNewForm
from grids.models import Drill, DrillFinding, EmergencyPlan, Hazard


class DrillForm(FieldForm):
    """When, how many, how it went, and what it showed, one a line."""

    held_on = forms.DateField(label=gettext_lazy("哪天演练的"), widget=DayInput())
    headcount = forms.IntegerField(label=gettext_lazy("参加人数"), min_value=1, max_value=5000)
    summary = forms.CharField(
        label=gettext_lazy("情况"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    findings = forms.CharField(
        label=gettext_lazy("发现的问题"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("一行一个；以后登记为隐患，或者改进预案。"),
    )

    def __init__(self, data: Any = None, *, at: datetime) -> None:
        super().__init__(data, initial={"held_on": timezone.localdate(at)})

    def submit(self, plan: EmergencyPlan, *, actor: User, at: datetime) -> Drill | None:
        def log() -> Drill:
            given = dict(self.cleaned_data)
            given["findings"] = given["findings"].splitlines()
            return drill_log(plan_id=plan.pk, actor=actor, at=at, **given)

        return self.attempt(log)


class FindingHazardForm(HazardNewForm):
    """What a drill showed, entered as a hazard."""

    def __init__(self, *args: Any, finding: DrillFinding, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.finding = finding
        self.initial["text"] = finding.text

    def book(self, found: Found, answerable: Answerable | None, key: UUID) -> Hazard:  # noqa: ARG002
        return finding_to_hazard(
            finding_id=self.finding.pk, found=found, answerable=answerable, actor=self.actor, at=self.at
        )
