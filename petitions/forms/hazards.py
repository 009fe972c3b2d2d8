"""From a hazard to a matter, and from a matter to the ledger of hazards."""

from __future__ import annotations

import uuid
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.forms.inputs import DayInput
from community.workflow import Topic
from core.models import User
from grids.actions.hazards.filing import Found, company_of
from grids.forms.hazards.base import COMPANY, answerable_in
from grids.models import Hazard
from grids.selectors.hazards import people_for, types_for
from petitions.actions.hazards import hazard_file_from_petition, petition_file_from_hazard
from petitions.forms.base import ActingForm
from petitions.forms.fields import PageKeyField, PhotosField, WordsField
from petitions.forms.step import PhotoStepForm, StepForm, words
from petitions.models import Petition
from petitions.models.petition import TEXT_MAX
from petitions.selectors.steps import Step

TOPICS: Final = {
    "消防通道堵塞": Topic.PARKING,
    "飞线充电": Topic.E_BIKE_CHARGING,
    "电动车进楼入户": Topic.E_BIKE_CHARGING,
    "楼道杂物堆积": Topic.CLUTTER,
}
"""Under which topic a shipped type of hazard is looked for first."""


class HazardPetitionForm(ActingForm):
    """What is asked for, in words; place and photos come from the hazard."""

    text = words(gettext_lazy("要办什么"), TEXT_MAX, rows=5)
    topic = forms.ChoiceField(label=gettext_lazy("事项"), choices=Topic.choices)

    def __init__(self, *args: Any, hazard: Hazard, actor: User, at: Any, **kwargs: Any) -> None:
        self.hazard, self.actor, self.at = hazard, actor, at
        initial = {"text": hazard.text, "topic": TOPICS.get(hazard.type.name, Topic.OTHER)}
        super().__init__(*args, initial=initial, **kwargs)
        self.petition: Petition | None = None

    def act(self) -> None:
        self.petition = petition_file_from_hazard(
            hazard_id=self.hazard.pk,
            text=self.cleaned_data["text"],
            topic=self.cleaned_data["topic"],
            actor=self.actor,
            at=self.at,
        )


class HazardForm(PhotoStepForm):
    """A matter that is a danger: type, photo, and who puts it right by when, as on the hazards' own page."""

    step = Step.HAZARD
    hint = gettext_lazy("到现场看过、拍了照再登记；诉求照常办，隐患另有整改时限、责任人和复查。")
    done = gettext_lazy("已登记为隐患。")
    button = gettext_lazy("登记")
    type = forms.ChoiceField(label=gettext_lazy("隐患类型"))
    photos = PhotosField(label=gettext_lazy("隐患照片"))
    text = words(gettext_lazy("是什么情况"), 500)
    is_public_area = forms.BooleanField(
        label=gettext_lazy("在公共区域"),
        required=False,
        help_text=gettext_lazy("有物业的小区，公共区域的隐患由物业整改。"),
    )
    rectify_by = forms.DateField(label=gettext_lazy("整改时限"), widget=DayInput())
    who = forms.ChoiceField(label=gettext_lazy("责任人"), required=False)
    name = WordsField(
        label=gettext_lazy("责任人姓名"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("没有账号的人，如店主、住户，写在这里。"),
    )
    key = PageKeyField()
    field_order = ("type", "photos", "text", "is_public_area", "rectify_by", "who", "name", "key")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"key": uuid.uuid4()}, **kwargs)
        self.types = {str(one.pk): one for one in types_for(self.petition.community)}
        shown = [(pk, str(one)) for pk, one in self.types.items()]
        self.fields["type"].choices = [("", _("请选择")), *shown]  # type: ignore[attr-defined]
        people = people_for(self.petition.grid_path or self.petition.place_path, at=self.at)
        head = [("", _("请选择")), (COMPANY, _("小区的物业服务企业"))]
        self.fields["who"].choices = [*head, *((str(pk), label) for pk, label in people)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.kept and "photos" not in self.errors:
            self.add_error("photos", _("请拍一张隐患的照片。"))
        who, place = cleaned.get("who", ""), self.petition.place
        asks_company = who == COMPANY or (not who and cleaned.get("is_public_area"))
        has_company = bool(asks_company) and company_of(place) is not None
        if not cleaned.get("name") and who in ("", COMPANY) and not has_company:
            self.add_error("who", _("没有当场整改的，要写明责任人。"))
        return cleaned

    def act(self) -> None:
        given = self.cleaned_data
        found = Found(
            type=self.types[given["type"]],
            place=self.petition.place,
            text=given["text"],
            photos=self.kept,
            found_at=self.at,
            spot=self.petition.spot,
            is_public_area=given["is_public_area"],
        )
        hazard = hazard_file_from_petition(
            petition_id=self.petition.pk,
            found=found,
            answerable=answerable_in(given, self.petition.place),
            key=given["key"],
            actor=self.actor,
            at=self.at,
        )
        self.said = f"{self.done} {hazard.number}"


FORMS: tuple[type[StepForm], ...] = (HazardForm,)
