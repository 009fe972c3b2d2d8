"""晒事: the edited public text with chosen photos, and taking it down again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from community.workflow import Gate
from petitions.actions import publishing
from petitions.forms.personal import MatterWordsMixin
from petitions.forms.step import StepForm, words
from petitions.models import PetitionPhoto, PhotoKind
from petitions.models.petition import TITLE_MAX
from petitions.selectors.steps import Step


class PhotoChoice(forms.RadioSelect):
    """One of the matter's photos, each shown with its thumbnail (`_photo_choice.html`)."""


def photo(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, coerce=int, empty_value=None, required=False, widget=PhotoChoice
    )


class PublishForm(MatterWordsMixin, StepForm):
    step = Step.PUBLISH
    guarded = ("title_text", "question", "answer")
    hint = _("写给所有邻居看：不写姓名、电话、门牌。照片里也不要有人脸和车牌。")
    done = _("已上回音壁。")
    button = _("公开到回音壁")
    title_text = forms.CharField(label=_("标题"), max_length=TITLE_MAX)
    question = words(_("问（改写后的诉求）"), 500, help_text=_("用自己的话概括，不照搬诉求人的原话。"))
    answer = words(_("答（办理结果）"), 1000, rows=5)
    before = photo(_("办理前的照片"))
    after = photo(_("办理后的照片"))
    field_order = ("title_text", "question", "answer", "before", "after", "confirmed")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        last = self.matter.wall_posts[-1] if self.matter.wall_posts else None
        self.fields["title_text"].initial = self.petition.public_title
        self.fields["question"].initial = last.question if last else ""
        self.fields["answer"].initial = self.petition.outcome
        self._offer_photos()

    def _offer_photos(self) -> None:
        photos = self.matter.photos
        for name, kinds in (("before", {PhotoKind.BEFORE}), ("after", {PhotoKind.AFTER, PhotoKind.PROGRESS})):
            fitting = [one for one in photos if one.kind in kinds]
            labels = [(one.pk, f"{one.get_kind_display()} {n}") for n, one in enumerate(fitting, 1)]
            field = self.fields[name]
            field.choices = [("", _("不用照片")), *labels]  # type: ignore[attr-defined]
            field.initial = fitting[-1].pk if fitting else ""

    def clean_question(self) -> str:
        question = str(self.cleaned_data["question"])
        if question.strip() == self.petition.text.strip():
            raise ValidationError(_("请改写后再公开，不能照搬诉求人的原话。"))
        return question

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        needed = self.matter.profile.has(Gate.TEXT_AND_PHOTO_TO_PUBLISH)
        if needed and not (cleaned.get("before") or cleaned.get("after")):
            self.add_error("after", _("晒事须至少选一张照片。"))
        return cleaned

    def act(self) -> None:
        chosen = {self.cleaned_data["before"], self.cleaned_data["after"]}
        photos = {one.pk: one for one in PetitionPhoto.objects.filter(pk__in=chosen - {None})}
        publishing.petition_publish(
            petition_id=self.petition.pk,
            actor=self.actor,
            text=publishing.PublicText(
                title=self.cleaned_data["title_text"],
                question=self.cleaned_data["question"],
                answer=self.cleaned_data["answer"],
                before=photos.get(self.cleaned_data["before"]),
                after=photos.get(self.cleaned_data["after"]),
            ),
            at=self.at,
        )


class TakeDownForm(StepForm):
    step = Step.TAKE_DOWN
    hint = _("撤下后邻居看不到，照片也不再公开；记录仍在。")
    done = _("已从回音壁撤下。")
    danger = True
    reason = words(_("撤下理由"), 200, rows=2)

    def act(self) -> None:
        post = self.matter.shown_post
        publishing.wall_post_take_down(
            post_id=post.pk if post else 0, actor=self.actor, reason=self.cleaned_data["reason"], at=self.at
        )


FORMS: tuple[type[StepForm], ...] = (PublishForm, TakeDownForm)
