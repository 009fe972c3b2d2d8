"""Where the phone is, when somebody asks it: hidden fields that `static/js/position.js` fills in."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _

from core.forms import RefusableForm
from grids.actions.check_in import Fix


class PositionFields(forms.Form):
    """A position that may come along; it is used at once and kept nowhere."""

    longitude = forms.FloatField(min_value=-180, max_value=180, required=False, widget=forms.HiddenInput)
    latitude = forms.FloatField(min_value=-90, max_value=90, required=False, widget=forms.HiddenInput)
    accuracy = forms.FloatField(min_value=0, required=False, widget=forms.HiddenInput)

    def fix(self) -> Fix | None:
        """Where the phone says it is: all of it, or nothing."""
        told = [self.cleaned_data.get(name) for name in ("longitude", "latitude", "accuracy")]
        known = [one for one in told if one is not None]
        return Fix(*known) if len(known) == len(told) else None


class WhereForm(PositionFields, RefusableForm):
    """Nothing but a position."""

    def clean(self) -> None:
        super().clean()
        if self.fix() is None:
            self.add_error(None, _("没有取得手机位置。请允许浏览器定位，再试一次。"))
