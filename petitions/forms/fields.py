"""Fields that residents meet: words, a phone, a place, photos. Each says in one sentence what is wrong."""

from __future__ import annotations

import unicodedata
from functools import cache, partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxLengthValidator
from django.utils.choices import CallableChoiceIterator
from django.utils.translation import gettext_lazy as _

from community.models import Community, Place, TalkPoint
from core.errors import InvalidInputError
from core.phones import phone_of
from petitions.actions.base import plain
from petitions.forms.photos import PhotosInput
from petitions.selectors import places

STALE = _("这一页不完整，或已经过时。请重新打开这一页再填。")
"""What is said where a hidden field is not as the page made it."""


class PageKeyField(forms.UUIDField):
    """The number of one filling in, so that what is sent twice counts once."""

    widget = forms.HiddenInput

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.error_messages |= {"required": STALE, "invalid": STALE}


class SeenField(forms.IntegerField):
    """What stood there when the page was made, so that a change in between is noticed."""

    widget = forms.HiddenInput

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.error_messages |= {"required": STALE, "invalid": STALE}


class WordsField(forms.CharField):
    """Free text as it will be kept: a line break counts once, control characters are dropped."""

    def __init__(self, *, rows: int = 0, missing: Any = "", **options: Any) -> None:
        if rows:
            options["widget"] = forms.Textarea(attrs={"rows": rows})
        super().__init__(**options)
        self.error_messages["required"] = missing or _("请填写这一项。")
        for validator in self.validators:
            if isinstance(validator, MaxLengthValidator):
                validator.message = _("最多 %(limit_value)d 个字，现在有 %(show_value)d 个字，请删减一些。")

    def to_python(self, value: Any) -> str:
        return plain(super().to_python(value) or "")


class PhoneField(forms.CharField):
    """A telephone number in its one kept form, however it was typed."""

    def __init__(self, **options: Any) -> None:
        attrs = {"inputmode": "tel", "autocomplete": "tel"}
        super().__init__(widget=forms.TextInput(attrs=attrs), max_length=30, **options)
        self.error_messages["required"] = _("请填写手机号。")

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        if not typed:
            return ""
        try:
            return phone_of(unicodedata.normalize("NFKC", typed))
        except InvalidInputError as refusal:
            raise ValidationError(str(refusal.message)) from refusal


class PlaceField(forms.Field):
    """An estate or a building of one community: all are offered, only the chosen one is looked up."""

    widget = forms.Select

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.community: Community | None = None
        self.error_messages["required"] = _("请选择在哪里。")

    def offer(self, community: Community, point: TalkPoint | None) -> None:
        """Offer the places of this community; the options are read when they are shown."""
        self.community, self.point = community, point
        self.widget.choices = CallableChoiceIterator(cache(partial(places.options, community, point)))

    def to_python(self, value: Any) -> Place | None:
        if not value:
            return None
        assert self.community is not None
        found = places.offered(self.community, str(value), self.point)
        if found is None:
            raise ValidationError(_("这个地点不属于本社区，请重新选择。"))
        return found


class PhotosField(forms.FileField):
    """Several files; whether each is a photo is found out when it is cleaned."""

    widget = PhotosInput

    def clean(self, data: Any, _initial: Any = None) -> list[UploadedFile[Any]]:
        return list(data or [])
