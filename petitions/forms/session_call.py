"""A session called beside the calendar: which kind, when, where."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from community.duties import Power
from community.forms.inputs import DayInput, HourInput
from community.meetings import SessionKind
from community.models import Place
from community.models.place import PlaceKind
from community.permissions import paths_with
from community.querysets import below
from core.forms import RefusableForm
from core.models import User
from core.workdays import ZONE
from petitions.actions.sessions.calling import session_call
from petitions.forms.fields import WordsField
from petitions.models import DeliberationSchedule, DeliberationSession


class CallForm(RefusableForm):
    """One of the community's schedules gives name, length and quorum; a stool council needs no calling."""

    hint: ClassVar[Any] = _("名称、时长和到会要求按所选的议事安排。")
    danger: ClassVar[bool] = False
    title: ClassVar[Any] = _("召集议事会")
    button_label: ClassVar[Any] = _("召集")
    extra_button: ClassVar[None] = None
    schedule = forms.ModelChoiceField(DeliberationSchedule.objects.none(), label=_("议事安排"))
    day = forms.DateField(label=_("日期"), widget=DayInput)
    time = forms.TimeField(label=_("时间"), widget=HourInput)
    estate = forms.ModelChoiceField(Place.objects.none(), label=_("小区"), required=False)
    venue = WordsField(label=_("地点"), max_length=80, required=False)

    def __init__(self, data: Any = None, *, actor: User, at: datetime) -> None:
        super().__init__(data, label_suffix="")
        self.actor, self.at = actor, at
        paths = paths_with(actor, Power.SESSION_RUN, at=at)
        schedules: Any = self.fields["schedule"]
        known = DeliberationSchedule.objects.select_related("community__place", "estate")
        own = known.filter(below(paths, "community__place__path"), is_active=True)
        schedules.queryset = own.exclude(kind=SessionKind.STOOL_COUNCIL).order_by("-frequency", "pk")
        estates: Any = self.fields["estate"]
        estates.queryset = Place.objects.active().filter(below(paths), kind=PlaceKind.ESTATE)

    def submit(self) -> DeliberationSession | None:
        """Call it; None when that was refused, and then the form says why."""
        given = self.cleaned_data
        return self.attempt(
            lambda: session_call(
                schedule=given["schedule"],
                actor=self.actor,
                starts_at=datetime.combine(given["day"], given["time"], ZONE),
                venue=given["venue"],
                estate=given["estate"],
                at=self.at,
            )
        )
