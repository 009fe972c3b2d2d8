"""理事 and what goes with it: colour, route, title, approval, holder."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as now_said
from django.utils.translation import gettext_lazy as _

from community.duties import Power
from community.models import CategorySetting
from community.workflow import Gate, Route, Severity, Topic
from petitions import workflow
from petitions.actions import handling, triage
from petitions.forms.personal import MatterWordsMixin
from petitions.forms.step import PersonField, StepForm, person, words
from petitions.models.grade import LEVELS
from petitions.models.petition import TITLE_MAX
from petitions.selectors.steps import Step

COLOURS = (("", _("按三项标准")), *Severity.choices)


def level(label: Any, hint: Any) -> forms.TypedChoiceField:
    """One of the three criteria, 1 to 3."""
    return forms.TypedChoiceField(
        label=label,
        help_text=hint,
        choices=LEVELS,
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )


class SortingForm(MatterWordsMixin, StepForm):
    """Criteria, colour, route, category and public title; shared by 理事 and a later change of it."""

    guarded = ("public_title",)
    scale = level(_("规模"), _("1 一两户 · 2 一栋楼 · 3 整个小区或更大"))
    difficulty = level(_("难易"), _("1 网格能办 · 2 要几方配合 · 3 要上级协调"))
    social_impact = level(_("社会影响"), _("1 一般 · 2 有人关注 · 3 涉及安全或群体"))
    severity = forms.ChoiceField(
        label=_("定级"),
        help_text=_("三项中最高的一项决定颜色：1 蓝色，2 黄色，3 红色。另选颜色须写理由。"),
        choices=COLOURS,
        required=False,
        widget=forms.RadioSelect,
    )
    reason = words(_("调整理由"), 200, rows=2, required=False)
    route = forms.ChoiceField(
        label=_("分流"), choices=Route.choices, required=False, widget=forms.RadioSelect
    )
    category = forms.ModelChoiceField(
        label=_("类别"), queryset=CategorySetting.objects.none(), required=False
    )
    topic = forms.ChoiceField(label=_("事项"), choices=Topic.choices)
    due_at = forms.DateTimeField(
        label=_("另定办理时限"),
        help_text=_("不填则按本社区该颜色的时限。"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    needs_prevention = forms.BooleanField(
        label=_("需要长效机制"), help_text=_("记录了怎样不再发生，才能归档。"), required=False
    )
    public_title = forms.CharField(
        label=_("公开标题"),
        help_text=_("邻居能看到的一句话。不填则邻居只看到事项、楼栋和等了多久。"),
        max_length=TITLE_MAX,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        petition, profile = self.petition, self.matter.profile
        categories = CategorySetting.objects.filter(profile=petition.community_id, is_active=True)
        self.fields["category"].queryset = categories  # type: ignore[attr-defined]
        for name in ("scale", "difficulty", "social_impact"):
            self.fields[name].required = profile.has(Gate.CRITERIA_AT_TRIAGE)
        for name in (
            *("scale", "difficulty", "social_impact", "route", "topic", "public_title"),
            "needs_prevention",
        ):
            self.fields[name].initial = getattr(petition, name)
        self._propose_scale()
        self.fields["category"].initial = petition.category_id
        self.fields["route"].required = profile.has(Gate.ROUTE_AT_TRIAGE)
        if petition.is_private:
            del self.fields["public_title"]

    def _propose_scale(self) -> None:
        """规模 as the number of people suggests it, for whoever decides (P-37)."""
        people = self.petition.reporters_count
        if people < 2:
            return
        proposed = workflow.scale_for(people)
        field = self.fields["scale"]
        field.initial = max(proposed, self.petition.scale or 0)
        field.help_text = now_said("%(usual)s。已有 %(people)d 人反映，建议 %(scale)d") % {
            "usual": field.help_text,
            "people": people,
            "scale": proposed,
        }

    def decision(self, **fields: Any) -> triage.Decision:
        given = self.cleaned_data
        return triage.Decision(
            route=given["route"],
            scale=given["scale"],
            difficulty=given["difficulty"],
            social_impact=given["social_impact"],
            severity=given["severity"],
            reason=given["reason"],
            category=given["category"],
            topic=given["topic"],
            public_title=given.get("public_title", ""),
            due_at=given["due_at"],
            needs_prevention=given["needs_prevention"],
            **fields,
        )


class TriageForm(SortingForm):
    step = Step.TRIAGE
    done = _("已理事，办理时限已开始计算。")
    assignee = PersonField(label=_("经办人"), required=False)
    field_order = (
        *("scale", "difficulty", "social_impact", "severity", "reason", "route", "category", "topic"),
        *("public_title", "confirmed", "assignee", "due_at", "needs_prevention"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        none = _("自动：按楼栋所在网格，空缺则往上一级")
        self.fields["assignee"].offer(self, Power.PETITION_HANDLE, none=none)  # type: ignore[attr-defined]
        self.fields["due_at"].required = self.matter.profile.has(Gate.DEADLINE_AND_RESPONSIBLE)

    def act(self) -> None:
        triage.petition_triage(
            petition_id=self.petition.pk,
            actor=self.actor,
            decision=self.decision(assignee=person(self.cleaned_data["assignee"])),
            at=self.at,
        )


class RegradeForm(SortingForm):
    step = Step.REGRADE
    done = _("已调整。")
    field_order = TriageForm.field_order

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = True

    def act(self) -> None:
        triage.petition_regrade(
            petition_id=self.petition.pk, actor=self.actor, decision=self.decision(), at=self.at
        )


class TitleForm(MatterWordsMixin, StepForm):
    step = Step.TITLE
    hint = _("核定以前，邻居只看到事项、楼栋和等了多久。")
    done = _("公开标题已核定。")
    button = _("核定")
    title_text = forms.CharField(label=_("公开标题"), max_length=TITLE_MAX)
    guarded = ("title_text",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title_text"].initial = self.petition.public_title

    def act(self) -> None:
        triage.petition_approve_title(
            petition_id=self.petition.pk,
            actor=self.actor,
            title=self.cleaned_data["title_text"],
            at=self.at,
        )


class ApproveForm(StepForm):
    step = Step.APPROVE
    done = _("已批准，可以派单。")

    def act(self) -> None:
        triage.petition_approve(petition_id=self.petition.pk, actor=self.actor, at=self.at)


class AssignForm(StepForm):
    step = Step.ASSIGN
    hint = _("只列出在这个地方有任职的人。")
    done = _("已指定经办人。")
    to = PersonField(label=_("经办人"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].offer(self, Power.PETITION_HANDLE)  # type: ignore[attr-defined]

    def act(self) -> None:
        assignee = person(self.cleaned_data["to"])
        assert assignee is not None
        handling.petition_assign(
            petition_id=self.petition.pk, actor=self.actor, assignee=assignee, at=self.at
        )


FORMS: tuple[type[StepForm], ...] = (
    TriageForm,
    RegradeForm,
    TitleForm,
    ApproveForm,
    AssignForm,
)
