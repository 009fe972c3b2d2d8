"""Steps of whoever helps: how it is handled, what was explained, what was said, what came of it (P-40)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from petitions.actions import assisting
from petitions.forms.arrangement import ArrangementFields
from petitions.forms.fields import WordsField
from petitions.forms.step import PhotoStepForm, StepForm, words
from petitions.models.assistance import ExchangeWay, Point
from petitions.selectors.steps import Step


class ArrangeForm(ArrangementFields, PhotoStepForm):
    step = Step.ARRANGE
    hint = _("帮代办须先有本人授权；上门办须先约好时间和地址，前一天会提醒您和诉求人。")
    done = _("办理方式已记录，并告诉了诉求人。")
    button = _("保存")
    authorisation = WordsField(
        label=_("怎样授权"),
        max_length=200,
        required=False,
        help_text=_("比如：本人签了委托书，或电话里同意（写明时间）。"),
    )
    limit = 1
    field_order = ("mode", "slot", "address", "authorised_by", "authorisation", "photos")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["photos"].label = _("委托书照片")
        self.fields["photos"].help_text = ""
        row = self.matter.assistance
        self.item = row.item if row else None
        if row is None:
            return
        self.offer_modes(row.item.modes)
        for name in ("mode", "slot", "address", "authorised_by", "authorisation"):
            self.fields[name].initial = getattr(row, name)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if self.item is None:
            raise forms.ValidationError(_("这件诉求不是帮办事项。"))
        how = bool(cleaned.get("authorisation"))
        self.check_arrangement(self.item, authorises="authorisation", authorised=how)
        return cleaned

    def act(self) -> None:
        photo = self.kept[0] if self.kept else None
        assisting.assistance_arrange(
            petition_id=self.petition.pk,
            actor=self.actor,
            arrangement=self.arrangement(self.cleaned_data["authorisation"], photo),
            at=self.at,
        )


class ExplainForm(StepForm):
    step = Step.EXPLAIN
    hint = _("向诉求人说明过哪几项就勾哪几项，可以分几次勾。")
    done = _("已记下说明过的内容。")
    button = _("记下")
    points = forms.MultipleChoiceField(
        label=_("已经说明"), choices=Point.choices, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {one.point for one in self.matter.explanations}
        left = [(point.value, point.label) for point in Point if point.value not in known]
        self.fields["points"].choices = left  # type: ignore[attr-defined]

    def act(self) -> None:
        assisting.assistance_explain(
            petition_id=self.petition.pk,
            actor=self.actor,
            points=self.cleaned_data["points"],
            at=self.at,
        )


class ExchangeForm(StepForm):
    step = Step.EXCHANGE
    hint = _("一问一答算一次。只有工作人员能看到。")
    done = _("这次沟通已记录。")
    button = _("记下")
    way = forms.ChoiceField(label=_("怎样沟通"), choices=ExchangeWay.choices, widget=forms.RadioSelect)
    note = words(_("说了什么"), 300)

    def act(self) -> None:
        given = self.cleaned_data
        assisting.assistance_exchange(
            petition_id=self.petition.pk, actor=self.actor, way=given["way"], note=given["note"], at=self.at
        )


class ExcuseForm(StepForm):
    step = Step.EXCUSE
    hint = _("申请事项要沟通五次以上。事情简单、一次说清的，写明原因就可以办结。")
    done = _("原因已记录。")
    button = _("记下")
    reason = words(_("为什么不用五次"), 200, rows=2)

    def act(self) -> None:
        assisting.assistance_excuse(
            petition_id=self.petition.pk, actor=self.actor, reason=self.cleaned_data["reason"], at=self.at
        )


class CompleteForm(StepForm):
    step = Step.COMPLETE
    hint = _("事情真正办成了再登记，比如证件已领到、补贴已发放。")
    done = _("已登记办成。接下来可以办结。")
    result = words(_("办成了什么"), 200, rows=2)

    def act(self) -> None:
        assisting.assistance_complete(
            petition_id=self.petition.pk, actor=self.actor, result=self.cleaned_data["result"], at=self.at
        )


FORMS: tuple[type[StepForm], ...] = (ArrangeForm, ExplainForm, ExchangeForm, ExcuseForm, CompleteForm)
