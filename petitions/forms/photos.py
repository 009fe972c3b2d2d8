"""Several photos in one field."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from core.models import StoredImage, User
from core.uploads import image_store

MAX_PHOTOS: Final = 6


class PhotosInput(forms.FileInput):
    """A camera or gallery on a phone, several at once."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__({"accept": "image/*"})

    def value_from_datadict(  # the framework's own name and order
        self,
        data: Any,  # noqa: ARG002
        files: Any,
        name: str,
    ) -> list[UploadedFile[Any]]:
        return list(files.getlist(name)) if hasattr(files, "getlist") else []


class PhotosField(forms.FileField):
    """A list of uploaded files, empty where none was chosen; `limit` is how many at most."""

    widget = PhotosInput

    def __init__(self, *, limit: int = MAX_PHOTOS, **kwargs: Any) -> None:
        self.limit = limit
        super().__init__(**{"required": False, "label": _("照片"), **kwargs})

    def clean(
        self,
        data: Any,
        initial: Any = None,  # noqa: ARG002
    ) -> list[UploadedFile[Any]]:
        files: Sequence[UploadedFile[Any]] = data or []
        if self.required and not files:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(files) > self.limit:
            raise ValidationError(_("最多上传 %d 张照片。") % self.limit)
        return [file for file in files if file.size]


def photos_store(files: Iterable[UploadedFile[Any]], *, by: User | None, at: datetime) -> list[StoredImage]:
    """Cleaned copies of the photos.

    Raises:
        UploadRefusedError: one of them is no photo that can be cleaned.
    """
    return [image_store(file=file, by=by, at=at) for file in files]
