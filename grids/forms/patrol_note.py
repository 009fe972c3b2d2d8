"""A short note on a walk, on the page or out of the phone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy

from community.duties import Power
from core.language import gettext
from grids import actions
from grids.actions.patrol import Done
from grids.actions.patrol_notes import Noted
from grids.entry_kinds import Arrived, EntryKind, Landed
from grids.forms.field import FieldForm, said_by
from grids.forms.patrol import by_phone
from grids.forms.visit import STALE
from grids.models import NoteKind, PatrolNote
from grids.selectors.abouts import about_walk
from grids.selectors.naming import Names


class NoteForm(FieldForm):
    """What was done, and a few words about it."""

    kind = forms.ChoiceField(
        label=gettext_lazy("做了什么"),
        choices=NoteKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择做了什么。")},
    )
    text = forms.CharField(
        label=gettext_lazy("内容"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("一两句话，不写名字和手机号。只是问候可以不写。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": STALE, "invalid": STALE})

    def submit(self, done: Done) -> PatrolNote | None:
        """Note it; None when it is refused, and then the form says why."""

        def note() -> PatrolNote:
            given = self.cleaned_data
            noted = Noted(NoteKind(given["kind"]), given["text"])
            return actions.patrol_note(noted=noted, key=given["key"], done=done)

        return self.attempt(note)


def note_form(data: QueryDict | None) -> NoteForm:
    """The form as it opens, or as it was sent."""
    return NoteForm(data, initial={"key": uuid4()})


def note_land(arrived: Arrived) -> Landed:
    """A note that was written without signal."""
    fields = arrived.fields.copy()
    fields["key"] = str(arrived.key)
    form = NoteForm(fields)
    note = form.submit(by_phone(arrived))
    if note is None:
        raise form.refused()
    name = gettext("巡查随记：%s") % NoteKind(note.kind).label
    return Landed(name, reverse("grids:patrol"), gettext("已记在这次巡查里。"))


def note_said(fields: QueryDict, _names: Names) -> Sequence[tuple[str, str]]:
    return said_by(NoteForm, fields)


NOTE: Final = EntryKind(gettext_lazy("巡查随记"), note_land, note_said, about_walk, Power.GRID_PATROL)
