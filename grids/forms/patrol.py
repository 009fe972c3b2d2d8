"""A patrol on the phone: begin, check in, end. The same forms take what waited without signal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.duties import Power
from core.errors import RepeatedError
from core.language import gettext
from core.models import User
from grids import actions
from grids.actions.patrol import Done
from grids.entry_kinds import Arrived, EntryKind, Landed
from grids.forms.field import FieldForm, said_by
from grids.forms.position import PositionFields
from grids.models import CheckIn, Doubt, Grid, Patrol
from grids.selectors.abouts import about_checkpoint, about_grid, about_patrol
from grids.selectors.naming import Names
from grids.selectors.patrols import own_grids

MOST_POINTS: Final = 500


class StartForm(FieldForm):
    """Which grid, where somebody walks several. The key lets a second tap begin nothing."""

    grid = forms.TypedChoiceField(label=gettext_lazy("网格"), coerce=int)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, grids: Sequence[Grid]) -> None:
        super().__init__(data, initial={"key": uuid4()})
        field: Any = self.fields["grid"]
        field.choices = [(grid.pk, str(grid)) for grid in grids]
        if len(grids) == 1:
            field.widget = forms.HiddenInput()
            self.initial["grid"] = grids[0].pk

    def submit(self, done: Done) -> Patrol | None:
        return self.attempt(
            lambda: actions.patrol_start(
                grid_id=self.cleaned_data["grid"], key=self.cleaned_data["key"], done=done
            )
        )


class CheckInForm(PositionFields, FieldForm):
    """The printed code, and where the phone is, if it was asked."""

    code = forms.CharField(
        label=gettext_lazy("打卡码"),
        max_length=12,
        help_text=gettext_lazy("点位牌二维码下面的 6 位字母和数字。用手机相机扫码会自动填好。"),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )

    def submit(self, done: Done) -> CheckIn | None:
        return self.attempt(
            lambda: actions.check_in(code=self.cleaned_data["code"], fix=self.fix(), done=done)
        )


class EndForm(FieldForm):
    """What was seen on the way, and the way itself where the phone has noted it."""

    note = forms.CharField(
        label=gettext_lazy("巡查记录"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("看到、听到和顺手办了的事。要交办的事请另外登记。"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    track = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_track(self) -> list[list[float]]:
        """The way. What cannot be read is left out: it must not keep a patrol from ending."""
        try:
            told = json.loads(self.cleaned_data["track"] or "[]")
            points = [[round(float(east), 5), round(float(north), 5)] for east, north in told[:MOST_POINTS]]
        except (ValueError, TypeError, OverflowError, RecursionError, KeyError):
            return []
        return [point for point in points if abs(point[0]) <= 180 and abs(point[1]) <= 90]

    def submit(self, done: Done) -> Patrol | None:
        given = self.cleaned_data if self.is_valid() else {}
        return self.attempt(lambda: actions.patrol_end(done=done, note=given["note"], track=given["track"]))


def by_page(user: User, at: datetime) -> Done:
    """Somebody who does it now, on a page."""
    return Done(worker=user, actor=user, happened_at=at, at=at)


def by_phone(arrived: Arrived) -> Done:
    """Somebody who did it without signal."""
    return Done(
        worker=arrived.worker,
        actor=arrived.actor,
        happened_at=arrived.happened_at,
        at=arrived.at,
        is_doubtful=arrived.is_clock_doubtful,
    )


def start_land(arrived: Arrived) -> Landed:
    """A patrol that began without signal."""
    fields = arrived.fields.copy()
    fields["key"] = str(arrived.key)
    form = StartForm(fields, grids=own_grids(arrived.actor, at=arrived.at))
    patrol = form.submit(by_phone(arrived))
    if patrol is None:
        raise form.refused()
    return _landed(gettext("已开始巡查：%s") % patrol.grid, gettext("巡查开始了，到点位请打卡。"))


def check_in_land(arrived: Arrived) -> Landed:
    """A code that was read without signal."""
    form = CheckInForm(arrived.fields)
    made = form.submit(by_phone(arrived))
    if isinstance(form.refusal, RepeatedError):
        return _landed(gettext("重复的打卡"), form.refusal.message)
    if made is None:
        raise form.refused()
    return _landed(words_of(made), words_of(made), warns=not made.is_verified)


def end_land(arrived: Arrived) -> Landed:
    """A patrol that ended without signal."""
    form = EndForm(arrived.fields)
    patrol = form.submit(by_phone(arrived))
    if patrol is None:
        raise form.refused()
    return _landed(gettext("已结束巡查：%s") % patrol.grid, gettext("巡查结束了，辛苦了。"))


def _landed(name: str, said: str, *, warns: bool = False) -> Landed:
    return Landed(name, reverse("grids:patrol"), said, warns)


def words_of(made: CheckIn) -> str:
    """A check-in in words, as they are kept: verified, or why not."""
    if made.is_verified:
        return gettext("“%s”已打卡，已核实。") % made.checkpoint
    why = {"name": made.checkpoint, "why": Doubt(made.doubt).label}
    return gettext("“%(name)s”已打卡，未核实：%(why)s。") % why


def start_said(fields: QueryDict, names: Names) -> Sequence[tuple[str, str]]:
    """Which grid was walked."""
    chosen = str(fields.get("grid", ""))
    return [(_("网格"), names.grid(chosen))] if chosen else []


def check_in_said(fields: QueryDict, _names: Names) -> Sequence[tuple[str, str]]:
    return said_by(CheckInForm, fields)


def end_said(fields: QueryDict, _names: Names) -> Sequence[tuple[str, str]]:
    return said_by(EndForm, fields)


KINDS: Final = {
    "grids.patrol_start": EntryKind(
        gettext_lazy("开始巡查"), start_land, start_said, about_grid, Power.GRID_PATROL
    ),
    "grids.checkin": EntryKind(
        gettext_lazy("巡查打卡"), check_in_land, check_in_said, about_checkpoint, Power.GRID_PATROL
    ),
    "grids.patrol_end": EntryKind(
        gettext_lazy("结束巡查"), end_land, end_said, about_patrol, Power.GRID_PATROL
    ),
}
