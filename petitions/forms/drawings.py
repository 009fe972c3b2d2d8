"""A drawing at the desk, a comment by a resident, its answer by staff."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.forms.inputs import DayInput
from core.forms import RefusableForm
from petitions.actions.projects import drawings
from petitions.forms.base import Visitor
from petitions.forms.fields import PageKeyField, PhoneField, WordsField
from petitions.forms.personal import PersonalDataMixin
from petitions.forms.project_base import ImageField, ProjectForm
from petitions.models import Drawing, DrawingComment
from petitions.models.drawing import ANSWER_MAX, COMMENT_MAX, NOTE_MAX
from petitions.models.project import NAME_MAX

DAYS = 14


class PutDrawingForm(ProjectForm):
    """A drawing, or its next version."""

    title = _("放图纸征求意见")
    hint = _("图纸请存成图片。同名再放就是新的一版，意见从新的一版收。开工前每条意见都要答复。")
    done = _("图纸已公开，居民可以提意见。")
    name = WordsField(label=_("图纸"), max_length=NAME_MAX, help_text=_("例如：排水管线图"))
    photo = ImageField(label=_("图片"))
    note = WordsField(label=_("说明"), max_length=NOTE_MAX, rows=3, required=False)
    until = forms.DateField(label=_("意见截止"), widget=DayInput)

    def prepare(self) -> None:
        self.initial = {"until": timezone.localdate(self.at) + timedelta(days=DAYS)}

    def act(self) -> None:
        given, photo = self.cleaned_data, self.keep("photo")
        assert photo is not None
        drawings.drawing_put(
            title=given["name"], note=given["note"], photo=photo, until=given["until"], **self.where
        )


class AnswerForm(PersonalDataMixin, ProjectForm):
    """What becomes of a comment: shown in edited words or not, and answered."""

    title = _("审核和答复")
    hint = _("公开的是下面改过的文字，不写是谁提的。答复会发给留了联系方式的人；答复后不能再改。")
    rows = DrawingComment
    row_of = "drawing__project"
    public_text = WordsField(label=_("公开的文字"), max_length=COMMENT_MAX, rows=3, required=False)
    is_shown = forms.BooleanField(label=_("公开这条意见"), required=False, initial=True)
    answer = WordsField(
        label=_("答复"),
        max_length=ANSWER_MAX,
        rows=4,
        required=False,
        help_text=_("可以先公开，以后再答复。"),
    )
    guarded = ("public_text", "answer")

    def prepare(self) -> None:
        row = self.row
        self.initial = {
            "public_text": row.public_text or row.text,
            "is_shown": row.state != "hidden",
        }
        self.order_fields(["public_text", "is_shown", "answer", "confirmed"])

    def act(self) -> None:
        given = self.cleaned_data
        names = ("public_text", "is_shown", "answer")
        drawings.comment_decide(
            comment_id=self.row.pk,
            actor=self.actor,
            at=self.at,
            **{name: given[name] for name in names},
        )


class CommentForm(RefusableForm):
    """What a resident says about a drawing."""

    text = WordsField(label=_("您的意见"), max_length=COMMENT_MAX, rows=5, missing=_("请写您的意见。"))
    name = WordsField(label=_("称呼"), max_length=40, required=False)
    phone = PhoneField(
        label=_("手机号"), required=False, help_text=_("只有工作人员看得到，只用来告诉您答复。")
    )
    key = PageKeyField(initial=uuid4)

    def submit(self, drawing: Drawing, visitor: Visitor) -> DrawingComment | None:
        """Send it; None when that was refused, and then the form says why."""
        given = self.cleaned_data
        comment = drawings.Comment(
            text=given["text"],
            name=given["name"],
            phone=given["phone"],
            user=visitor.user,
            address=visitor.address,
        )
        return self.attempt(
            lambda: drawings.comment_write(
                drawing_id=drawing.pk, comment=comment, key=given["key"], at=visitor.at
            )
        )
