"""Assisted applications: begun for somebody behind a door, walked, told, ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy

from community.models import Household, Resident
from core.models import User
from grids.actions import applications as actions
from grids.forms.field import FieldForm, StepForm
from grids.forms.visit import STALE
from grids.models import AssistedApplication, StepTold
from grids.paths import ApplicationKind
from grids.selectors.homes_page import people_at

HOW: Final = [one for one in StepTold.choices if one[0] != StepTold.MESSAGE]
"""How somebody is told who gets no message."""


class ApplicationForm(FieldForm):
    """Who applies for what."""

    resident = forms.ModelChoiceField(
        label=gettext_lazy("谁申请"),
        queryset=Resident.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": gettext_lazy("请选择谁申请。")},
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("申请什么"), choices=ApplicationKind.choices, widget=forms.RadioSelect
    )
    facts = forms.CharField(
        label=gettext_lazy("情况"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": STALE, "invalid": STALE})

    def __init__(self, data: Any = None, *, household: Household, **options: Any) -> None:
        super().__init__(data, **options)
        people = Resident.objects.filter(pk__in=[one.pk for one in people_at(household)])
        self.fields["resident"].queryset = people  # type: ignore[attr-defined]

    def submit(self, *, actor: User, at: datetime) -> AssistedApplication | None:
        """Begin it; None when it is refused, and then the form says why."""

        def begin() -> AssistedApplication:
            given = self.cleaned_data
            return actions.application_open(
                resident_id=given["resident"].pk,
                kind=ApplicationKind(given["kind"]),
                facts=given["facts"],
                key=given["key"],
                actor=actor,
                at=at,
            )

        return self.attempt(begin)


class DoneForm(StepForm[AssistedApplication]):
    """The present step is done."""

    title, button = gettext_lazy("这一步办好了"), gettext_lazy("记下")
    said = gettext_lazy("已记下这一步。")
    note = forms.CharField(
        label=gettext_lazy("办得怎样"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def take(self, subject: AssistedApplication, actor: User, at: datetime) -> object:
        note = self.cleaned_data["note"]
        return actions.application_step_done(application_id=subject.pk, note=note, actor=actor, at=at)


class ToldForm(StepForm[AssistedApplication]):
    """The resident knows."""

    title, button = gettext_lazy("告知居民"), gettext_lazy("已告知")
    said = gettext_lazy("已记下告知。")
    how = forms.ChoiceField(
        label=gettext_lazy("怎样告知的"),
        choices=HOW,
        widget=forms.RadioSelect,
        initial=StepTold.IN_PERSON,
    )

    def take(self, subject: AssistedApplication, actor: User, at: datetime) -> object:
        how = StepTold(self.cleaned_data["how"])
        return actions.application_step_tell(application_id=subject.pk, how=how, actor=actor, at=at)


class EndForm(StepForm[AssistedApplication]):
    """It comes to nothing."""

    title, button = gettext_lazy("办不成"), gettext_lazy("记下，结束")
    said = gettext_lazy("已记下，这件申请结束了。")
    words = forms.CharField(
        label=gettext_lazy("为什么没有办成"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )

    how = forms.ChoiceField(
        label=gettext_lazy("怎样告知居民的"),
        choices=HOW,
        widget=forms.RadioSelect,
        initial=StepTold.IN_PERSON,
    )

    def __init__(self, data: Any = None, *, is_messaged: bool) -> None:
        super().__init__(data)
        if is_messaged:
            del self.fields["how"]

    def take(self, subject: AssistedApplication, actor: User, at: datetime) -> object:
        words, how = self.cleaned_data["words"], self.cleaned_data.get("how")
        return actions.application_refuse(
            application_id=subject.pk, words=words, how=StepTold(how) if how else None, actor=actor, at=at
        )
