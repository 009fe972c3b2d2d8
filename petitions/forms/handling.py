"""Steps of the people who handle a matter: claim, progress, pause, pass on, resolve, answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community.duties import Power
from community.workflow import Gate
from petitions.actions import handling, settling, snapping
from petitions.forms.step import PersonField, PhotoStepForm, ReasonForm, StepForm, person, words
from petitions.models import PhotoKind
from petitions.selectors.steps import Step


class ClaimForm(StepForm):
    step = Step.CLAIM
    done = _("已认领，请开始办理。")

    def act(self) -> None:
        handling.petition_claim(petition_id=self.petition.pk, actor=self.actor, at=self.at)


class VerifyForm(StepForm):
    step = Step.VERIFY
    hint = _("到现场看一看。拍照的人会收到结果和您写的话；不属实的，核实后可以退回。")
    done = _("已核实，并告诉了拍照的人。")
    result = forms.ChoiceField(
        label=_("看到的情况"),
        choices=[("true", _("属实")), ("false", _("不属实"))],
        widget=forms.RadioSelect,
    )
    words = words(_("想说明的话（不属实时必填）"), snapping.WORDS_MAX, required=False)

    def act(self) -> None:
        snapping.snap_verify(
            petition_id=self.petition.pk,
            actor=self.actor,
            is_true=self.cleaned_data["result"] == "true",
            words=self.cleaned_data["words"],
            at=self.at,
        )


class StartForm(StepForm):
    step = Step.START
    done = _("已开始办理。")

    def act(self) -> None:
        handling.petition_start(petition_id=self.petition.pk, actor=self.actor, at=self.at)


class ResumeForm(StepForm):
    step = Step.RESUME
    done = _("已恢复计时。")

    def act(self) -> None:
        handling.petition_resume(petition_id=self.petition.pk, actor=self.actor, at=self.at)


class ProgressForm(PhotoStepForm):
    step = Step.PROGRESS
    hint = _("诉求人会收到这条进展，请写给他们看。")
    done = _("进展已记录，并告诉了诉求人。")
    button = _("记下进展")
    note = words(_("做了什么，下一步怎样"), handling.NOTE_MAX)
    field_order = ("note", "photos")

    def act(self) -> None:
        handling.petition_progress(
            petition_id=self.petition.pk,
            actor=self.actor,
            note=self.cleaned_data["note"],
            photos=self.kept,
            at=self.at,
        )


class InspectForm(PhotoStepForm):
    step = Step.INSPECT
    hint = _("到现场看过以后记录，诉求人能看到。")
    done = _("现场查看已记录。")
    button = _("记下查看情况")
    note = words(_("现场情况"), handling.NOTE_MAX)
    field_order = ("note", "photos")

    def act(self) -> None:
        handling.petition_inspect(
            petition_id=self.petition.pk,
            actor=self.actor,
            note=self.cleaned_data["note"],
            photos=self.kept,
            at=self.at,
        )


class AskForm(StepForm):
    step = Step.ASK
    hint = _("诉求人会收到短信；答复之前暂停计时，最多5个工作日。")
    done = _("已发给诉求人，答复之前暂停计时。")
    button = _("发给诉求人")
    question = words(_("想问什么"), 300)

    def act(self) -> None:
        handling.petition_ask(
            petition_id=self.petition.pk,
            actor=self.actor,
            question=self.cleaned_data["question"],
            at=self.at,
        )


class PauseForm(ReasonForm):
    step = Step.PAUSE
    hint = _("诉求人能看到原因。一次最多5个工作日，累计最多15个工作日，到时自动恢复。")
    done = _("已暂停计时。")
    reason = words(_("为什么要等"), 200, rows=2)
    action = staticmethod(handling.petition_pause)


class HandOverForm(StepForm):
    step = Step.HAND_OVER
    hint = _("时限继续计算。")
    done = _("已移交。")
    to = PersonField(label=_("移交给"))
    reason = words(_("移交原因"), 200, rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        but = [self.petition.assignee_id]
        self.fields["to"].offer(self, Power.PETITION_HANDLE, but=but)  # type: ignore[attr-defined]

    def act(self) -> None:
        to = person(self.cleaned_data["to"])
        assert to is not None
        handling.petition_hand_over(
            petition_id=self.petition.pk,
            actor=self.actor,
            to=to,
            reason=self.cleaned_data["reason"],
            at=self.at,
        )


class EscalateForm(ReasonForm):
    step = Step.ESCALATE
    hint = _("自己办不了的，交给上一级；上一级会立即收到通知。")
    done = _("已上报上一级。")
    button = _("上报")
    reason = words(_("为什么办不了"), 200, rows=2)
    action = staticmethod(handling.petition_escalate)


class OutcomeForm(PhotoStepForm):
    """The work is done; the "after" photo is compulsory where the profile asks for it."""

    outcome = words(_("怎样办好的"), settling.OUTCOME_MAX, rows=4)
    field_order = ("outcome", "photos")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.needs_photo = self.matter.profile.has(Gate.AFTER_PHOTO_TO_RESOLVE) and not self._is_shown()
        self.fields["photos"].label = _("办理后的照片")
        self.fields["photos"].required = self.needs_photo

    def _is_shown(self) -> bool:
        """Whether a photo of what was done is on record."""
        return any(photo.kind == PhotoKind.AFTER for photo in self.matter.photos)


class ResolveForm(OutcomeForm):
    step = Step.RESOLVE
    done = _("已办结。接下来请答复诉求人。")

    def act(self) -> None:
        settling.petition_resolve(
            petition_id=self.petition.pk,
            actor=self.actor,
            outcome=self.cleaned_data["outcome"],
            photos=self.kept,
            at=self.at,
        )


class SettleForm(OutcomeForm):
    step = Step.SETTLE
    hint = _("小事当场就办好了：收事到办结一次记完。")
    done = _("已当场办结。接下来请答复诉求人。")

    def act(self) -> None:
        settling.petition_settle_on_spot(
            petition_id=self.petition.pk,
            actor=self.actor,
            outcome=self.cleaned_data["outcome"],
            photos=self.kept,
            at=self.at,
        )


class FeedBackForm(StepForm):
    step = Step.FEED_BACK
    hint = _("每一位诉求人都会收到这段答复。")
    done = _("已答复诉求人。")
    button = _("发送答复")
    answer = words(_("给诉求人的答复"), settling.OUTCOME_MAX, rows=5)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"].initial = self.petition.outcome

    def act(self) -> None:
        settling.petition_feed_back(
            petition_id=self.petition.pk, actor=self.actor, answer=self.cleaned_data["answer"], at=self.at
        )


FORMS: tuple[type[StepForm], ...] = (
    VerifyForm,
    ClaimForm,
    StartForm,
    ResumeForm,
    ProgressForm,
    InspectForm,
    AskForm,
    PauseForm,
    HandOverForm,
    EscalateForm,
    ResolveForm,
    SettleForm,
    FeedBackForm,
)
