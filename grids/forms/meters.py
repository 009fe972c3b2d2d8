"""Rounds of meter readings: begun at the desk or on the phone, read at the door, also without signal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.duties import Power
from community.forms.inputs import DayInput
from community.models import Community
from core.errors import InvalidInputError
from core.language import gettext
from core.models import User
from grids.actions.meters import Read, Round, meter_cycle_open, meter_read
from grids.entry_kinds import Arrived, EntryKind, Landed
from grids.forms.field import FieldForm, said_by
from grids.forms.hazards.base import HazardForm
from grids.forms.photos import PhotosField
from grids.forms.visit import STALE
from grids.models import MeterCycle, MeterKind, MeterReading
from grids.selectors.abouts import about_reading
from grids.selectors.hazards import places_for
from grids.selectors.meters import reading_of
from grids.selectors.naming import Names


class CycleForm(FieldForm):
    """What is read, where, for which bill."""

    name = forms.CharField(
        label=gettext_lazy("名称"), max_length=60, help_text=gettext_lazy("如：下半年水费。")
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("抄什么表"),
        choices=MeterKind.choices,
        widget=forms.RadioSelect,
        initial=MeterKind.WATER,
    )
    place = forms.TypedChoiceField(label=gettext_lazy("哪个小区或楼栋"), coerce=int)
    bill = forms.DecimalField(
        label=gettext_lazy("总账单（元）"), min_value=Decimal("0.01"), max_digits=12, decimal_places=2
    )
    opens_on = forms.DateField(label=gettext_lazy("开始抄表"), widget=DayInput())
    due_on = forms.DateField(label=gettext_lazy("哪天前抄完"), widget=DayInput())
    next_on = forms.DateField(
        label=gettext_lazy("下次抄表"),
        widget=DayInput(),
        required=False,
        help_text=gettext_lazy("到那天会提醒网格长发起下一次。"),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": STALE, "invalid": STALE})

    def __init__(
        self, data: Any = None, *, community: Community, actor: User, at: datetime, **options: Any
    ) -> None:
        super().__init__(data, **options)
        self.actor, self.at = actor, at
        self.places = {place.pk: place for place in places_for(actor, community, at=at)}
        shown = [(pk, place.long_name) for pk, place in self.places.items()]
        self.fields["place"].choices = [("", _("请选择")), *shown]  # type: ignore[attr-defined]

    def submit(self) -> MeterCycle | None:
        """Begin the round; None when it is refused, and then the form says why."""

        def begin() -> MeterCycle:
            given = self.cleaned_data
            plan = Round(
                name=given["name"],
                kind=MeterKind(given["kind"]),
                place=self.places[given["place"]],
                bill_fen=int(given["bill"] * 100),
                opens_on=given["opens_on"],
                due_on=given["due_on"],
                next_on=given["next_on"],
            )
            key: UUID = given["key"]
            return meter_cycle_open(plan=plan, key=key, actor=self.actor, at=self.at)

        return self.attempt(begin)


class ReadForm(HazardForm):
    """What the meter of one door says, with a photo."""

    photo_fields = ("photos",)
    limit = 1
    value = forms.DecimalField(label=gettext_lazy("这次读数"), min_value=0, max_digits=9, decimal_places=2)
    photos = PhotosField(label=gettext_lazy("表的照片"), required=False)
    meter = forms.CharField(label=gettext_lazy("表号"), max_length=30, required=False)
    reader = forms.CharField(label=gettext_lazy("一起抄表的居民"), max_length=40, required=False)

    def submit(self, reading: MeterReading, read_at: datetime | None = None) -> MeterReading | None:
        """Enter it; None when it is refused, and then the form says why."""
        given = self.cleaned_data
        photo = next(iter(self.images["photos"]), None)
        read = Read(given["value"], given["meter"], given["reader"], photo, read_at)
        action: Any = lambda: meter_read(reading_id=reading.pk, read=read, actor=self.actor, at=self.at)  # noqa: E731
        return cast("MeterReading | None", self.attempt(action))


def meter_land(arrived: Arrived) -> Landed:
    """A reading from the phone; it was taken when it was entered."""
    word = arrived.fields.get("reading", "")
    if not (word.isascii() and word.isdigit() and len(word) < 19):
        raise InvalidInputError(_("这条记录不完整，请重新填一次。"))
    reading = reading_of(arrived.actor, int(word), at=arrived.at)
    form = ReadForm(
        arrived.fields, MultiValueDict(), actor=arrived.actor, at=arrived.at, brought=arrived.photos
    )
    done = form.submit(reading, read_at=min(arrived.happened_at, arrived.at)) if form.is_valid() else None
    if done is None:
        words = " ".join(" ".join(str(one) for one in found) for found in form.errors.values())
        raise form.refusal or InvalidInputError(words)
    url = reverse("grids:meter_cycle", args=[reading.cycle_id])
    return Landed(reading.household.long_name, url, gettext("已记下读数。"))


def meter_said(fields: QueryDict, _names: Names) -> Sequence[tuple[str, str]]:
    """What was typed, under the names that the form gives it."""
    return said_by(ReadForm, fields)


METER = EntryKind(gettext_lazy("抄表"), meter_land, meter_said, about_reading, Power.HOME_VISIT)
