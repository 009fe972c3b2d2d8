"""A stop of a sweep, on the page or out of the phone: by staff, or a volunteer with a photo of a hazard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.duties import Power
from core.language import gettext, in_house
from core.models import StoredImage, User
from grids.actions.sweep_walking import stop_walk
from grids.actions.sweeps import Went, stop_record
from grids.entry_kinds import Arrived, EntryKind, Landed
from grids.forms.field import FieldForm, said_by
from grids.forms.hazards.base import HazardForm
from grids.forms.photos import PhotosField
from grids.models import Hazard, StopResult, SweepStop
from grids.selectors.abouts import about_stop
from grids.selectors.naming import Names
from grids.selectors.sweep_walking import guest_of_stop
from grids.selectors.sweeps import hazard_form
from grids.selectors.walkers import walks_of


class StopFields(FieldForm):
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
    )

    def offer(self, stops: Sequence[SweepStop] | None) -> None:
        """What there is to choose from; None out of the phone, where the action says whose it is."""
        field: Any = self.fields["stop"]
        if stops is None:
            self.fields["stop"] = forms.IntegerField(label=field.label)
        else:
            field.choices = [("", _("请选择")), *((stop.pk, str(stop)) for stop in stops)]


class StopForm(StopFields):
    """A stop as staff record it; a hazard is entered next."""

    def __init__(
        self, data: Any = None, *, stops: Sequence[SweepStop] | None = None, chosen: str = ""
    ) -> None:
        super().__init__(data, initial={"stop": chosen})
        self.offer(stops)
        self.fields["note"].help_text = _("发现隐患的，记完再到隐患台账登记一处，写明时限和责任人。")

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


class WalkForm(StopFields, HazardForm):
    """A stop as a volunteer records it; a hazard has a photo."""

    limit = 1
    photos = PhotosField(
        label=gettext_lazy("隐患照片"),
        required=False,
        help_text=gettext_lazy("发现隐患才拍；拍隐患，不拍人脸。"),
    )

    def __init__(
        self,
        *args: Any,
        actor: User,
        at: datetime,
        stops: Sequence[SweepStop] | None = None,
        chosen: str = "",
        brought: Mapping[str, Sequence[StoredImage]] | None = None,
    ) -> None:
        super().__init__(*args, actor=actor, at=at, brought=brought, initial={"stop": chosen})
        self.offer(stops)
        self.fields["note"].help_text = _("发现隐患的，写一句是什么情况，方便工作人员去核实。")

    def submit(self, happened_at: datetime | None = None) -> SweepStop | None:
        """Record it; None when it is refused, and then the form says why."""

        def record() -> SweepStop:
            given = self.cleaned_data
            photo = next(iter(self.images["photos"]), None)
            went = Went(given["result"], given["note"], happened_at or self.at, photo)
            return stop_walk(stop_id=given["stop"], went=went, actor=self.actor, at=self.at)

        return self.attempt(record)


def stop_land(arrived: Arrived) -> Landed:
    """A stop that was recorded without signal, by staff or a volunteer."""
    if arrived.photos or walks_of(arrived.worker, timezone.localdate(arrived.at)).exists():
        return _walk_land(arrived)
    form = StopForm(arrived.fields)
    stop = form.submit(actor=arrived.actor, happened_at=arrived.happened_at, at=arrived.at)
    if stop is None:
        raise form.refused()
    name, sweep = _name(stop), stop.sweep
    if form.cleaned_data["result"] == StopResult.HAZARD and not Hazard.objects.filter(stop=stop).exists():
        address = hazard_form(arrived.actor, sweep.community, at=arrived.at)
        return Landed(name, f"{address}{stop.pk}", gettext("已记下，请接着登记隐患。"), warns=True)
    return Landed(name, reverse("grids:sweep", args=[sweep.pk]))


def _walk_land(arrived: Arrived) -> Landed:
    form = WalkForm(
        arrived.fields, MultiValueDict(), actor=arrived.actor, at=arrived.at, brought=arrived.photos
    )
    stop = form.submit(happened_at=arrived.happened_at)
    if stop is None:
        raise form.refused()
    page = "grids:walk" if arrived.actor == arrived.worker else "grids:sweep"
    return Landed(_name(stop), reverse(page, args=[stop.sweep_id]), walked_words(stop))


def walked_words(stop: SweepStop) -> str:
    """What a volunteer is told, as it is kept."""
    if stop.result == StopResult.HAZARD:
        return gettext("已记下，工作人员会去核实，谢谢您。")
    return gettext("已记下，谢谢您。")


@in_house
def _name(stop: SweepStop) -> str:
    return f"{stop} {stop.get_result_display()}"[:100]


def stop_said(fields: QueryDict, names: Names) -> Sequence[tuple[str, str]]:
    """What was typed, the stop by its name."""
    return said_by(StopFields, fields, {"stop": names.stop})


STOP = EntryKind(
    gettext_lazy("摸排记录"), stop_land, stop_said, about_stop, Power.PETITION_HANDLE, guest=guest_of_stop
)
