"""改派: who has it from now on, of those who go from door to door there, and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.models import Place
from core.models import User
from grids.actions.moving import errand_move, need_move
from grids.forms.field import S, StepForm
from grids.models import Errand, Need
from grids.selectors.hands import hands_for


class MoveForm(StepForm[S]):
    """A choice among the grid's people without whoever has it now."""

    title, button = gettext_lazy("改派"), gettext_lazy("改派")
    said = gettext_lazy("已改派，新旧经办人都会收到通知。")
    worker_id = forms.TypedChoiceField(label=gettext_lazy("交给谁"), coerce=int)
    reason = forms.CharField(
        label=gettext_lazy("为什么改派"), max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(
        self, data: Any = None, *, place: Place, holder_id: int | None, at: datetime, **options: Any
    ) -> None:
        super().__init__(data, **options)
        people = [(pk, label) for pk, label in hands_for(place, at=at) if pk != holder_id]
        self.fields["worker_id"].choices = [("", _("请选择")), *people]  # type: ignore[attr-defined]


class NeedMoveForm(MoveForm[Need]):
    """A need."""

    def take(self, subject: Need, actor: User, at: datetime) -> Need:
        return need_move(need_id=subject.pk, **self.cleaned_data, actor=actor, at=at)


class ErrandMoveForm(MoveForm[Errand]):
    """An errand."""

    def take(self, subject: Errand, actor: User, at: datetime) -> Errand:
        return errand_move(errand_id=subject.pk, **self.cleaned_data, actor=actor, at=at)
