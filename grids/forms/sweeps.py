"""A stop of a sweep, on the page or out of the phone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.duties import Power
from core.language import gettext, in_house
from core.models import User
from grids.actions.sweeps import stop_record
from grids.entry_kinds import Arrived, EntryKind, Landed
from grids.forms.field import FieldForm, said_by
from grids.models import Hazard, StopResult, SweepStop
from grids.selectors.abouts import about_stop
from grids.selectors.naming import Names
from grids.selectors.sweeps import hazard_form


class StopForm(FieldForm):
    """Which stop, and what was seen there; "nothing found" is a record, too."""

    stop = forms.TypedChoiceField(label=gettext_lazy("到了哪个点"), coerce=int)
    result = forms.ChoiceField(
        label=gettext_lazy("查到什么"), choices=StopResult.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=gettext_lazy("说明"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("发现隐患的，记完再到隐患台账登记一处，写明时限和责任人。"),
    )

    def __init__(
        self, data: Any = None, *, stops: Sequence[SweepStop] | None = None, chosen: str = ""
    ) -> None:
        super().__init__(data, initial={"stop": chosen})
        field: Any = self.fields["stop"]
        if stops is None:  # out of the phone: the action says whose it is
            self.fields["stop"] = forms.IntegerField(label=field.label)
        else:
            field.choices = [("", _("请选择")), *((stop.pk, str(stop)) for stop in stops)]

    def submit(self, *, actor: User, happened_at: datetime, at: datetime) -> SweepStop | None:
        return self.attempt(
            lambda: stop_record(
                stop_id=self.cleaned_data["stop"],
                result=self.cleaned_data["result"],
                note=self.cleaned_data["note"],
                actor=actor,
                happened_at=happened_at,
                at=at,
            )
        )


def stop_land(arrived: Arrived) -> Landed:
    """A stop that was recorded without signal."""
    form = StopForm(arrived.fields)
    stop = form.submit(actor=arrived.actor, happened_at=arrived.happened_at, at=arrived.at)
    if stop is None:
        raise form.refused()
    name, sweep = _name(stop), stop.sweep
    if form.cleaned_data["result"] == StopResult.HAZARD and not Hazard.objects.filter(stop=stop).exists():
        address = hazard_form(arrived.actor, sweep.community, at=arrived.at)
        return Landed(name, f"{address}{stop.pk}", gettext("已记下，请接着登记隐患。"), warns=True)
    return Landed(name, reverse("grids:sweep", args=[sweep.pk]))


@in_house
def _name(stop: SweepStop) -> str:
    return f"{stop} {stop.get_result_display()}"[:100]


def stop_said(fields: QueryDict, names: Names) -> Sequence[tuple[str, str]]:
    """What was typed, the stop by its name."""
    return said_by(StopForm, fields, {"stop": names.stop})


STOP = EntryKind(gettext_lazy("摸排记录"), stop_land, stop_said, about_stop, Power.PETITION_HANDLE)
