"""A task is reported as done."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy

from core.models import User
from grids.actions.action_plans import action_task_done
from grids.forms.field import StepForm
from grids.models import ActionTask


class TaskDoneForm(StepForm[ActionTask]):
    """What came of it."""

    title, button = gettext_lazy("报完成"), gettext_lazy("报完成")
    said = gettext_lazy("已记下，这项任务完成了。")
    result = forms.CharField(
        label=gettext_lazy("完成情况"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("做了什么、效果怎样。方案的进度会跟着更新。"),
        error_messages={"required": gettext_lazy("请写明完成情况。")},
    )

    def take(self, subject: ActionTask, actor: User, at: datetime) -> ActionTask:
        return action_task_done(task_id=subject.pk, result=self.cleaned_data["result"], actor=actor, at=at)
