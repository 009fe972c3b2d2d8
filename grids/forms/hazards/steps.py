"""What happens to a hazard: done, looked at again, moved to somebody else."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.forms.inputs import DayInput
from core.language import gettext
from grids.actions.hazards.rectifying import hazard_close, hazard_done, hazard_move, hazard_reopen
from grids.forms.hazards.base import COMPANY, HazardForm, answerable_in
from grids.forms.photos import PhotosField
from grids.models import Hazard
from grids.selectors.hazards import people_for


class DoneForm(HazardForm):
    """报整改完成."""

    note = forms.CharField(
        label=gettext_lazy("怎样整改的"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
    photos = PhotosField(label=gettext_lazy("整改后的照片"), required=False)
    title = gettext_lazy("报整改完成")
    button = gettext_lazy("报整改完成")
    said = gettext("已报整改完成，等复查。")

    def submit(self, hazard: Hazard) -> Hazard | None:
        return self.attempt(
            lambda: hazard_done(
                hazard_id=hazard.pk,
                note=self.cleaned_data["note"],
                photos=self.images["photos"],
                actor=self.actor,
                at=self.at,
            )
        )


class CompanyDoneForm(DoneForm):
    """The same by whoever represents the company, never without a photo."""

    photos = PhotosField(label=gettext_lazy("整改后的照片"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.images["photos"] and "photos" not in self.errors:
            self.add_error("photos", _("请拍一张整改后的照片。"))
        return cleaned


class RecheckForm(HazardForm):
    """复查: gone, with a photo, or still there with a new day."""

    passed = forms.ChoiceField(
        label=gettext_lazy("复查结果"),
        choices=[("yes", gettext_lazy("隐患已消除，销号")), ("no", gettext_lazy("还没有整改好"))],
        widget=forms.RadioSelect,
    )
    photos = PhotosField(
        label=gettext_lazy("复查照片"), help_text=gettext_lazy("销号必须有复查照片；没有整改好的可以不拍。")
    )
    note = forms.CharField(
        label=gettext_lazy("说明"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("没有整改好的，写明还差什么。"),
    )
    rectify_by = forms.DateField(
        label=gettext_lazy("新的整改时限"),
        required=False,
        widget=DayInput(),
        help_text=gettext_lazy("没有整改好的才填。"),
    )
    title = gettext_lazy("复查")
    button = gettext_lazy("记下复查结果")
    said = gettext("复查结果已记下。")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        passed = cleaned.get("passed")
        if passed == "yes" and not self.images["photos"] and "photos" not in self.errors:
            self.add_error("photos", _("销号要有复查照片。"))
        if passed == "no" and not cleaned.get("note"):
            self.add_error("note", _("请写明还差什么。"))
        if passed == "no" and not cleaned.get("rectify_by") and "rectify_by" not in self.errors:
            self.add_error("rectify_by", _("请定新的整改时限。"))
        return cleaned

    def submit(self, hazard: Hazard) -> Hazard | None:
        given, photos = self.cleaned_data, self.images["photos"]
        by: dict[str, Any] = {"hazard_id": hazard.pk, "photos": photos, "actor": self.actor, "at": self.at}
        if given["passed"] == "yes":
            return self.attempt(lambda: hazard_close(note=given["note"], **by))
        return self.attempt(lambda: hazard_reopen(reason=given["note"], rectify_by=given["rectify_by"], **by))


class MoveForm(HazardForm):
    """The leader names somebody else, or another day."""

    rectify_by = forms.DateField(label=gettext_lazy("整改时限"), widget=DayInput())
    who = forms.ChoiceField(label=gettext_lazy("责任人"), required=False)
    name = forms.CharField(
        label=gettext_lazy("责任人姓名"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("没有账号的人，如店主、住户，写在这里。"),
    )
    note = forms.CharField(label=gettext_lazy("为什么改"), max_length=300)
    photo_fields = ()
    title = gettext_lazy("改责任人或时限")
    button = gettext_lazy("改好")
    said = gettext("已改好，并告诉了责任人。")

    def __init__(self, *args: Any, hazard: Hazard, **kwargs: Any) -> None:
        initial = {
            "rectify_by": hazard.rectify_by,
            "who": COMPANY if hazard.responsible_body_id else str(hazard.responsible_id or ""),
            "name": hazard.responsible_name,
        }
        super().__init__(*args, initial=initial, **kwargs)
        people = people_for(hazard.scope.path, at=self.at)
        head = [("", _("请选择")), (COMPANY, _("小区的物业服务企业"))]
        self.fields["who"].choices = [*head, *((str(pk), label) for pk, label in people)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("who") and not cleaned.get("name"):
            raise ValidationError(_("请写明责任人。"))
        return cleaned

    def submit(self, hazard: Hazard) -> Hazard | None:
        given = self.cleaned_data
        return self.attempt(
            lambda: hazard_move(
                hazard_id=hazard.pk,
                answerable=answerable_in(given, hazard.place),
                reason=given["note"],
                actor=self.actor,
                at=self.at,
            )
        )
