"""Likely personal data in a public text is shown, and somebody has to say that it may stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from petitions.selectors.matter import Matter
from petitions.selectors.personal import Finding, personal_data_in


class PersonalDataMixin(forms.Form):
    """`guarded` names the fields that become public. The tick is asked for only when something is found."""

    guarded: ClassVar[Sequence[str]] = ()
    confirmed = forms.BooleanField(label=_("我已逐处核对，上面提示的内容可以公开"), required=False)

    @property
    def findings(self) -> list[Finding]:
        """What looks personal in the text as it stands in the form now."""
        texts = [str(self[name].value() or "") for name in self.guarded if name in self.fields]
        names = self.names() if any(texts) else ()
        return [finding for text in texts for finding in personal_data_in(text, names)]

    def names(self) -> set[str]:
        """What people behind it are called, as far as that is known."""
        return set()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.findings and not cleaned.get("confirmed"):
            self.add_error(
                "confirmed",
                ValidationError(_("公开的文字里可能有个人信息，请修改，或核对后勾选。"), code="personal"),
            )
        return cleaned


class MatterWordsMixin(PersonalDataMixin):
    """A public text about a matter: its reporters are known by name."""

    matter: Matter

    def names(self) -> set[str]:
        people = self.matter.reporters
        return {name for one in people for name in (one.name.strip(), one.on_behalf_of.strip()) if name}
