"""Steps after the answer: the return visit, and judgements of people whom only staff can ask."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from petitions.actions import evaluating
from petitions.forms.step import StepForm, words
from petitions.models import VisitWay
from petitions.selectors.steps import Step

YES_NO = (("1", _("满意")), ("0", _("不满意")))
HOLDS = (("1", _("问题已解决")), ("0", _("问题还在，需要重办")))


def choice(label: Any, choices: Any) -> forms.TypedChoiceField:
    """Yes or no, as two big choices."""
    return forms.TypedChoiceField(
        label=label, choices=choices, coerce=lambda value: value == "1", widget=forms.RadioSelect
    )


class ReturnVisitForm(StepForm):
    step = Step.RETURN_VISIT
    hint = _("由经办人以外的人问一问：真的解决了吗？")
    done = _("回访已记录。")
    button = _("记下回访")
    way = forms.ChoiceField(label=_("怎样回访的"), choices=VisitWay.choices, widget=forms.RadioSelect)
    holds = choice(_("问题解决了吗"), HOLDS)
    words = words(_("诉求人怎么说"), 500)

    def act(self) -> None:
        evaluating.petition_return_visit(
            petition_id=self.petition.pk,
            actor=self.actor,
            way=self.cleaned_data["way"],
            holds=self.cleaned_data["holds"],
            words=self.cleaned_data["words"],
            at=self.at,
        )


class RecordJudgementForm(StepForm):
    step = Step.RECORD_JUDGEMENT
    hint = _("当面问没有留手机号的诉求人，照实记下；评价会标明由您代为记录。")
    done = _("评价已记录。")
    button = _("记下评价")
    evaluation = forms.TypedChoiceField(label=_("问的是谁"), coerce=int, widget=forms.RadioSelect)
    is_satisfied = choice(_("对办理结果"), YES_NO)
    comment = words(_("原话"), 300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unasked = self.matter.unasked(self.at)
        self.fields["evaluation"].choices = [  # type: ignore[attr-defined]
            (one.pk, str(one.reporter)) for one in unasked
        ]
        if len(unasked) == 1:
            self.fields["evaluation"].initial = unasked[0].pk

    def act(self) -> None:
        evaluating.petition_judge(
            evaluation_id=self.cleaned_data["evaluation"],
            is_satisfied=self.cleaned_data["is_satisfied"],
            comment=self.cleaned_data["comment"],
            recorded_by=self.actor,
            at=self.at,
        )


FORMS: tuple[type[StepForm], ...] = (ReturnVisitForm, RecordJudgementForm)
