"""A diary entry as it is written on a bench, on the page or out of the phone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.duties import Power
from community.models import Community
from core.errors import NotAllowedError
from core.language import gettext
from core.models import User
from grids.actions.diary import Heard, diary_note, diary_write
from grids.entry_kinds import Arrived, EntryKind, Landed
from grids.forms.field import FieldForm, said_by
from grids.forms.visit import STALE
from grids.models import OpinionDiaryEntry
from grids.selectors.abouts import about_place
from grids.selectors.hazards import communities_for, places_for
from grids.selectors.naming import Names


class DiaryForm(FieldForm):
    """What was heard, where, from how many."""

    place = forms.TypedChoiceField(label=gettext_lazy("在哪里听到的"), coerce=int)
    text = forms.CharField(
        label=gettext_lazy("听到了什么"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("写原话和心愿，不写名字和手机号。"),
        error_messages={"required": gettext_lazy("请写明听到了什么。")},
    )
    people_count = forms.IntegerField(
        label=gettext_lazy("几个人这样说"), min_value=1, max_value=1000, initial=1
    )
    spot = forms.CharField(label=gettext_lazy("具体位置"), max_length=100, required=False)
    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": STALE, "invalid": STALE})

    def __init__(
        self, data: Any = None, *, community: Community, actor: User, at: datetime, **options: Any
    ) -> None:
        super().__init__(data, **options)
        self.actor, self.at = actor, at
        self.places = {place.pk: place for place in places_for(actor, community, at=at)}
        shown = [(pk, place.long_name) for pk, place in self.places.items()]
        self.fields["place"].choices = [("", _("请选择")), *shown]  # type: ignore[attr-defined]

    def submit(self, heard_at: datetime | None = None) -> OpinionDiaryEntry | None:
        """Write it; None when it is refused, and then the form says why."""

        def write() -> OpinionDiaryEntry:
            given = self.cleaned_data
            heard = Heard(
                given["text"], self.places[given["place"]], given["people_count"], given["spot"], heard_at
            )
            return diary_write(heard=heard, key=given["key"], actor=self.actor, at=self.at)

        return self.attempt(write)


class NoteForm(FieldForm):
    """Why no matter is made of it."""

    reason = forms.CharField(
        label=gettext_lazy("为什么不转"), max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )

    def submit(self, entry: OpinionDiaryEntry, *, actor: User, at: datetime) -> OpinionDiaryEntry | None:
        """Settle it; None when it is refused."""
        reason = self.data.get("reason", "")
        return self.attempt(lambda: diary_note(entry_id=entry.pk, reason=reason, actor=actor, at=at))


def diary_land(arrived: Arrived) -> Landed:
    """An entry from the phone; it was heard when it was written."""
    slug = arrived.fields.get("community")
    known = communities_for(arrived.actor, at=arrived.at)
    community = next((one for one in known if one.slug == slug), None)
    if community is None:
        raise NotAllowedError(_("您的任职不在这条记录所在的社区。"))
    fields = arrived.fields.copy()
    fields["key"] = str(arrived.key)
    form = DiaryForm(fields, community=community, actor=arrived.actor, at=arrived.at)
    written = form.submit(heard_at=min(arrived.happened_at, arrived.at))
    if written is None:
        raise form.refused()
    url = reverse("grids:diary_entry", args=[written.pk])
    return Landed(gettext("民情日记"), url, gettext("已记入民情日记。"))


def diary_said(fields: QueryDict, names: Names) -> Sequence[tuple[str, str]]:
    """What was typed, under the names that the form gives it."""
    return said_by(DiaryForm, fields, {"place": names.place})


DIARY = EntryKind(gettext_lazy("民情日记"), diary_land, diary_said, about_place, Power.PETITION_ENTER)
