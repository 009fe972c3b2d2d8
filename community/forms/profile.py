"""The form of a brand and workflow profile: a field per stage and limit, boxes for gates and channels."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext_lazy as _

from community.clocks import hours_of
from community.forms.action import ActionForm
from community.models import Community, WorkflowProfile
from community.profiles import LABEL_LENGTH, duration_from
from community.workflow import DEFAULT_MODES, LOOP, MODES, Channel, Clock, Duration, Gate, Limit, Mode, Stage

UNITS: Final = (
    ("working_hours", _("工作小时")),
    ("working_days", _("工作日")),
    ("wall_hours", _("小时（不分昼夜）")),
    ("wall_days", _("天（不分昼夜）")),
)
HOUR: Final = 60
DAY: Final = 24 * HOUR


def unit_minutes(unit: str, day_minutes: int) -> int:
    """How many minutes one of a unit has; a working day is as long as the community's office hours."""
    return {"working_hours": HOUR, "working_days": day_minutes, "wall_hours": HOUR, "wall_days": DAY}[unit]


def in_units(duration: Duration, day_minutes: int) -> tuple[Decimal, str]:
    """A duration as staff read it: whole days where it is whole days, else hours."""
    clock = "working" if duration.clock == Clock.WORKING else "wall"
    day = unit_minutes(f"{clock}_days", day_minutes)
    if duration.minutes % day == 0:
        return Decimal(duration.minutes // day), f"{clock}_days"
    return (Decimal(duration.minutes) / HOUR).quantize(Decimal("0.01")), f"{clock}_hours"


class LimitWidget(forms.MultiWidget):
    """An amount and its unit."""

    def __init__(self, attrs: Any = None) -> None:
        amount = forms.NumberInput(attrs={"min": "0.01", "step": "0.01", "aria-label": _("时长")})
        super().__init__([amount, forms.Select(choices=UNITS, attrs={"aria-label": _("单位")})], attrs)

    def decompress(self, value: Any) -> list[Any]:
        return list(value) if value else [None, "working_days"]


class LimitField(forms.MultiValueField):
    """A length of time as `(amount, unit)`."""

    def __init__(self, **kwargs: Any) -> None:
        amount = forms.DecimalField(max_value=9999, decimal_places=2)
        super().__init__((amount, forms.ChoiceField(choices=UNITS)), widget=LimitWidget(), **kwargs)

    def compress(self, data_list: list[Any]) -> tuple[Decimal, str]:
        return data_list[0], data_list[1]


def _said_of(stage: Stage, words: Promise) -> str:
    return str(words) % {"stage": stage.label}


_of = lazy(_said_of, str)
"""The form is made once, and its labels follow the language of each page."""


def _stage_fields() -> dict[str, forms.Field]:
    fields: dict[str, forms.Field] = {}
    for stage in LOOP:
        fields[f"label_{stage.value}"] = forms.CharField(
            label=_of(stage, _("%(stage)s：显示名称")),
            max_length=LABEL_LENGTH,
            widget=AdminTextInputWidget(attrs={"size": LABEL_LENGTH}),
        )
        modes = [(mode.value, mode.label) for mode in Mode if mode in MODES[stage]]
        if len(modes) > 1:
            fields[f"mode_{stage.value}"] = forms.ChoiceField(
                label=_of(stage, _("%(stage)s：怎样设置")), choices=modes
            )
    return fields


class BaseProfileForm(ActionForm):
    """Turns the row's keyed data into fields, and fields back into `changes` for the action."""

    accent = forms.CharField(label=_("主色"), widget=forms.TextInput(attrs={"type": "color"}))
    gates = forms.MultipleChoiceField(
        label=_("必备条件"), choices=Gate.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    channels = forms.MultipleChoiceField(
        label=_("开放渠道"), choices=Channel.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        row: WorkflowProfile = kwargs["instance"]
        kwargs["initial"] = {**self.initial_of(row), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)

    @staticmethod
    def initial_of(row: WorkflowProfile) -> dict[str, Any]:
        """What the row says, with defaults where it says nothing."""
        day = hours_of(row.community).day_minutes
        labels = {f"label_{s.value}": row.stage_labels.get(s.value) or str(s.label) for s in LOOP}
        modes = {f"mode_{s.value}": row.stage_modes.get(s.value, DEFAULT_MODES[s].value) for s in LOOP}
        limits = {f"limit_{x.value}": in_units(duration_from(row.limits, x), day) for x in Limit}
        return {**labels, **modes, **limits}

    def _get_validation_exclusions(self) -> set[str]:
        """The row's own columns are checked by the action, in the community's words."""
        return {*super()._get_validation_exclusions(), "accent", "gates", "channels"}  # type: ignore[misc]

    def changes(self, community: Community) -> dict[str, Any]:
        """What was typed, as the row keeps it."""
        given = self.cleaned_data
        plain = ("brand_name", "brand_name_en", "slogan", "accent", "gates", "channels", "schedule_note")
        return {
            **{name: given[name] for name in plain},
            "stage_labels": {s.value: given[f"label_{s.value}"] for s in LOOP},
            "stage_modes": {s.value: self._mode(s) for s in LOOP},
            "limits": {x.value: self._limit(x, community) for x in Limit},
        }

    def _mode(self, stage: Stage) -> str:
        return str(self.cleaned_data.get(f"mode_{stage.value}") or Mode.ON.value)

    def _limit(self, limit: Limit, community: Community) -> list[Any]:
        amount, unit = self.cleaned_data[f"limit_{limit.value}"]
        minutes = round(amount * unit_minutes(unit, hours_of(community).day_minutes))
        clock = Clock.WORKING if unit.startswith("working") else Clock.WALL
        return [minutes, clock.value]


STAGE_FIELDS: Final = tuple(_stage_fields())
LIMIT_FIELDS: Final = tuple(f"limit_{limit.value}" for limit in Limit)
ProfileForm: type[BaseProfileForm] = type(
    "ProfileForm",
    (BaseProfileForm,),
    {**_stage_fields(), **{f"limit_{limit.value}": LimitField(label=limit.label) for limit in Limit}},
)
