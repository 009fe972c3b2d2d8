"""From a diary entry to a matter."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from community.workflow import Topic
from core.models import User
from grids.models import OpinionDiaryEntry
from petitions.actions.promoting import petition_file_from_diary
from petitions.forms.base import ActingForm
from petitions.forms.step import words
from petitions.models import Petition
from petitions.models.petition import TEXT_MAX


class PromotionForm(ActingForm):
    """What is asked for, in words; the place comes from the entry."""

    text = words(gettext_lazy("要办什么"), TEXT_MAX, rows=5)
    topic = forms.ChoiceField(label=gettext_lazy("事项"), choices=Topic.choices)

    def __init__(self, *args: Any, entry: OpinionDiaryEntry, actor: User, at: Any, **kwargs: Any) -> None:
        self.entry, self.actor, self.at = entry, actor, at
        super().__init__(*args, initial={"text": entry.text, "topic": Topic.OTHER}, **kwargs)
        self.petition: Petition | None = None

    def act(self) -> None:
        given = self.cleaned_data
        self.petition = petition_file_from_diary(
            entry_id=self.entry.pk, text=given["text"], topic=given["topic"], actor=self.actor, at=self.at
        )
