"""How an item of the guide is handled: the fields that residents, the desk and helpers share (P-41)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.models import HandlingMode, ServiceItem
from core.models import StoredImage
from petitions.actions.assisting import Arrangement
from petitions.forms.fields import WordsField

COUNTER = ("", gettext_lazy("到窗口办"))


class ArrangementFields(forms.Form):
    """Mode, slot and address, and who authorised what; each is asked for where its mode is chosen."""

    mode = forms.ChoiceField(
        label=gettext_lazy("想怎样办"), required=False, choices=[COUNTER], widget=forms.RadioSelect
    )
    slot = forms.DateTimeField(
        label=gettext_lazy("约在什么时间"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=gettext_lazy("选“上门办”时填写，前一天会提醒。"),
    )
    address = WordsField(
        label=gettext_lazy("上门地址"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("选“上门办”时填写，只有办理的人能看到。"),
    )
    authorised_by = WordsField(
        label=gettext_lazy("由谁授权"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("选“帮代办”时填写本人姓名。"),
    )

    def offer_modes(self, modes: list[str]) -> None:
        """The counter, and what the item offers."""
        offered = [(mode.value, mode.label) for mode in HandlingMode if mode.value in modes]
        self.fields["mode"].choices = [COUNTER, *offered]  # type: ignore[attr-defined]

    def check_arrangement(self, item: ServiceItem, *, authorises: str, authorised: bool) -> None:
        """Say beside each field what its mode still needs; `authorises` is the field that says how."""
        given, mode = self.cleaned_data, self.cleaned_data.get("mode", "")
        if mode and mode not in item.modes:
            self.add_error("mode", _("这个事项没有这种办理方式，请换一种。"))
        if mode == HandlingMode.AT_HOME:
            for name, words in (("slot", _("请约好上门的时间。")), ("address", _("请写明上门地址。"))):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, words)
        if mode == HandlingMode.AGENT:
            if not given.get("authorised_by"):
                self.add_error("authorised_by", _("请写明由谁授权。"))
            if not authorised:
                self.add_error(authorises, _("帮代办须先授权。"))

    def arrangement(self, authorisation: str, photo: StoredImage | None = None) -> Arrangement:
        """What was chosen, as the actions take it; what belongs to another mode is left out."""
        given: dict[str, Any] = self.cleaned_data
        is_agent = given["mode"] == HandlingMode.AGENT
        at_home = given["mode"] == HandlingMode.AT_HOME
        return Arrangement(
            mode=given["mode"],
            authorised_by=given["authorised_by"] if is_agent else "",
            authorisation=authorisation if is_agent else "",
            authorisation_photo=photo if is_agent else None,
            slot=given["slot"],
            address=given["address"] if at_home else "",
        )
