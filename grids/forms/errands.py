"""Errands as they are entered at the door, on the page or out of the phone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.choices import CallableChoiceIterator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.duties import Power
from community.models import Household, Resident
from core.errors import InvalidInputError
from core.language import gettext
from core.models import User
from grids.actions.errands import Asked, Word, errand_finish, errand_take, errand_tell
from grids.entry_kinds import Arrived, EntryKind, Landed
from grids.forms.field import FieldForm, said_by
from grids.forms.visit import STALE, door_choices
from grids.models import Errand, ErrandKind, Grid, ToldHow
from grids.selectors.abouts import about_door, about_errand
from grids.selectors.doors import door_for
from grids.selectors.errands import errand_of
from grids.selectors.homes_page import people_at
from grids.selectors.naming import Names


class ErrandForm(FieldForm):
    """What somebody needs done. Without `household` one of the grid's doors is chosen."""

    household = forms.IntegerField(
        label=gettext_lazy("哪一户"), error_messages={"required": gettext_lazy("请选择哪一户。")}
    )
    text = forms.CharField(
        label=gettext_lazy("办什么事"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("请写明要办什么事。")},
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("类型"),
        choices=ErrandKind.choices,
        widget=forms.RadioSelect,
        initial=ErrandKind.OTHER,
    )
    resident = forms.ModelChoiceField(
        label=gettext_lazy("谁托的"),
        queryset=Resident.objects.none(),
        required=False,
        empty_label=gettext_lazy("不写明"),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": STALE, "invalid": STALE})

    def __init__(
        self,
        data: Any = None,
        *,
        actor: User,
        at: datetime,
        household: Household | None = None,
        grid: Grid | None = None,
        **options: Any,
    ) -> None:
        super().__init__(data, **options)
        self.actor, self.at = actor, at
        if household is not None:
            self.fields["household"].widget = forms.HiddenInput()
            people = Resident.objects.filter(pk__in=[one.pk for one in people_at(household)])
            self.fields["resident"].queryset = people  # type: ignore[attr-defined]
        else:
            del self.fields["resident"]
        if grid is not None:
            self.fields["household"].widget = forms.Select()
            self.fields["household"].widget.choices = CallableChoiceIterator(lambda: door_choices(grid))

    def submit(self, taken_at: datetime | None = None) -> Errand | None:
        """Take it on; None when it is refused, and then the form says why."""

        def take() -> Errand:
            given = self.cleaned_data
            household = door_for(self.actor, given["household"], at=self.at)
            asked = Asked(given["text"], ErrandKind(given["kind"]), given.get("resident"), taken_at)
            return errand_take(
                household_id=household.pk, asked=asked, key=given["key"], actor=self.actor, at=self.at
            )

        return self.attempt(take)


class DoneForm(FieldForm):
    """How it went."""

    result = forms.CharField(
        label=gettext_lazy("办得怎样"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("请写明办得怎样。")},
    )
    is_in_vain = forms.BooleanField(
        label=gettext_lazy("没办成"),
        required=False,
        help_text=gettext_lazy("办不成也要告知居民，说明原因。"),
    )

    def submit(self, errand: Errand, *, actor: User, at: datetime) -> Errand | None:
        """Note that it is done; None when it is refused."""
        return self.attempt(
            lambda: errand_finish(errand_id=errand.pk, **self.cleaned_data, actor=actor, at=at)
        )


class ToldForm(FieldForm):
    """The household knows."""

    how = forms.ChoiceField(
        label=gettext_lazy("怎样告知的"),
        choices=ToldHow.choices,
        widget=forms.RadioSelect,
        initial=ToldHow.IN_PERSON,
    )
    reply = forms.CharField(
        label=gettext_lazy("居民怎么说"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    more = forms.CharField(
        label=gettext_lazy("还要办什么"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("顺便问一句。写了就再记一件代办。"),
    )

    def submit(
        self, errand: Errand, *, actor: User, at: datetime, told_at: datetime | None = None
    ) -> Errand | None:
        """Note that the household knows; None when it is refused."""

        def tell() -> Errand:
            given = self.cleaned_data
            word = Word(ToldHow(given["how"]), given["reply"], given["more"], told_at)
            return errand_tell(errand_id=errand.pk, word=word, actor=actor, at=at)

        return self.attempt(tell)


def errand_land(arrived: Arrived) -> Landed:
    """An errand from the phone; it was taken when it was entered."""
    household = door_for(arrived.actor, _number(arrived.fields, "household"), at=arrived.at)
    fields = arrived.fields.copy()
    fields["key"] = str(arrived.key)
    form = ErrandForm(fields, actor=arrived.actor, at=arrived.at, household=household)
    taken = form.submit(taken_at=min(arrived.happened_at, arrived.at))
    if taken is None:
        raise form.refused()
    return Landed(str(taken), reverse("grids:errand", args=[taken.pk]), gettext("已记下这件代办。"))


def told_land(arrived: Arrived) -> Landed:
    """A word to the household, noted at their door."""
    errand = errand_of(arrived.actor, _number(arrived.fields, "errand"), at=arrived.at)
    form = ToldForm(arrived.fields)
    told_at = min(arrived.happened_at, arrived.at)
    if errand.done_at is not None:
        told_at = max(told_at, errand.done_at)
    if form.submit(errand, actor=arrived.actor, at=arrived.at, told_at=told_at) is None:
        raise form.refused()
    said = gettext("已告知居民，这件代办了结了。")
    return Landed(str(errand), reverse("grids:errand", args=[errand.pk]), said)


def errand_said(fields: QueryDict, names: Names) -> Sequence[tuple[str, str]]:
    """What was typed, under the names that the form gives it."""
    return said_by(ErrandForm, fields, {"household": names.door, "resident": names.resident})


def told_said(fields: QueryDict, _names: Names) -> Sequence[tuple[str, str]]:
    """What was typed, under the names that the form gives it."""
    return said_by(ToldForm, fields)


def _number(fields: QueryDict, name: str) -> int:
    word = fields.get(name, "")
    if not (word.isascii() and word.isdigit() and len(word) < 19):
        raise InvalidInputError(_("这条记录不完整，请重新填一次。"))
    return int(word)


ERRAND = EntryKind(gettext_lazy("代办"), errand_land, errand_said, about_door, Power.HOME_VISIT)
TOLD = EntryKind(gettext_lazy("代办告知"), told_land, told_said, about_errand, Power.HOME_VISIT)
