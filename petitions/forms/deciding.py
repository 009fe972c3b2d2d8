"""Minutes, parties, the end of the loop, and what keeps the register clean."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community.duties import Power
from community.models import Organisation
from community.workflow import Gate
from petitions.actions import deliberating, evaluating, hiding, overseeing, reporting
from petitions.forms.fields import PhoneField
from petitions.forms.step import PersonField, ReasonForm, StepForm, person, words
from petitions.selectors.steps import Step


class DeliberateForm(StepForm):
    step = Step.DELIBERATE
    hint = _("记下什么时候、谁、议定了什么；诉求人能看到议定事项。")
    done = _("议事已记录。")
    button = _("记下议事")
    held_on = forms.DateField(
        label=_("议事日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    venue = forms.CharField(label=_("地点"), max_length=80)
    participants = forms.CharField(label=_("参加人（单位或身份）"), max_length=200)
    headcount = forms.IntegerField(label=_("人数"), min_value=1, max_value=2000)
    decision = words(_("议定事项"), 1000, rows=4)
    supervisor = PersonField(label=_("监督人"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["supervisor"].offer(self, Power.PETITION_READ)  # type: ignore[attr-defined]
        self.fields["supervisor"].required = self.matter.profile.has(Gate.SUPERVISOR_ON_DECISION)

    def act(self) -> None:
        given = dict(self.cleaned_data)
        supervisor = person(given.pop("supervisor"))
        deliberating.petition_deliberate(
            petition_id=self.petition.pk,
            actor=self.actor,
            minutes=deliberating.Minutes(**given, supervisor=supervisor),
            at=self.at,
        )


class SupervisorForm(StepForm):
    step = Step.SUPERVISOR
    hint = _("决议没有监督人，不能开始办理。")
    done = _("监督人已定。")
    decision = forms.TypedChoiceField(label=_("决议"), coerce=int, widget=forms.RadioSelect)
    supervisor = PersonField(label=_("监督人"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        open_ones = [one for one in self.matter.deliberations if one.supervisor_id is None]
        fields["decision"].choices = [(one.pk, one.decision) for one in open_ones]
        fields["decision"].initial = open_ones[0].pk if open_ones else None
        fields["supervisor"].offer(self, Power.PETITION_READ)

    def act(self) -> None:
        supervisor = person(self.cleaned_data["supervisor"])
        assert supervisor is not None
        overseeing.decision_supervise(
            petition_id=self.petition.pk,
            actor=self.actor,
            deliberation_id=self.cleaned_data["decision"],
            supervisor=supervisor,
            at=self.at,
        )


class PartiesForm(StepForm):
    step = Step.PARTIES
    hint = _("难事办理前须有两个以上联动单位。")
    done = _("联动单位已确定。")
    organisations = forms.ModelMultipleChoiceField(
        label=_("联动单位"),
        queryset=Organisation.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = Organisation.objects.filter(community=self.petition.community_id, is_active=True)
        self.fields["organisations"].queryset = known.order_by("name")  # type: ignore[attr-defined]

    def act(self) -> None:
        deliberating.petition_set_parties(
            petition_id=self.petition.pk,
            actor=self.actor,
            organisations=list(self.cleaned_data["organisations"]),
            at=self.at,
        )


class ArchiveForm(StepForm):
    step = Step.ARCHIVE
    hint = _("归档后只能查看，不能再改。")
    done = _("已归档。")

    def act(self) -> None:
        evaluating.petition_archive(petition_id=self.petition.pk, actor=self.actor, at=self.at)


class ReopenForm(ReasonForm):
    step = Step.REOPEN
    hint = _("诉求人再次不满意。由街道决定重办，并说明怎样重办；不重办则归档。")
    done = _("已决定重办，并告诉了诉求人。")
    reason = words(_("重办要求"), 200)
    action = staticmethod(evaluating.petition_reopen)


class HideForm(ReasonForm):
    step = Step.HIDE
    hint = _("只有办理的人能看到；改了以后不能再公开。")
    done = _("已改为不公开。")
    danger = True
    reason = words(_("说明"), 200, rows=2)
    action = staticmethod(hiding.petition_hide)


class SpamForm(ReasonForm):
    step = Step.SPAM
    hint = _("灌水、辱骂、造假：移出所有公开页面和办理队列，不删除，可以取消。")
    done = _("已标记为无效。")
    danger = True
    reason = words(_("理由"), 200, rows=2)
    action = staticmethod(hiding.spam_mark)


class SpamUndoForm(ReasonForm):
    step = Step.SPAM_UNDO
    hint = _("恢复办理，时限重新计算。")
    done = _("已取消无效标记。")
    reason = words(_("理由"), 200, rows=2)
    action = staticmethod(hiding.spam_undo)


class PhoneForm(StepForm):
    step = Step.PHONE
    hint = _("原来的查询码和链接作废，新的查询码发到新号码；更正会留痕。")
    done = _("电话已更正，新查询码已发出。")
    reporter = forms.TypedChoiceField(label=_("诉求人"), coerce=int, widget=forms.RadioSelect)
    phone = PhoneField(label=_("正确的手机号"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = self.matter.reporters
        self.fields["reporter"].choices = [(one.pk, str(one)) for one in people]  # type: ignore[attr-defined]
        self.fields["reporter"].initial = people[0].pk if len(people) == 1 else None

    def act(self) -> None:
        reporting.reporter_phone_correct(
            petition_id=self.petition.pk,
            reporter_id=self.cleaned_data["reporter"],
            phone=self.cleaned_data["phone"],
            actor=self.actor,
            at=self.at,
        )


FORMS: tuple[type[StepForm], ...] = (
    DeliberateForm,
    SupervisorForm,
    PartiesForm,
    ArchiveForm,
    ReopenForm,
    HideForm,
    SpamForm,
    SpamUndoForm,
    PhoneForm,
)
