"""How often a household is visited, and who would rather not be."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from grids.models import Trigger


class StandingForm(forms.Form):
    """Every how many days, and why."""

    every_days = forms.IntegerField(label=_("每几天一次"), min_value=1, max_value=366)
    trigger = forms.ChoiceField(
        label=_("什么时候去"),
        choices=Trigger.choices,
        initial=Trigger.DAYS,
        required=False,
        help_text=_("巡查路过就去的，会列在巡查页面上，好久没去的排在前面；到了日子还没去，照样提醒。"),
    )
    reason = forms.CharField(label=_("为什么常去"), max_length=100, required=False)


class WishForm(forms.Form):
    """What somebody said who wants no visits."""

    words = forms.CharField(label=_("本人怎么说的"), max_length=200, required=False)
