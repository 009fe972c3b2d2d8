"""A hazard as it is found: what, where, put right at once or by whom and when."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.duties import Power
from community.forms.inputs import DayInput
from community.models import Community, Place
from community.models.place import PlaceKind
from community.permissions import Scope, has_power
from core.models import User
from grids.actions.hazards.filing import Answerable, Found, company_of, hazard_file
from grids.forms.hazards.base import COMPANY, HazardForm, answerable_in
from grids.forms.photos import PhotosField
from grids.forms.position import PositionFields
from grids.models import Hazard, HazardType, SweepStop
from grids.selectors.campaigns import campaign_runs
from grids.selectors.hazards import home_of, people_for, places_for, types_for
from grids.selectors.position import grid_at
from grids.selectors.sweeps import stop_chosen


class RadioSelect(forms.RadioSelect):
    """Types as buttons; a script reads from each how many days it usually has."""

    days: Mapping[str, int] = {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if str(value) in self.days:
            option["attrs"]["data-days"] = self.days[str(value)]
        return option


class HazardNewForm(PositionFields, HazardForm):
    """One hazard. Of the deadline and who answers nothing is asked where it was put right at once."""

    type = forms.ChoiceField(label=gettext_lazy("隐患类型"), widget=RadioSelect)
    place = forms.ChoiceField(
        label=gettext_lazy("在哪里"),
        required=False,
        help_text=gettext_lazy("不在哪栋楼的，可以空着，取手机位置，按位置归到网格。"),
    )
    spot = forms.CharField(
        label=gettext_lazy("具体位置"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("如：1单元 3 层楼梯口。"),
    )
    is_public_area = forms.BooleanField(
        label=gettext_lazy("在公共区域"),
        required=False,
        help_text=gettext_lazy("有物业的小区，公共区域的隐患由物业整改。"),
    )
    photos = PhotosField(label=gettext_lazy("隐患照片"))
    plate = forms.CharField(
        label=gettext_lazy("电动车车牌"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("和电动车有关的才填；登记过的车能找到是哪一户的。"),
    )
    text = forms.CharField(
        label=gettext_lazy("是什么情况"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    fixed = forms.CharField(
        label=gettext_lazy("怎样当场整改的"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("当场整改好了，在这里写一句；没有整改好就空着，写明时限和责任人。"),
    )
    fixed_photos = PhotosField(label=gettext_lazy("整改后的照片"), required=False)
    rectify_by = forms.DateField(
        label=gettext_lazy("整改时限"),
        required=False,
        widget=DayInput(),
        help_text=gettext_lazy("空着就按这类隐患通常的天数。"),
    )
    who = forms.ChoiceField(label=gettext_lazy("责任人"), required=False)
    name = forms.CharField(
        label=gettext_lazy("责任人姓名"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("没有账号的人，如店主、住户，写在这里。"),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)
    stop = forms.IntegerField(widget=forms.HiddenInput, required=False)
    photo_fields = ("photos", "fixed_photos")

    def __init__(
        self,
        *args: Any,
        community: Community,
        actor: User,
        at: datetime,
        stop: SweepStop | None = None,
        **kwargs: Any,
    ) -> None:
        initial = {"key": uuid.uuid4(), "rectify_by": timezone.localdate(at) + timedelta(days=7)}
        if stop is not None:
            initial |= {"stop": stop.pk, "place": str(stop.place_id), "spot": stop.name}
            initial |= {"text": stop.note} if stop.photo_id else {}
        super().__init__(*args, actor=actor, at=at, initial=initial, **kwargs)
        self.community = community
        if not campaign_runs(community, timezone.localdate(at)):
            del self.fields["plate"]
        self.types = {str(one.pk): one for one in types_for(community)}
        self.places = {str(one.pk): one for one in places_for(actor, community, at=at)}
        widget: Any = self.fields["type"].widget
        widget.days = {pk: one.days for pk, one in self.types.items()}
        self._choose("type", [(pk, _type_name(one)) for pk, one in self.types.items()])
        shown = [(pk, _place_name(one)) for pk, one in self.places.items()]
        self._choose("place", [("", _("请选择小区和楼栋")), *shown])
        people = people_for(home_of(actor, community, at=at), at=at)
        staff = [(str(pk), label) for pk, label in people]
        head = [("", _("请选择")), (COMPANY, _("小区的物业服务企业"))]
        self._choose("who", [*head, *staff])

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        place = cleaned["place"] = self._place(cleaned)
        stop = stop_chosen(self.actor, str(cleaned.get("stop") or ""), at=self.at)
        if stop is not None and stop.photo is not None and not self.images["photos"]:
            self.images["photos"] = [stop.photo]
        if not self.images["photos"] and not self.errors.get("photos"):
            self.add_error("photos", _("请拍一张隐患的照片。"))
        if cleaned.get("fixed"):
            return cleaned
        kind = self.types.get(cleaned.get("type", ""))
        if not cleaned.get("rectify_by") and "rectify_by" not in self.errors and kind is not None:
            cleaned["rectify_by"] = timezone.localdate(self.at) + timedelta(days=kind.days)
        if place is not None and not self._named(cleaned, place):
            self.add_error("who", _("没有当场整改的，要写明责任人。"))
        return cleaned

    def _place(self, cleaned: dict[str, Any]) -> Place | None:
        """What was chosen; without a choice the grid in which the phone is, where it is one of theirs."""
        if cleaned.get("place") or "place" in self.errors:
            return self.places.get(cleaned.get("place", ""))
        fix = self.fix()
        if fix is None:
            self.add_error("place", _("请选择小区和楼栋，或者取手机位置。"))
            return None
        grid = grid_at(longitude=fix.longitude, latitude=fix.latitude, community=self.community)
        if grid is None or not has_power(
            self.actor, Power.PETITION_ENTER, Scope(grid.place.path), at=self.at
        ):
            self.add_error("place", _("这个位置不在您任职的网格里，请选择小区和楼栋。"))
            return None
        return grid.place

    def _named(self, cleaned: dict[str, Any], place: Place) -> bool:
        who = cleaned.get("who", "")
        if cleaned.get("name") or who not in ("", COMPANY):
            return True
        return (who == COMPANY or bool(cleaned.get("is_public_area"))) and company_of(place) is not None

    def submit(self, *, found_at: datetime | None = None) -> Hazard | None:
        """Put it into the ledger; None with the reason on the form."""
        given = self.cleaned_data
        place = given["place"]
        found = Found(
            type=self.types[given["type"]],
            place=place,
            text=given["text"],
            photos=self.images["photos"],
            found_at=found_at or self.at,
            spot=given["spot"],
            plate=given.get("plate", ""),
            stop=SweepStop.objects.filter(pk=given["stop"]).first() if given["stop"] else None,
            is_public_area=given["is_public_area"],
            fixed=given["fixed"],
            fixed_photos=self.images["fixed_photos"],
        )
        answerable = None if given["fixed"] else answerable_in(given, place)
        return self.attempt(lambda: self.book(found, answerable, given["key"]))

    def book(self, found: Found, answerable: Answerable | None, key: uuid.UUID) -> Hazard:
        """Call the action with what was typed."""
        return hazard_file(found=found, answerable=answerable, key=key, actor=self.actor, at=self.at)


def _place_name(place: Place) -> str:
    return _("%s 公共区域") % place.name if place.kind == PlaceKind.ESTATE else place.long_name


def _type_name(one: HazardType) -> str:
    return _("%(name)s（通常 %(days)d 天内整改）") % {"name": one.name, "days": one.days}
