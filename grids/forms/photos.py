"""Photos of a worker's form: cleaned at once, and kept, signed, when the form is shown again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django import forms
from django.core import signing
from django.core.files.uploadedfile import UploadedFile

from core.errors import UploadRefusedError
from core.models import StoredImage, User
from core.uploads import image_store

SALT: Final = "grids.photos"
KEEP: Final = timedelta(days=1)


class PhotosInput(forms.FileInput):
    """A camera or gallery on a phone, several at once."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__({"accept": "image/*"})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[UploadedFile[Any]]:  # noqa: ARG002
        return list(files.getlist(name)) if hasattr(files, "getlist") else []


class PhotosField(forms.FileField):
    """Several files; whether each is a photo is found out when it is cleaned."""

    widget = PhotosInput

    def clean(self, data: Any, _initial: Any = None) -> list[UploadedFile[Any]]:
        return list(data or [])


def sealed(photos: Iterable[StoredImage]) -> str:
    """The kept photos as a signed value for a hidden field; empty for none."""
    ids = [str(photo.pk) for photo in photos]
    return signing.dumps(ids, salt=SALT) if ids else ""


def unsealed(value: str, owner: User) -> list[StoredImage]:
    """The photos of a signed value that are still nobody's but this person's; none for a forged one."""
    try:
        ids = [UUID(pk) for pk in signing.loads(value, salt=SALT, max_age=KEEP)] if value else []
    except (signing.BadSignature, ValueError, TypeError):
        return []
    found = StoredImage.objects.free().filter(created_by=owner).in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def taken(
    files: Iterable[UploadedFile[Any]], form: forms.Form, field: str, *, by: User, at: Any
) -> list[StoredImage]:
    """Each file cleaned and kept; what is no photo is said beside the field."""
    photos = []
    for file in files:
        try:
            photos.append(image_store(file=file, by=by, at=at))
        except UploadRefusedError as refusal:
            form.add_error(field, str(refusal.message))
    return photos
