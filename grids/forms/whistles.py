"""吹哨 on a phone: the call, and what a member answers."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from community.forms.inputs import MomentInput
from community.models import Place
from core.models import User
from grids.actions.whistles import Call, whistle_blow, whistle_close
from grids.forms.field import FieldForm
from grids.models import Whistle


class WhistleForm(FieldForm):
    """What for, where, how many, until when."""

    topic = forms.CharField(label=gettext_lazy("什么事"), max_length=60)
    place = forms.ChoiceField(label=gettext_lazy("在哪里集合"))
    needed = forms.IntegerField(label=gettext_lazy("要几个人"), min_value=1, max_value=200, initial=5)
    needed_by = forms.DateTimeField(label=gettext_lazy("几点前到"), widget=MomentInput())
    text = forms.CharField(
        label=gettext_lazy("做什么、带什么"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    skills = forms.CharField(label=gettext_lazy("最好会什么"), max_length=100, required=False)
    is_urgent = forms.BooleanField(label=gettext_lazy("紧急，夜里也通知"), required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, places: Sequence[Place], at: datetime) -> None:
        soon = timezone.localtime(at + timedelta(hours=2)).replace(minute=0, second=0, microsecond=0)
        super().__init__(data, initial={"key": uuid.uuid4(), "needed_by": soon})
        self.places = {str(place.pk): place for place in places}
        field: Any = self.fields["place"]
        field.choices = [(pk, place.name) for pk, place in self.places.items()]

    def submit(self, *, actor: User, at: datetime) -> Whistle | None:
        def blow() -> Whistle:
            given = dict(self.cleaned_data)
            key, place = given.pop("key"), self.places[given.pop("place")]
            return whistle_blow(call=Call(place=place, **given), key=key, actor=actor, at=at)

        return self.attempt(blow)


class WhistleCloseForm(FieldForm):
    """Why it ends before enough have come."""

    why = forms.CharField(label=gettext_lazy("为什么结束"), max_length=100)

    def submit(self, whistle: Whistle, *, actor: User, at: datetime) -> Whistle | None:
        return self.attempt(
            lambda: whistle_close(whistle_id=whistle.pk, why=self.cleaned_data["why"], actor=actor, at=at)
        )
