"""What the steps of a session at the desk have in common."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from community.forms.inputs import DayInput, HourInput
from core.workdays import ZONE
from petitions.forms.desk_step import DeskStepForm
from petitions.forms.fields import WordsField
from petitions.models import DeliberationSession


class SessionForm(DeskStepForm):
    """One step of one session. `row` is the topic, line or resolution it is about, where it is about one."""

    owner: ClassVar[str] = "session"
    session: DeliberationSession


class WhenForm(SessionForm):
    """A day, an hour and a place."""

    day = forms.DateField(label=_("日期"), widget=DayInput)
    time = forms.TimeField(label=_("时间"), widget=HourInput)
    venue = WordsField(label=_("地点"), max_length=80)

    @property
    def starts_at(self) -> datetime:
        given = self.cleaned_data
        return datetime.combine(given["day"], given["time"], ZONE)
