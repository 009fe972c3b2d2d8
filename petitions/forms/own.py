"""A person without an account reaches their own data of one matter: by code, and by the number on record."""

from __future__ import annotations

from secrets import compare_digest

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import ratelimits
from core.forms import RefusableForm
from petitions.actions import erasing, reporting
from petitions.forms.base import Visitor
from petitions.forms.fields import PhoneField, WordsField
from petitions.models import PetitionReporter

TRIES = 5
WINDOW_SECONDS = 3600


class NumberForm(RefusableForm):
    """The number on record, typed once more."""

    phone = PhoneField(label=gettext_lazy("手机号"), help_text=gettext_lazy("反映这件事时留的号码。"))

    def fits(self, reporter: PetitionReporter, visitor: Visitor) -> bool:
        """Whether the number is this person's; every try counts."""
        counted = self.attempt(lambda: self._count(reporter, visitor))
        if counted is None:
            return False
        if not compare_digest(self.cleaned_data["phone"].encode(), reporter.phone.encode()):
            self.add_error("phone", _("和登记的号码不一致，请核对；号码换了，请联系社区。"))
            return False
        return True

    def _count(self, reporter: PetitionReporter, visitor: Visitor) -> bool:
        ratelimits.hit("petition.own.reporter", str(reporter.pk), limit=TRIES, seconds=WINDOW_SECONDS)
        ratelimits.hit("petition.own.address", visitor.address, limit=4 * TRIES, seconds=WINDOW_SECONDS)
        return True


class OwnForm(RefusableForm):
    """What the person is called, and for whom they spoke."""

    name = WordsField(label=gettext_lazy("怎么称呼您"), max_length=40, required=False)
    on_behalf_of = WordsField(label=gettext_lazy("替谁反映"), max_length=40, required=False)

    def submit(self, reporter: PetitionReporter, visitor: Visitor) -> PetitionReporter | None:
        """Correct it; None when that was refused, and then the form says why."""
        return self.attempt(
            lambda: reporting.reporter_correct(reporter=reporter, at=visitor.at, **self.cleaned_data)
        )


class ErasingForm(RefusableForm):
    """Yes, after what goes and what stays has been read."""

    sure = forms.BooleanField(
        label=gettext_lazy("我看过了，要删除"),
        error_messages={"required": gettext_lazy("请先看一下说明，确定后打勾。")},
    )

    def submit(
        self, reporter: PetitionReporter, visitor: Visitor, *, is_open: bool
    ) -> PetitionReporter | None:
        """Erase it, or note that it is to be erased once the matter is closed."""
        act = erasing.reporter_erase_later if is_open else erasing.reporter_erase
        return self.attempt(lambda: act(reporter=reporter, at=visitor.at))
