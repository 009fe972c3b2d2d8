"""Several photos in one control."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile


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
