"""What a matter leads to: the next topic, and services that grew from it (P-43, P-46)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community.workflow import Channel, Topic
from petitions.actions import following_on, serving
from petitions.forms.step import StepForm, words
from petitions.models import ServiceBorn, ServiceKind
from petitions.models.petition import TEXT_MAX
from petitions.selectors.steps import Step

TALKED = (Channel.VISIT, Channel.SESSION, Channel.PATROL, Channel.DIARY)
"""How a worker comes upon the next topic."""


class FollowOnForm(StepForm):
    step = Step.FOLLOW_ON
    hint = _("这件办完了，居民又说到另一件事：接着立一件，两件互相能看到。")
    done = _("后续话题已立件。")
    button = _("立一件")
    text = words(_("居民说了什么"), TEXT_MAX, rows=5)
    topic = forms.ChoiceField(label=_("事项"), choices=Topic.choices)
    channel = forms.ChoiceField(label=_("怎样听到的"), choices=[(one.value, one.label) for one in TALKED])

    def act(self) -> None:
        given = self.cleaned_data
        filed = following_on.petition_follow_on(
            petition_id=self.petition.pk,
            actor=self.actor,
            text=given["text"],
            topic=given["topic"],
            channel=given["channel"],
            at=self.at,
        )
        self.said = f"{self.done} {filed.number}"


class ServiceForm(StepForm):
    step = Step.SERVICE
    hint = _("从居民的话里长出来的服务：选已有的，或新立一项；开办时每一位诉求人都会收到通知。")
    done = _("已关联新服务。")
    button = _("关联")
    service = forms.ModelChoiceField(
        label=_("已有的服务"),
        queryset=ServiceBorn.objects.none(),
        required=False,
        empty_label=_("新立一项"),
    )
    name = forms.CharField(label=_("服务名称"), max_length=serving.TITLE_MAX, required=False)
    kind = forms.ChoiceField(label=_("类型"), choices=ServiceKind.choices)
    introduction = forms.CharField(label=_("说明"), max_length=200, required=False)
    opened_on = forms.DateField(
        label=_("开办日期"),
        required=False,
        help_text=_("还没定可以不填，开办时再记。"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = ServiceBorn.objects.filter(community=self.petition.community_id)
        self.fields["service"].queryset = known.select_related("community")  # type: ignore[attr-defined]

    def act(self) -> None:
        given = dict(self.cleaned_data)
        known, given["title"] = given.pop("service"), given.pop("name")
        serving.petition_lead_to_service(
            petition_id=self.petition.pk,
            actor=self.actor,
            service=known or serving.NewService(**given),
            at=self.at,
        )


class ServiceOpenForm(StepForm):
    step = Step.SERVICE_OPEN
    done = _("已记录；到开办那天，每一位诉求人都会收到通知。")
    opened_on = forms.DateField(
        label=_("开办日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def act(self) -> None:
        assert self.petition.service_id is not None
        serving.service_open(
            service_id=self.petition.service_id,
            actor=self.actor,
            opened_on=self.cleaned_data["opened_on"],
            at=self.at,
        )


FORMS: tuple[type[StepForm], ...] = (FollowOnForm, ServiceForm, ServiceOpenForm)
