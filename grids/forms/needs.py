"""Needs and incidents as they are entered, seen to and ended, on the page or out of the phone."""

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
from core.errors import InvalidInputError
from core.language import gettext, kept
from core.models import User
from grids.actions.needs import Report, need_close, need_hand_up, need_report, need_respond, need_solve
from grids.entry_kinds import Arrived, EntryKind, Landed
from grids.forms.field import FieldForm, StepForm, said_by
from grids.forms.visit import STALE, door_choices
from grids.models import Grid, Need, NeedKind, NeedResult
from grids.selectors.abouts import about_grid
from grids.selectors.doors import door_for, visited_grid
from grids.selectors.naming import Names


class NeedForm(FieldForm):
    """What somebody needs, or what has happened somewhere in the grid."""

    kind = forms.ChoiceField(
        label=gettext_lazy("类别"), choices=NeedKind.choices, widget=forms.RadioSelect, initial=NeedKind.NEED
    )
    household = forms.IntegerField(
        label=gettext_lazy("哪一户"),
        required=False,
        help_text=gettext_lazy("不是某一户的事，在下面写明地点。"),
    )
    spot = forms.CharField(label=gettext_lazy("地点"), max_length=100, required=False)
    text = forms.CharField(
        label=gettext_lazy("什么情况"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("请写明是什么情况。")},
    )
    is_urgent = forms.BooleanField(label=gettext_lazy("急难需求，当天要有人响应"), required=False)
    keeps_it = forms.BooleanField(label=gettext_lazy("我能解决，先不交网格长"), required=False)
    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": STALE, "invalid": STALE})

    def __init__(self, data: Any = None, *, actor: User, at: datetime, grid: Grid, **options: Any) -> None:
        super().__init__(data, **options)
        self.actor, self.at, self.grid = actor, at, grid
        self.fields["household"].widget = forms.Select()
        self.fields["household"].widget.choices = CallableChoiceIterator(lambda: door_choices(grid))

    def submit(self, reported_at: datetime | None = None) -> Need | None:
        """Report it; None when it is refused, and then the form says why."""

        def report() -> Need:
            given = self.cleaned_data
            chosen = given["household"]
            household = door_for(self.actor, chosen, at=self.at) if chosen else None
            told = Report(
                given["text"],
                NeedKind(given["kind"]),
                is_urgent=given["is_urgent"],
                keeps_it=given["keeps_it"],
                spot=given["spot"],
                reported_at=reported_at,
            )
            return need_report(
                household_id=household.pk if household else None,
                grid_place=self.grid.place,
                report=told,
                key=given["key"],
                actor=self.actor,
                at=self.at,
            )

        return self.attempt(report)


class RespondForm(StepForm[Need]):
    """Somebody sees to it."""

    title, button = gettext_lazy("响应"), gettext_lazy("我来办")
    said = gettext_lazy("已记下响应。解决后还要反馈。")
    words = forms.CharField(
        label=gettext_lazy("怎样响应"), max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )

    def take(self, subject: Need, actor: User, at: datetime) -> Need:
        return need_respond(need_id=subject.pk, words=self.cleaned_data["words"], actor=actor, at=at)


class UpForm(StepForm[Need]):
    """One tier up."""

    title, button = gettext_lazy("交上一级"), gettext_lazy("交上去")
    said = gettext_lazy("已交上一级。")
    words = forms.CharField(
        label=gettext_lazy("为什么要交上一级"), max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )

    def take(self, subject: Need, actor: User, at: datetime) -> Need:
        return need_hand_up(need_id=subject.pk, words=self.cleaned_data["words"], actor=actor, at=at)


class SolveForm(StepForm[Need]):
    """Solved; the word to whoever asked comes later."""

    title, button = gettext_lazy("解决了，还没有反馈"), gettext_lazy("记下解决")
    said = gettext_lazy("已记下。反馈后才算办结。")
    solution = forms.CharField(
        label=gettext_lazy("怎样解决的"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )

    def take(self, subject: Need, actor: User, at: datetime) -> Need:
        return need_solve(need_id=subject.pk, solution=self.cleaned_data["solution"], actor=actor, at=at)


class CloseForm(StepForm[Need]):
    """Met or explained, in words that whoever asked has heard."""

    title, button = gettext_lazy("反馈，办结"), gettext_lazy("办结")
    said = gettext_lazy("已反馈，办结了。")
    result = forms.ChoiceField(
        label=gettext_lazy("结果"),
        choices=NeedResult.choices,
        widget=forms.RadioSelect,
        initial=NeedResult.DELIVERED,
    )
    solution = forms.CharField(
        label=gettext_lazy("怎样解决的"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    feedback = forms.CharField(
        label=gettext_lazy("怎样反馈的"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("告诉了谁、怎么说的。没有反馈不能办结。"),
    )

    def __init__(self, data: Any = None, *, need: Need | None = None, **options: Any) -> None:
        super().__init__(data, **options)
        if need is not None and need.solved_at is not None:
            del self.fields["solution"]

    def take(self, subject: Need, actor: User, at: datetime) -> Need:
        given = self.cleaned_data
        return need_close(
            need_id=subject.pk,
            result=NeedResult(given["result"]),
            feedback=given["feedback"],
            solution=given.get("solution", ""),
            actor=actor,
            at=at,
        )


def need_land(arrived: Arrived) -> Landed:
    """A need from the phone; it came up when it was entered."""
    grid, _known = visited_grid(arrived.actor, arrived.fields.get("grid", ""), at=arrived.at)
    if grid is None:
        raise InvalidInputError(_("这条记录不完整，请重新填一次。"))
    fields = arrived.fields.copy()
    fields["key"] = str(arrived.key)
    form = NeedForm(fields, actor=arrived.actor, at=arrived.at, grid=grid)
    made = form.submit(reported_at=min(arrived.happened_at, arrived.at))
    if made is None:
        raise form.refused()
    said = gettext("已上报。解决并反馈后才算办结。")
    return Landed(kept(NeedKind(made.kind).label), reverse("grids:need", args=[made.pk]), said)


def need_said(fields: QueryDict, names: Names) -> Sequence[tuple[str, str]]:
    """What was typed, under the names that the form gives it."""
    return said_by(NeedForm, fields, {"household": names.door})


NEED = EntryKind(gettext_lazy("需求和事件"), need_land, need_said, about_grid, Power.HOME_VISIT)
