"""A visit to somebody in care, entered where there is no signal: the form knows doors, and nobody by name.

Who is in care is read with signal only, each reading on the trail; so whoever enters a visit names the
person, and the register is asked once it has arrived.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.choices import CallableChoiceIterator
from django.utils.translation import gettext_lazy

from community.duties import Power
from community.forms.inputs import DayInput
from core.language import gettext
from core.models import User
from grids.actions.registers.care_visits import Caught, care_visit_at_door
from grids.entry_kinds import Arrived, EntryKind, Landed
from grids.forms.care import FindingsField
from grids.forms.field import FieldForm, WhichDoorField, said_by
from grids.forms.visit import STALE, door_choices
from grids.models import CareVisit, Grid
from grids.selectors.abouts import about_door
from grids.selectors.naming import Names


class DoorCareForm(FieldForm):
    """Which door, whom by name, when, and how they are."""

    household = WhichDoorField()
    name = forms.CharField(
        label=gettext_lazy("看望了谁"),
        max_length=40,
        help_text=gettext_lazy("写关爱台账里的姓名。手机里不存台账，上传时核对。"),
        error_messages={"required": gettext_lazy("请写看望了谁。")},
    )
    visited_on = forms.DateField(label=gettext_lazy("哪天去的"), widget=DayInput(), required=False)
    findings = FindingsField()
    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": STALE, "invalid": STALE})

    def __init__(self, data: Any = None, *, grid: Grid | None = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.initial.setdefault("key", uuid4())
        if grid is not None:
            shown = CallableChoiceIterator(lambda: door_choices(grid))
            self.fields["household"].widget.choices = shown

    def submit(self, *, actor: User, at: Any, happened_at: Any) -> Sequence[CareVisit] | None:
        """Enter it; None when it is refused, and then the form says why."""

        def enter() -> Sequence[CareVisit]:
            given = self.cleaned_data
            day = given["visited_on"] or timezone.localdate(happened_at)
            caught = Caught(given["household"], given["name"], day, given["findings"])
            return care_visit_at_door(caught=caught, key=given["key"], actor=actor, at=at)

        return self.attempt(enter)


def care_visit_land(arrived: Arrived) -> Landed:
    """A care visit from the phone; without a day it was on the day on which it was entered."""
    fields = arrived.fields.copy()
    fields["key"] = str(arrived.key)
    form = DoorCareForm(fields)
    made = form.submit(actor=arrived.actor, at=arrived.at, happened_at=arrived.happened_at)
    if made is None:
        raise form.refused()
    url = reverse("grids:home", args=[form.cleaned_data["household"]])
    said = gettext("已记下这次走访，下次走访已安排好。")
    return Landed(gettext("关爱走访"), url, said)


def care_visit_said(fields: QueryDict, names: Names) -> Sequence[tuple[str, str]]:
    """What was typed, under the names that the form gives it."""
    return said_by(DoorCareForm, fields, {"household": names.door})


CARE_VISIT: Final = EntryKind(
    gettext_lazy("关爱走访"),
    care_visit_land,
    care_visit_said,
    about_door,
    Power.REGISTER_KEEP,
    access="care.entry_read",
)
