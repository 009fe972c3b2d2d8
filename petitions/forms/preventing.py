"""长效机制: what keeps a matter from coming back, and whether it still holds (P-20)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community.duties import Power
from petitions.actions import preventing
from petitions.forms.personal import MatterWordsMixin
from petitions.forms.step import PersonField, StepForm, person, words
from petitions.models import Every
from petitions.selectors.steps import Step


class PreventForm(MatterWordsMixin, StepForm):
    step = Step.PREVENT
    hint = _("怎样不再发生：选了楼长、定了收费员、改了规定……邻居能在回音壁看到。")
    done = _("长效机制已记录。")
    button = _("记下长效机制")
    guarded = ("text",)
    text = words(_("长效措施"), preventing.TEXT_MAX)
    every_months = forms.TypedChoiceField(label=_("定期检查"), choices=Every.choices, coerce=int)
    responsible = PersonField(label=_("负责检查"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["responsible"].offer(self, Power.PETITION_READ)  # type: ignore[attr-defined]
        self.fields["responsible"].initial = self.petition.resolved_by_id or self.actor.pk

    def act(self) -> None:
        given = self.cleaned_data
        responsible = person(given["responsible"])
        assert responsible is not None
        measure = preventing.Measure(given["text"], responsible, given["every_months"])
        preventing.prevention_record(
            petition_id=self.petition.pk, actor=self.actor, measure=measure, at=self.at
        )


class MeasureCheckForm(StepForm):
    step = Step.MEASURE_CHECK
    done = _("检查情况已记录。")
    button = _("记下检查情况")
    holds = forms.TypedChoiceField(
        label=_("措施还有效吗"),
        choices=(("yes", _("有效")), ("no", _("失效"))),
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
    )
    words = words(_("检查情况"), preventing.TEXT_MAX)

    def act(self) -> None:
        preventing.prevention_check(
            petition_id=self.petition.pk,
            actor=self.actor,
            holds=self.cleaned_data["holds"],
            words=self.cleaned_data["words"],
            at=self.at,
        )


FORMS: tuple[type[StepForm], ...] = (PreventForm, MeasureCheckForm)
