"""小板凳议事会 on a phone: where, when, how many, what was said; and a note that becomes a matter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.forms.inputs import DayInput
from community.models import TalkPoint
from community.workflow import Topic
from core.forms import RefusableForm
from core.models import User
from petitions.actions.sessions.stool import StoolNotes, note_file, stool_save
from petitions.forms.fields import PageKeyField, WordsField
from petitions.models import AgendaItem, DeliberationSession, Petition


class StoolForm(RefusableForm):
    """A corner, a day, a head-count and notes: one line for each thing that was said."""

    corner = forms.TypedChoiceField(label=_("在哪个议事角"), coerce=int, choices=())
    held_on = forms.DateField(label=_("哪一天"), widget=DayInput)
    headcount = forms.IntegerField(
        label=_("来了多少人"),
        min_value=1,
        max_value=2000,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    notes = WordsField(
        label=_("说了什么"), max_length=4000, rows=6, help_text=_("一件事写一行，之后可以逐行转为诉求。")
    )
    key = PageKeyField(initial=uuid4)

    def __init__(self, data: Any = None, *, corners: Sequence[TalkPoint], actor: User, at: datetime) -> None:
        super().__init__(data, initial={"held_on": timezone.localdate(at)}, label_suffix="")
        self.actor, self.at = actor, at
        self.corners = {corner.pk: corner for corner in corners}
        field: Any = self.fields["corner"]
        field.choices = [(corner.pk, f"{corner.place} {corner.name}") for corner in corners]

    def submit(self) -> DeliberationSession | None:
        """Save it; None when that was refused, and then the form says why."""
        given = self.cleaned_data
        notes = StoolNotes(
            corner=self.corners[given["corner"]],
            held_on=given["held_on"],
            headcount=given["headcount"],
            notes=given["notes"],
        )
        return self.attempt(lambda: stool_save(notes=notes, actor=self.actor, key=given["key"], at=self.at))


class NoteForm(RefusableForm):
    """One line, as the matter shall say it."""

    text = WordsField(label=_("什么事"), max_length=500, rows=3)
    topic = forms.ChoiceField(label=_("事项"), choices=Topic.choices, initial=Topic.OTHER)

    def __init__(self, data: Any = None, *, item: AgendaItem, actor: User, at: datetime) -> None:
        super().__init__(data, initial={"text": item.text}, label_suffix="")
        self.item, self.actor, self.at = item, actor, at

    def submit(self) -> Petition | None:
        """File it; None when that was refused, and then the form says why."""
        given = self.cleaned_data
        return self.attempt(
            lambda: note_file(
                item_id=self.item.pk,
                actor=self.actor,
                text=given["text"],
                topic=given["topic"],
                at=self.at,
            )
        )
