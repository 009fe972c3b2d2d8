"""Marks on residents as they are made and taken back on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from community.forms.inputs import DayInput
from community.models import Resident
from core.models import User
from grids.actions.registers.tagging import tag_end, tag_recheck, tag_set
from grids.forms.field import FieldForm
from grids.models import ResidentTag, SchemeColour


class RegisterForm(FieldForm):
    """One step in a register: who takes it and when, and the words of its page."""

    title: ClassVar[str | Promise] = ""
    button: ClassVar[str | Promise] = gettext_lazy("记下")
    hint: ClassVar[str | Promise] = ""

    def __init__(self, data: Any = None, *, actor: User, at: datetime, **options: Any) -> None:
        super().__init__(data, **options)
        self.actor, self.at = actor, at


class TagForm(RegisterForm):
    """Which mark, from when, and for a tenant until when."""

    title = gettext_lazy("加标记")
    hint = gettext_lazy("标记“已故”或“搬离”后，立即不再提醒、走访和统计这个人；标错了可以撤销。")
    colour = forms.ChoiceField(
        label=gettext_lazy("标记"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择一个标记。")},
    )
    since_on = forms.DateField(label=gettext_lazy("从哪天起"), widget=DayInput())
    recheck_on = forms.DateField(
        label=gettext_lazy("租期到哪天"),
        widget=DayInput(),
        required=False,
        help_text=gettext_lazy("只有租户填，到期会提醒核实。"),
    )
    note = forms.CharField(label=gettext_lazy("说明"), max_length=100, required=False)

    def __init__(self, data: Any = None, *, colours: Sequence[SchemeColour], **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["colour"].choices = [(str(one.pk), one.words) for one in colours]  # type: ignore[attr-defined]
        self.fields["since_on"].initial = timezone.localdate(self.at)

    def submit(self, resident: Resident) -> ResidentTag | None:
        given = self.cleaned_data
        return self.attempt(
            lambda: tag_set(
                resident_id=resident.pk,
                colour_id=int(given["colour"]),
                since_on=given["since_on"],
                recheck_on=given["recheck_on"],
                note=given["note"],
                actor=self.actor,
                at=self.at,
            )
        )


class EndForm(RegisterForm):
    """Why a mark is taken back."""

    title = gettext_lazy("撤销标记")
    button = gettext_lazy("撤销")
    hint = gettext_lazy("撤销后，因这个标记停下的提醒、走访和统计会恢复；记录仍保留。")
    reason = forms.CharField(
        label=gettext_lazy("为什么撤销"),
        max_length=100,
        error_messages={"required": gettext_lazy("请写明为什么撤销。")},
    )

    def submit(self, tag: ResidentTag) -> ResidentTag | None:
        return self.attempt(
            lambda: tag_end(tag_id=tag.pk, reason=self.cleaned_data["reason"], actor=self.actor, at=self.at)
        )


class RecheckForm(RegisterForm):
    """A tenant stays: until when."""

    title = gettext_lazy("租户续住")
    hint = gettext_lazy("核实还住在这里，写上新租期；已经搬走的，改标搬离。")
    recheck_on = forms.DateField(label=gettext_lazy("新租期到哪天"), widget=DayInput())

    def submit(self, tag: ResidentTag) -> ResidentTag | None:
        day = self.cleaned_data["recheck_on"]
        return self.attempt(lambda: tag_recheck(tag_id=tag.pk, recheck_on=day, actor=self.actor, at=self.at))
