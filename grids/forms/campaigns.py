"""专项整治 on a phone: whether it has come back, and the plates of a household."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy

from community.models import Household
from core.language import gettext
from core.models import User
from grids.actions.campaigns import e_bike_register, violation_look
from grids.forms.field import FieldForm
from grids.forms.hazards.base import HazardForm
from grids.models import EBike, Hazard


class LookForm(HazardForm):
    """整治复查: it has not come back, or it has."""

    clear = forms.ChoiceField(
        label=gettext_lazy("复查情况"),
        choices=[("yes", gettext_lazy("没有再犯，清零")), ("no", gettext_lazy("又出现了"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("说明"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("又出现的，写明看到了什么；过几天再来复查。"),
    )
    photo_fields = ()
    title = gettext_lazy("整治复查")
    button = gettext_lazy("记下复查情况")
    said = gettext("复查情况已记下。")

    def submit(self, hazard: Hazard) -> Hazard | None:
        given = self.cleaned_data

        def look() -> Hazard:
            return violation_look(
                hazard_id=hazard.pk,
                is_clear=given["clear"] == "yes",
                note=given["note"],
                actor=self.actor,
                at=self.at,
            ).hazard

        return self.attempt(look)


class EBikeForm(FieldForm):
    """One more plate of a household."""

    plate = forms.CharField(
        label=gettext_lazy("电动车车牌"),
        max_length=20,
        help_text=gettext_lazy("照车牌填写，如：运城A12345。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )

    def submit(self, household: Household, *, actor: User, at: datetime) -> EBike | None:
        return self.attempt(
            lambda: e_bike_register(household=household, plate=self.cleaned_data["plate"], actor=actor, at=at)
        )
