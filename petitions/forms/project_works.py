"""The works begin and end, at the desk."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from petitions.actions.projects import ending, planning
from petitions.forms.fields import WordsField
from petitions.forms.personal import PersonalDataMixin
from petitions.forms.project_base import ImageField, ProjectForm
from petitions.models.project import REASON_MAX, RESULT_MAX


class BeforeForm(ProjectForm):
    """How it looked before."""

    title = _("放施工前照片")
    hint = _("照片公开，请不要拍到人脸和车牌。")
    photo = ImageField(label=_("施工前照片"))

    def act(self) -> None:
        photo = self.keep("photo")
        assert photo is not None
        planning.project_before(photo=photo, **self.where)


class StartForm(ProjectForm):
    """The works begin."""

    title = _("开工")
    hint = _("相关诉求的人会收到通知。")
    done = _("已开工。")

    def act(self) -> None:
        ending.project_start(**self.where)


class FinishForm(PersonalDataMixin, ProjectForm):
    """All is done."""

    title = _("完工")
    hint = _("各阶段都完成、各项进度都满了才能完工；相关诉求的人会收到通知。照片公开，请不要拍到人脸和车牌。")
    done = _("已完工，并通知了相关的人。")
    result = WordsField(label=_("做成了什么"), max_length=RESULT_MAX, rows=4)
    before = ImageField(label=_("施工前照片"))
    after = ImageField(label=_("施工后照片"))
    guarded = ("result",)

    def prepare(self) -> None:
        if self.project.before is not None:
            del self.fields["before"]
        self.order_fields(["result", "before", "after", "confirmed"])

    def act(self) -> None:
        after = self.keep("after")
        assert after is not None
        result = self.cleaned_data["result"]
        ending.project_finish(result=result, before=self.keep("before"), after=after, **self.where)


class StopForm(PersonalDataMixin, ProjectForm):
    """It will not be done."""

    title = _("终止工程")
    hint = _("终止后不能恢复；原因公开，相关诉求的人会收到通知。")
    done = _("工程已终止。")
    danger = True
    reason = WordsField(label=_("终止原因"), max_length=REASON_MAX, rows=2)
    guarded = ("reason",)

    def prepare(self) -> None:
        self.order_fields(["reason", "confirmed"])

    def act(self) -> None:
        ending.project_stop(reason=self.cleaned_data["reason"], **self.where)
