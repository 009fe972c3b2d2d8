"""Care as it is kept on a phone: into a scheme, visits, another colour, a helper, out again."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, Final
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.duties import Power
from community.forms.inputs import DayInput
from community.models import Resident
from core.forms import AbstractForms
from core.models import User
from grids.actions.registers.assessing import care_assess
from grids.actions.registers.care import care_close, care_open
from grids.actions.registers.care_visits import care_visit_record
from grids.actions.registers.census import census_confirm
from grids.actions.registers.files import file_write
from grids.actions.registers.pairing import helper_pair, helper_release
from grids.actions.registers.referrals import referral_raise
from grids.forms.registers import RegisterForm
from grids.models import CareSubject, CensusState, FileSection, SchemeColour
from grids.selectors.accounts import account_named

REASON: Final = {"required": gettext_lazy("请写明原因。")}


class ColourField(forms.ChoiceField):
    """Colours with their schemes, words and days."""

    def __init__(self, **options: Any) -> None:
        errors = {"required": gettext_lazy("请选择一个颜色。")}
        super().__init__(
            label=gettext_lazy("颜色"), widget=forms.RadioSelect, error_messages=errors, **options
        )

    def offer(self, colours: Sequence[SchemeColour]) -> None:
        self.choices = [(str(one.pk), _with_days(one)) for one in colours]


def _with_days(colour: SchemeColour) -> str:
    if colour.visit_days is None:
        return colour.words
    return _("%(words)s（每 %(days)d 天走访）") % {"words": colour.words, "days": colour.visit_days}


class CareOpenForm(RegisterForm):
    """Which scheme and colour, and why."""

    title = gettext_lazy("列入关爱台账")
    colour = ColourField()
    reason = forms.CharField(label=gettext_lazy("为什么列入"), max_length=200, error_messages=REASON)

    def __init__(self, data: Any = None, *, colours: Sequence[SchemeColour], **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["colour"].offer(colours)  # type: ignore[attr-defined]

    def submit(self, resident: Resident) -> CareSubject | None:
        given = self.cleaned_data
        return self.attempt(
            lambda: care_open(
                resident_id=resident.pk,
                colour_id=int(given["colour"]),
                reason=given["reason"],
                actor=self.actor,
                at=self.at,
            )
        )


class SubjectForm(RegisterForm, metaclass=AbstractForms):
    """A step about somebody in care; `needs` is the power that it takes."""

    needs = Power.REGISTER_KEEP

    def __init__(self, data: Any = None, *, subject: CareSubject, **options: Any) -> None:
        super().__init__(data, **options)
        self.subject = subject

    @abstractmethod
    def submit(self) -> Any:
        """Take the step; None when it is refused."""


SEEN_BY: Final = gettext_lazy("身体、生活、需要什么。只有负责这个网格的人能看，每次查看都留痕。")


class FindingsField(forms.CharField):
    """How somebody in care is."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=gettext_lazy("情况"),
            max_length=1000,
            widget=forms.Textarea(attrs={"rows": 4}),
            error_messages={"required": gettext_lazy("请写一写看到的情况。")},
            **{"help_text": SEEN_BY, **options},
        )


class SeenForm(RegisterForm, metaclass=AbstractForms):
    """When somebody was there, and how they are."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    visited_on = forms.DateField(label=gettext_lazy("哪天去的"), widget=DayInput())
    findings = FindingsField()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["key"].initial = uuid4()
        self.fields["visited_on"].initial = timezone.localdate(self.at)

    @abstractmethod
    def submit(self) -> Any:
        """Enter the visit; None when it is refused."""


class CareVisitForm(SeenForm, SubjectForm):
    """A visit by those who answer for somebody in care."""

    title = gettext_lazy("记一次关爱走访")

    def submit(self) -> Any:
        return self.attempt(
            lambda: care_visit_record(
                subject_id=self.subject.pk, actor=self.actor, at=self.at, **self.cleaned_data
            )
        )


class ColourForm(SubjectForm):
    """Another colour, and why."""

    title = gettext_lazy("换颜色")
    hint = gettext_lazy("换了以后，下次走访立即重新安排；升级会马上告诉社区。")
    colour = ColourField()
    reason = forms.CharField(label=gettext_lazy("为什么换"), max_length=200, error_messages=REASON)
    relief = forms.CharField(
        label=gettext_lazy("评估符合哪项保障"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("符合保障条件的写上，如“事实无人抚养儿童保障”，会提请社区决定。"),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        known = self.subject.scheme.colours.filter(is_active=True).exclude(pk=self.subject.colour_id)
        self.fields["colour"].offer(known.select_related("scheme"))  # type: ignore[attr-defined]

    def submit(self) -> Any:
        given = self.cleaned_data
        return self.attempt(
            lambda: care_assess(
                subject_id=self.subject.pk,
                colour_id=int(given["colour"]),
                reason=given["reason"],
                relief=given["relief"],
                actor=self.actor,
                at=self.at,
            )
        )


class ReferForm(SubjectForm):
    """Put forward for relief without another colour."""

    title = gettext_lazy("提请纳入保障")
    button = gettext_lazy("提请")
    hint = gettext_lazy("提请后一定要有人决定；决定了会告诉您。")
    relief = forms.CharField(label=gettext_lazy("纳入哪项保障"), max_length=40)
    grounds = forms.CharField(label=gettext_lazy("理由"), max_length=200, error_messages=REASON)

    def submit(self) -> Any:
        return self.attempt(
            lambda: referral_raise(
                subject_id=self.subject.pk, actor=self.actor, at=self.at, **self.cleaned_data
            )
        )


class CensusForm(SubjectForm):
    """Looked up in the round that is open, and still here."""

    title = gettext_lazy("一年两排：核实")
    button = gettext_lazy("核实，仍在册")
    hint = gettext_lazy("不再需要关爱的，请移出关爱台账；已搬离或已故的，请加标记。")
    note = forms.CharField(label=gettext_lazy("说明"), max_length=200, required=False)

    def submit(self) -> Any:
        entry = self.subject.census.filter(state=CensusState.PENDING, round__closed_at=None).first()
        if entry is None:
            self.add_error(None, _("这一轮已经截止，或者已经排查过了。"))
            return None
        note = self.cleaned_data["note"]
        return self.attempt(
            lambda: census_confirm(entry_id=entry.pk, note=note, actor=self.actor, at=self.at)
        )


class SectionForm(SubjectForm):
    """One section of the file, written anew."""

    text = forms.CharField(
        label=gettext_lazy("内容"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": gettext_lazy("请写明内容。")},
    )

    def __init__(self, *args: Any, section: FileSection, **options: Any) -> None:
        super().__init__(*args, **options)
        self.section = section

    def submit(self) -> Any:
        text = self.cleaned_data["text"]
        return self.attempt(
            lambda: file_write(
                subject_id=self.subject.pk,
                section=self.section,
                text=text,
                actor=self.actor,
                at=self.at,
            )
        )


class PairForm(SubjectForm):
    """Who helps, by user name or by the number of their account: no list of everybody."""

    title = gettext_lazy("结对帮扶")
    needs = Power.GRID_RUN
    helper = forms.CharField(
        label=gettext_lazy("帮扶人的手机号或用户名"),
        max_length=60,
        help_text=gettext_lazy("本社区的工作人员，或者有账号的居民。一个人同时只帮一位。"),
    )

    def clean_helper(self) -> User:
        found = account_named(self.cleaned_data["helper"].strip())
        if found is None:
            raise forms.ValidationError(_("没有找到这个账号。"))
        return found

    def submit(self) -> Any:
        helper = self.cleaned_data["helper"]
        return self.attempt(
            lambda: helper_pair(subject_id=self.subject.pk, helper_id=helper.pk, actor=self.actor, at=self.at)
        )


class ReasonForm(SubjectForm):
    """Why."""

    reason = forms.CharField(label=gettext_lazy("原因"), max_length=100, error_messages=REASON)


class ReleaseForm(ReasonForm):
    """The pairing ends."""

    title = gettext_lazy("结束结对")
    needs = Power.GRID_RUN

    def submit(self) -> Any:
        reason = self.cleaned_data["reason"]
        return self.attempt(
            lambda: helper_release(subject_id=self.subject.pk, reason=reason, actor=self.actor, at=self.at)
        )


class CloseForm(ReasonForm):
    """No longer in care."""

    title = gettext_lazy("移出关爱台账")
    hint = gettext_lazy("不再安排走访，结对同时结束；记录仍保留。")

    def submit(self) -> Any:
        reason = self.cleaned_data["reason"]
        return self.attempt(
            lambda: care_close(subject_id=self.subject.pk, reason=reason, actor=self.actor, at=self.at)
        )
