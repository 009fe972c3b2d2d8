"""A visit as it is entered at the door, on the page or out of the phone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.choices import CallableChoiceIterator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.duties import Power
from community.models import Community, Household
from core.errors import InvalidInputError
from core.forms import FilledForm
from core.language import gettext
from core.models import User
from grids.actions.visits import Told, visit_book, visit_record
from grids.entry_kinds import Arrived, EntryKind, Landed
from grids.forms.field import FieldForm, said_by
from grids.models import Grid, Outcome, Visit, VisitPurpose
from grids.selectors.abouts import about_door
from grids.selectors.doors import community_at, door_for
from grids.selectors.homes_page import companions_for, doors_in, purpose_of, purposes_for
from grids.selectors.naming import Names

STALE = gettext_lazy("这一页不完整，或已经过时。请重新打开这一页再填。")
MINUTE = "%Y-%m-%dT%H:%M"


class PurposeField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Why somebody goes, as the community has it."""

    community: Community

    def offer(self, community: Community, *, is_shown: bool) -> None:
        self.community = community
        if is_shown:
            self.queryset = purposes_for(community)

    def to_python(self, value: Any) -> VisitPurpose | None:
        if value in self.empty_values:
            return None
        word = str(value)
        known = word.isascii() and word.isdigit() and len(word) < 19
        purpose = purpose_of(self.community, int(word)) if known else None
        if purpose is None:
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return purpose


class VisitForm(FieldForm, FilledForm):
    """Why, when, what was found. Without `household` one of the grid's doors is chosen.

    `as_entry`: out of a phone, in the transaction of its entry.
    """

    household = forms.IntegerField(
        label=gettext_lazy("哪一户"), error_messages={"required": gettext_lazy("请选择哪一户。")}
    )
    purpose = PurposeField(
        label=gettext_lazy("为什么去"),
        queryset=VisitPurpose.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": gettext_lazy("请选择为什么去。")},
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("发现了什么"),
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        initial=Outcome.NONE,
    )
    finding = forms.CharField(
        label=gettext_lazy("具体是什么"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("有需求、资源或隐患时写明，会交给负责的人跟进。"),
    )
    note = forms.CharField(
        label=gettext_lazy("记录"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("身体、家里的情况。只有负责这个网格的人能看，每次查看都留痕。"),
    )
    is_urgent = forms.BooleanField(label=gettext_lazy("急难需求，当天要有人响应"), required=False)
    keeps_it = forms.BooleanField(label=gettext_lazy("需求我能解决，先不交网格长"), required=False)
    errand = forms.CharField(
        label=gettext_lazy("替住户代办什么"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("写了就记成一件代办，办好并告知住户后才算了结。"),
    )
    companion = forms.TypedChoiceField(
        label=gettext_lazy("同行人"), coerce=int, empty_value=None, required=False
    )
    happened_at = forms.DateTimeField(
        label=gettext_lazy("什么时候去的"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTE),
        error_messages={"required": gettext_lazy("请填写走访的时间。")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": STALE, "invalid": STALE})

    def __init__(
        self,
        data: Any = None,
        *,
        community: Community,
        actor: User,
        at: datetime,
        household: Household | None = None,
        grid: Grid | None = None,
        as_entry: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(data, as_entry=as_entry, **options)
        self.actor, self.at, self.door = actor, at, household
        self.book = visit_book if as_entry else visit_record
        self.fields["purpose"].offer(community, is_shown=not as_entry)  # type: ignore[attr-defined]
        if household is not None:
            self.fields["household"].widget = forms.HiddenInput()
        elif grid is not None:
            self.fields["household"].widget = forms.Select()
            self.fields["household"].widget.choices = CallableChoiceIterator(lambda: door_choices(grid))
        day = timezone.localdate(at)
        if "companion" in self.fields:
            self.fields["companion"].choices = CallableChoiceIterator(  # type: ignore[attr-defined]
                lambda: [("", _("一个人去的")), *companions_for(actor, community, day)]
            )

    def submit(self) -> Visit | None:
        """Enter the visit; None when it is refused, and then the form says why."""

        def enter() -> Visit:
            given = dict(self.cleaned_data)
            key, chosen = given.pop("key"), given.pop("household")
            door = self.door or door_for(self.actor, chosen, at=self.at)
            with_them = given.pop("companion")
            companion = User.objects.filter(pk=with_them).first() if with_them else None
            told = Told(**{**given, "outcome": Outcome(given["outcome"]), "companion": companion})
            return self.book(household_id=door.pk, told=told, key=key, actor=self.actor, at=self.at)

        return self.attempt(enter)


def visit_land(arrived: Arrived) -> Landed:
    """A visit from the phone; a time that was left as it stood is when it was entered."""
    chosen = arrived.fields.get("household", "")
    if not (chosen.isascii() and chosen.isdigit() and len(chosen) < 19):
        raise InvalidInputError(_("请选择哪一户。"))
    household = door_for(arrived.actor, int(chosen), at=arrived.at, scope=arrived.scope)
    fields = arrived.fields.copy()
    fields["key"] = str(arrived.key)
    if not fields.get("happened_at"):
        fields["happened_at"] = f"{timezone.localtime(arrived.happened_at):{MINUTE}}"
    form = VisitForm(
        fields,
        community=community_at(household),
        actor=arrived.actor,
        at=arrived.at,
        household=household,
        as_entry=True,
    )
    visit = form.submit()
    if visit is None:
        raise form.refused()
    said = gettext("已记下这次走访。")
    return Landed(str(visit.purpose), reverse("grids:home", args=[household.pk]), said)


def visit_said(fields: QueryDict, names: Names) -> Sequence[tuple[str, str]]:
    """What was typed, under the names that the form gives it."""
    named = {
        "household": names.door,
        "purpose": names.of_community(VisitPurpose.objects.all()),
        "companion": names.person,
    }
    return said_by(VisitForm, fields, named)


def door_choices(grid: Grid) -> list[Any]:
    groups: dict[str, list[tuple[int, str]]] = {}
    for door in doors_in(grid):
        groups.setdefault(door.place.long_name, []).append((door.pk, door.long_name))
    return [("", _("请选择")), *groups.items()]


VISIT = EntryKind(
    gettext_lazy("入户走访"),
    visit_land,
    visit_said,
    about_door,
    Power.HOME_VISIT,
    access="visit.notes_read",
)
