"""督办: who looks after a matter, what was found, urging, and its end."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community.duties import Power
from petitions.actions import supervising
from petitions.forms.fields import SeenField
from petitions.forms.step import PersonField, StepForm, person, words
from petitions.selectors.steps import Step


class SuperviseForm(StepForm):
    step = Step.SUPERVISE
    hint = _("不改变办理阶段。全程跟踪的，一周没有督办记录就提醒督办人；其他的两周提醒一次。")
    done = _("已列入督办，并告诉了督办人。")
    supervisor = PersonField(label=_("督办人"))
    is_tracked = forms.BooleanField(label=_("全程跟踪督办"), required=False)
    seen = SeenField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        present, fields = self.petition.supervisor_id, self.fields
        handler = self.petition.assignee_id if self.petition.claimed_at else None
        fields["supervisor"].offer(self, Power.PETITION_READ, but=[handler])  # type: ignore[attr-defined]
        fields["supervisor"].initial = present or self.actor.pk
        fields["is_tracked"].initial = self.petition.is_tracked
        fields["seen"].initial = present

    def act(self) -> None:
        supervisor = person(self.cleaned_data["supervisor"])
        assert supervisor is not None
        supervising.petition_supervise(
            petition_id=self.petition.pk,
            actor=self.actor,
            supervisor=supervisor,
            is_tracked=self.cleaned_data["is_tracked"],
            seen=self.cleaned_data["seen"],
            at=self.at,
        )


class ResuperviseForm(SuperviseForm):
    step = Step.RESUPERVISE
    done = _("督办已调整。")
    button = _("保存调整")


class CheckForm(StepForm):
    step = Step.CHECK
    hint = _("看过以后记下来；只有工作人员能看到。")
    done = _("督办情况已记录。")
    button = _("记下督办情况")
    finding = words(_("督办情况"), supervising.FINDING_MAX)

    def act(self) -> None:
        supervising.petition_check(
            petition_id=self.petition.pk,
            actor=self.actor,
            finding=self.cleaned_data["finding"],
            urge=False,
            at=self.at,
        )


class UrgeForm(StepForm):
    step = Step.URGE
    done = _("已催办，并告诉了经办人。")

    def act(self) -> None:
        supervising.petition_check(
            petition_id=self.petition.pk, actor=self.actor, finding="", urge=True, at=self.at
        )


class UnsuperviseForm(StepForm):
    step = Step.UNSUPERVISE
    done = _("督办已结束。")
    finding = words(_("督办结论"), supervising.FINDING_MAX)

    def act(self) -> None:
        supervising.petition_unsupervise(
            petition_id=self.petition.pk,
            actor=self.actor,
            finding=self.cleaned_data["finding"],
            at=self.at,
        )


FORMS: tuple[type[StepForm], ...] = (SuperviseForm, ResuperviseForm, CheckForm, UrgeForm, UnsuperviseForm)
