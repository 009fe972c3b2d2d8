"""A safety visit as it is entered at the door, on the page or out of the phone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.choices import CallableChoiceIterator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.duties import Power
from core.language import gettext
from core.models import User
from grids.actions.winter import Seen, safety_visit_do
from grids.entry_kinds import Arrived, EntryKind, Landed
from grids.forms.field import FieldForm, WhichDoorField, said_by
from grids.models import Device, SafetyVisit
from grids.selectors.abouts import about_safety_visit
from grids.selectors.naming import Names
from grids.selectors.winter import doors_left


class SafetyVisitForm(FieldForm):
    """Which door, what was looked at, what was explained, whether risk remains."""

    visit = WhichDoorField()
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

    def __init__(self, data: Any = None, *, actor: User, at: datetime, **options: Any) -> None:
        super().__init__(data, **options)
        self.actor, self.at = actor, at
        shown = CallableChoiceIterator(lambda: [("", _("请选择")), *doors_left(actor, at=at)])
        self.fields["visit"].widget.choices = shown

    def submit(self, happened_at: datetime | None = None) -> SafetyVisit | None:
        """Enter it; None when it is refused, and then the form says why."""

        def enter() -> SafetyVisit:
            given = self.cleaned_data
            seen = Seen(given["checked"], given["advice"], given["risky"] == "yes", happened_at)
            return safety_visit_do(visit_id=given["visit"], seen=seen, actor=self.actor, at=self.at)

        return self.attempt(enter)


def words_of(done: SafetyVisit) -> str:
    """What whoever entered it is told, as it is kept."""
    return gettext("已记下，过几天再去。") if done.is_risky else gettext("已记下。")


def safety_visit_land(arrived: Arrived) -> Landed:
    """A safety visit from the phone, at the time at which it was entered there."""
    form = SafetyVisitForm(arrived.fields, actor=arrived.actor, at=arrived.at)
    done = form.submit(happened_at=min(arrived.happened_at, arrived.at))
    if done is None:
        raise form.refused()
    return Landed(str(done.plan), reverse("grids:winter"), words_of(done))


def safety_visit_said(fields: QueryDict, names: Names) -> Sequence[tuple[str, str]]:
    """What was typed, under the names that the form gives it."""
    return said_by(SafetyVisitForm, fields, {"visit": names.safety_visit})


SAFETY_VISIT: Final = EntryKind(
    gettext_lazy("冬季安全走访"),
    safety_visit_land,
    safety_visit_said,
    about_safety_visit,
    Power.HOME_VISIT,
)
