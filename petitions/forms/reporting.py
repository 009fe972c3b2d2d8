"""What the person who asked may do on their own page: add, correct, withdraw, answer, judge."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import RefusableForm
from petitions.actions import evaluating, reporting
from petitions.forms.base import PhotoForm, Visitor
from petitions.forms.fields import WordsField
from petitions.models import Evaluation, Petition, PetitionReporter
from petitions.models.petition import TEXT_MAX


class AddingForm(PhotoForm):
    """More words or photos, while the matter is open."""

    text = WordsField(
        label=gettext_lazy("补充的话"),
        max_length=TEXT_MAX,
        required=False,
        rows=4,
        help_text=gettext_lazy("新情况、更准确的位置，都可以写。"),
    )
    field_order = ("text", "photos")

    def clean(self) -> dict[str, object]:
        cleaned = super().clean()
        if not cleaned.get("text") and not self.kept and not self.errors:
            raise ValidationError(_("请写几句话，或者加一张照片。"))
        return cleaned

    def submit(self, reporter: PetitionReporter) -> Petition | None:
        """Add it; None when that was refused, and then the form says why."""
        return self.attempt(
            lambda: reporting.petition_add(
                reporter=reporter, text=self.cleaned_data["text"], photos=self.kept, at=self.visitor.at
            )
        )


class CorrectingForm(RefusableForm):
    """The words themselves, before they are sorted."""

    text = WordsField(
        label=gettext_lazy("什么事"), max_length=TEXT_MAX, rows=5, missing=gettext_lazy("请写一下是什么事。")
    )
    spot = WordsField(label=gettext_lazy("具体位置"), max_length=100, required=False)

    def submit(self, reporter: PetitionReporter, visitor: Visitor) -> Petition | None:
        """Correct it; None when that was refused, and then the form says why."""
        given = self.cleaned_data
        return self.attempt(
            lambda: reporting.petition_correct(
                reporter=reporter, text=given["text"], spot=given["spot"], at=visitor.at
            )
        )


class WithdrawingForm(RefusableForm):
    """A reason is welcome, not demanded."""

    reason = WordsField(label=gettext_lazy("为什么撤回"), max_length=200, required=False)

    def submit(self, reporter: PetitionReporter, visitor: Visitor) -> Petition | None:
        """Withdraw it; None when that was refused, and then the form says why."""
        return self.attempt(
            lambda: reporting.petition_withdraw(
                reporter=reporter, reason=self.cleaned_data["reason"], at=visitor.at
            )
        )


class AnsweringForm(RefusableForm):
    """The answer to the open question."""

    answer = WordsField(
        label=gettext_lazy("您的答复"), max_length=500, rows=3, missing=gettext_lazy("请写下您的答复。")
    )

    def submit(self, reporter: PetitionReporter, visitor: Visitor) -> Petition | None:
        """Answer it; None when that was refused, and then the form says why."""
        return self.attempt(
            lambda: reporting.petition_answer(
                reporter=reporter, answer=self.cleaned_data["answer"], at=visitor.at
            )
        )


class JudgingForm(RefusableForm):
    """Satisfied or not, by two buttons, with words if one likes."""

    comment = WordsField(
        label=gettext_lazy("想说的话"),
        max_length=300,
        required=False,
        rows=3,
        help_text=gettext_lazy("不满意时，请说说哪里还没办好。"),
    )
    satisfied = forms.ChoiceField(
        choices=(("yes", gettext_lazy("满意")), ("no", gettext_lazy("不满意"))),
        widget=forms.HiddenInput,
        error_messages={"required": gettext_lazy("请按“满意”或“不满意”。")},
    )

    def submit(self, evaluation: Evaluation, visitor: Visitor) -> Petition | None:
        """Judge it; None when that was refused, and then the form says why."""
        given = self.cleaned_data
        return self.attempt(
            lambda: evaluating.petition_judge(
                evaluation_id=evaluation.pk,
                is_satisfied=given["satisfied"] == "yes",
                comment=given["comment"],
                at=visitor.at,
            )
        )
