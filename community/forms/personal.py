"""Corrections and the last word before an erasure."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class NameForm(forms.Form):
    """What the person is called."""

    required_css_class = "required"
    name = forms.CharField(
        label=_("怎么称呼您"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class EraseForm(forms.Form):
    """Yes, after what goes and what stays has been read."""

    required_css_class = "required"
    sure = forms.BooleanField(
        label=_("我看过了，要删除"), error_messages={"required": _("请先看一下说明，确定后打勾。")}
    )
