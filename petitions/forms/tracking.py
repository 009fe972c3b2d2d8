"""Find a matter again: number and code, or a lost code to the phone on record."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import ratelimits
from core.forms import RefusableForm
from petitions.actions.reporting import code_send_again
from petitions.forms.base import Visitor
from petitions.forms.fields import PhoneField
from petitions.models import Petition, PetitionReporter
from petitions.selectors import links
from petitions.selectors.following import reporters_behind

TRIES = {"number": 10, "address": 40, "all": 100}
WINDOW_SECONDS, SLOW_SECONDS = 900, 600


class NumberField(forms.CharField):
    """A petition's number, however it was typed: full-width digits, spaces and dashes do not matter."""

    def __init__(self, **options: Any) -> None:
        attrs = {"inputmode": "numeric", "autocomplete": "off", "placeholder": "20261122-0042"}
        super().__init__(max_length=30, widget=forms.TextInput(attrs=attrs), **options)
        self.error_messages["required"] = _("请填写回执上的编号。")

    def clean(self, value: Any) -> str:
        digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", super().clean(value)), flags=re.ASCII)
        if not 12 <= len(digits) <= 18:
            raise ValidationError(_("编号是 12 位以上的数字，请照回执填写。"))
        return f"{digits[:8]}-{digits[8:]}"


class TrackingForm(RefusableForm):
    """Number and code from the receipt. One neutral sentence for whatever does not fit."""

    number = NumberField(label=gettext_lazy("编号"))
    code = forms.CharField(
        label=gettext_lazy("查询码"),
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "off",
                "class": "input--code",
                "placeholder": "0000 0000",
            }
        ),
        help_text=gettext_lazy("回执上的 8 位数字。"),
        error_messages={"required": gettext_lazy("请填写回执上的 8 位查询码。")},
    )

    def find(self, visitor: Visitor) -> PetitionReporter | None:
        """The person whose code this is; None when nothing fits or too many tries were made, and why."""
        return self.attempt(lambda: self._found(visitor))

    def _found(self, visitor: Visitor) -> PetitionReporter | None:
        number = self.cleaned_data["number"]
        ratelimits.hit(
            "petition.track.address", visitor.address, limit=TRIES["address"], seconds=WINDOW_SECONDS
        )
        ratelimits.hit_from(
            *("petition.track.number", number, visitor.address),
            limit=TRIES["number"],
            seconds=WINDOW_SECONDS,
            ceiling=TRIES["all"],
            slow_seconds=SLOW_SECONDS,
        )
        code = unicodedata.normalize("NFKC", self.cleaned_data["code"])
        petition = Petition.objects.filter(number=number).first()
        people = reporters_behind(petition) if petition else ()
        found = next((person for person in people if links.code_fits(person, code)), None)
        if found is None:
            self.add_error(None, _("编号或查询码不对，请照回执再核对一遍。"))
        return found


class LostCodeForm(RefusableForm):
    """A lost code goes to the phone on record. The answer never says whether there is one."""

    number = NumberField(label=gettext_lazy("编号"))
    phone = PhoneField(
        label=gettext_lazy("手机号"), help_text=gettext_lazy("反映这件事时留的号码，查询码会发到这个手机上。")
    )

    def send(self, visitor: Visitor) -> bool:
        """Whether the answer may be given; False when asked too often, and then the form says so."""
        given = self.cleaned_data
        self.attempt(
            lambda: code_send_again(
                number=given["number"], phone=given["phone"], address=visitor.address, at=visitor.at
            )
        )
        return self.refusal is None
