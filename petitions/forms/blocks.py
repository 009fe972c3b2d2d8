"""What holds a project up, at the desk; talks with a household, for those in confidence."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.forms.inputs import DayInput
from petitions.actions.projects import blocks, persuading
from petitions.forms.desk_step import DeskStepForm
from petitions.forms.fields import WordsField
from petitions.forms.personal import PersonalDataMixin
from petitions.forms.project_base import ProjectForm, account, chosen
from petitions.models import BlockKind, PersuasionResult, PersuasionTask, ProjectBlock
from petitions.models.block import NAME_MAX, NOTE_MAX, OUTCOME_MAX, WORDS_MAX
from petitions.selectors.project_desk import projects_before
from petitions.selectors.session_people import people_in

NEXT_DAYS = 3


class BlockForm(PersonalDataMixin, ProjectForm):
    """Something holds it up."""

    title = _("记一处受阻")
    hint = _("说明公开，不要写门牌和姓名；和谁谈、谈了什么写在沟通任务里。")
    done = _("已记下受阻。")
    kind = forms.ChoiceField(label=_("原因"), choices=BlockKind.choices, widget=forms.RadioSelect)
    words = WordsField(
        label=_("公开的说明"), max_length=WORDS_MAX, help_text=_("例如：有一户窗户护栏还没有拆")
    )
    phase = forms.TypedChoiceField(label=_("卡住哪个阶段"), coerce=int, empty_value=None, required=False)
    other = forms.TypedChoiceField(label=_("等哪个工程"), coerce=int, empty_value=None, required=False)
    guarded = ("words",)

    def prepare(self) -> None:
        self.phases = list(self.project.phases.filter(done_at=None))
        self.others = projects_before(self.project)
        fields: Any = self.fields
        fields["phase"].choices = [("", _("整个工程")), *((one.pk, one.name) for one in self.phases)]
        fields["other"].choices = [("", _("不等别的工程")), *((one.pk, one.title) for one in self.others)]
        self.order_fields(["kind", "words", "phase", "other", "confirmed"])

    def act(self) -> None:
        given = self.cleaned_data
        obstacle = blocks.Obstacle(
            kind=BlockKind(given["kind"]),
            words=given["words"],
            phase=chosen(self.phases, given["phase"]) if given["phase"] else None,
            by_project=chosen(self.others, given["other"]) if given["other"] else None,
        )
        blocks.block_open(obstacle=obstacle, **self.where)


class SayForm(PersonalDataMixin, ProjectForm):
    """How it stands now."""

    title = _("写最新进展")
    hint = _("显示在工程页面上，不要写门牌和姓名。")
    done = _("已写上。")
    rows = ProjectBlock
    latest = WordsField(
        label=_("最新进展（公开）"), max_length=WORDS_MAX, help_text=_("例如：已经量过，下周看样品")
    )
    guarded = ("latest",)

    def prepare(self) -> None:
        self.order_fields(["latest", "confirmed"])

    def act(self) -> None:
        latest = self.cleaned_data["latest"]
        blocks.block_say(block_id=self.row.pk, actor=self.actor, latest=latest, at=self.at)


class ClearForm(PersonalDataMixin, ProjectForm):
    """It goes on."""

    title = _("解除受阻")
    done = _("已解除。")
    rows = ProjectBlock
    outcome = WordsField(label=_("怎么解决的（公开）"), max_length=OUTCOME_MAX, rows=2)
    guarded = ("outcome",)

    def prepare(self) -> None:
        self.order_fields(["outcome", "confirmed"])

    def act(self) -> None:
        outcome = self.cleaned_data["outcome"]
        blocks.block_clear(block_id=self.row.pk, actor=self.actor, outcome=outcome, at=self.at)


class PersuadeForm(ProjectForm):
    """Who talks to whom, and when next."""

    title = _("安排沟通")
    hint = _("只有去谈的人、记受阻的人、阶段责任人和社区书记能看；谈成了受阻自动解除。")
    done = _("已安排沟通。")
    rows = ProjectBlock
    whom = WordsField(label=_("和谁谈"), max_length=NAME_MAX, help_text=_("例如：3号楼 402 李女士，不公开。"))
    talker = forms.TypedChoiceField(label=_("谁去谈"), coerce=int, empty_value=None, required=False)
    talker_name = WordsField(
        label=_("或者请哪位居民"), max_length=NAME_MAX, required=False, help_text=_("住户信得过的人。")
    )
    talker_agreed = forms.BooleanField(label=_("这位居民本人同意去谈"), required=False)
    next_try_on = forms.DateField(label=_("下次去谈"), widget=DayInput)

    def prepare(self) -> None:
        people = people_in(self.project.community, at=self.at)
        talker: Any = self.fields["talker"]
        talker.choices = [("", _("不是工作人员")), *((one.user_id, one.label) for one in people)]
        self.initial = {"next_try_on": timezone.localdate(self.at) + timedelta(days=1)}

    def act(self) -> None:
        given = self.cleaned_data
        talks = persuading.Talks(
            whom=given["whom"],
            next_try_on=given["next_try_on"],
            talker=account(given["talker"]) if given["talker"] else None,
            talker_name=given["talker_name"],
            talker_agreed=given["talker_agreed"],
        )
        persuading.persuasion_begin(block_id=self.row.pk, actor=self.actor, talks=talks, at=self.at)


class TalksForm(DeskStepForm):
    """One step of talks with a household."""

    owner: ClassVar[str] = "task"
    task: PersuasionTask


class NoteForm(TalksForm):
    """What was said, and when somebody goes again."""

    title = _("记一次沟通")
    hint = _("只有负责的岗位能看，每次查看都留痕；不进公开页面。")
    done = _("已记下。")
    text = WordsField(label=_("谈了什么"), max_length=NOTE_MAX, rows=5)
    next_try_on = forms.DateField(label=_("下次去谈"), widget=DayInput)

    def prepare(self) -> None:
        self.initial = {"next_try_on": timezone.localdate(self.at) + timedelta(days=NEXT_DAYS)}

    def act(self) -> None:
        persuading.persuasion_note(task_id=self.task.pk, actor=self.actor, at=self.at, **self.cleaned_data)


class EndForm(PersonalDataMixin, TalksForm):
    """How the talks ended."""

    title = _("了结沟通")
    hint = _("同意了，受阻自动解除；没有谈成，可以另请人去谈。")
    done = _("沟通已了结。")
    result = forms.ChoiceField(label=_("结果"), choices=PersuasionResult.choices, widget=forms.RadioSelect)
    outcome = WordsField(
        label=_("怎么解决的（公开）"),
        max_length=OUTCOME_MAX,
        rows=2,
        required=False,
        help_text=_("同意了才写，不写门牌和姓名。"),
    )
    guarded = ("outcome",)

    def prepare(self) -> None:
        self.order_fields(["result", "outcome", "confirmed"])

    def act(self) -> None:
        given = self.cleaned_data
        persuading.persuasion_end(
            task_id=self.task.pk,
            actor=self.actor,
            result=PersuasionResult(given["result"]),
            outcome=given["outcome"],
            at=self.at,
        )


STEPS: dict[str, type[TalksForm]] = {"note": NoteForm, "end": EndForm}
"""The steps of talks, by the word in their address."""
