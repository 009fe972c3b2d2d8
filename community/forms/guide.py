"""The form of an item of the guide: lists are typed one to a line."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.forms.action import ActionForm
from community.models import HandlingMode

LINE_MAX = 200
LINES_MAX = 30


class LinesField(forms.CharField):
    """Several short texts, one to a line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.Textarea({"rows": 5}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        lines = [line.strip() for line in (super().clean(value) or "").splitlines()]
        kept = [line for line in lines if line]
        if len(kept) > LINES_MAX:
            raise ValidationError(_("最多 %d 行。") % LINES_MAX)
        if any(len(line) > LINE_MAX for line in kept):
            raise ValidationError(_("每行最多 %d 个字。") % LINE_MAX)
        return kept


class ServiceItemForm(ActionForm):
    documents = LinesField(label=gettext_lazy("所需材料"), help_text=gettext_lazy("一行一份。"))
    steps = LinesField(label=gettext_lazy("办理流程"), help_text=gettext_lazy("一行一步，按先后写。"))
    modes = forms.MultipleChoiceField(
        label=gettext_lazy("可以怎样办"),
        choices=HandlingMode.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
