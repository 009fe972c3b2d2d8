"""How often a household is visited, and who would rather not be."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class StandingForm(forms.Form):
    """Every how many days, and why."""

    every_days = forms.IntegerField(label=_("每几天一次"), min_value=1, max_value=366)
    reason = forms.CharField(label=_("为什么常去"), max_length=100, required=False)


class WishForm(forms.Form):
    """What somebody said who wants no visits."""

    words = forms.CharField(label=_("本人怎么说的"), max_length=200, required=False)
