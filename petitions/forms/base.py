"""What forms of matters share: who fills them in, photos that survive a refusal."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import DomainError, RepeatedError, UploadRefusedError
from core.forms import AbstractForms, RefusableForm
from core.models import StoredImage, User
from petitions.actions.filing import MAX_PHOTOS
from petitions.actions.photos import photo_keep, photos_sealed, photos_unsealed
from petitions.forms.fields import PhotosField


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who fills in a form: an account or nobody known; the network address serves limits only."""

    user: User | None
    address: str
    at: datetime


class ActingForm(RefusableForm, metaclass=AbstractForms):
    """A form at the desk that runs one action. `act` calls it; `done` is what is said afterwards."""

    hint: ClassVar[str | Promise] = ""
    done: ClassVar[str | Promise] = gettext_lazy("已保存。")
    button: ClassVar[str | Promise] = ""
    danger: ClassVar[bool] = False
    extra_button: ClassVar[tuple[str, str | Promise] | None] = None

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        self.said = str(self.done)
        super().__init__(data, files, label_suffix="", **kwargs)

    @abstractmethod
    def act(self) -> None:
        """Call the action with what was typed."""

    def run(self) -> bool:
        """Take the step if the form is valid; a refusal stands on the form, a second tap is no failure."""
        if not self.is_valid():
            return False
        self.attempt(self.act)
        if isinstance(self.refusal, RepeatedError):
            self.said, self.refusal = str(self.refusal.message), None
        return self.refusal is None


class PhotoForm(RefusableForm):
    """A form with photos. What was uploaded once stays, signed, across a refused submission."""

    photos = PhotosField(
        label=gettext_lazy("照片"),
        required=False,
        help_text=gettext_lazy("最多 6 张。可以现拍，也可以从相册选。"),
    )
    limit = MAX_PHOTOS

    def __init__(self, *args: Any, visitor: Visitor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visitor = visitor
        self.kept: list[StoredImage] = []

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        dropped = set(self.data.getlist("drop")) if hasattr(self.data, "getlist") else set()
        before = photos_unsealed(self.data.get("kept", ""))
        self.kept = [photo for photo in before if str(photo.pk) not in dropped]
        for file in cleaned.get("photos", []):
            self._keep(file)
        return cleaned

    @property
    def kept_token(self) -> str:
        """The hidden field that carries the photos to the next submission."""
        return photos_sealed(self.kept)

    @property
    def kept_shown(self) -> list[tuple[StoredImage, str]]:
        """Each kept photo, and the token under which its thumbnail is shown to this visitor alone."""
        return [(photo, photos_sealed([photo])) for photo in self.kept]

    def _keep(self, file: UploadedFile[Any]) -> None:
        if len(self.kept) >= self.limit:
            self._refuse(_("最多 %d 张照片，多出的没有上传。") % self.limit)
            return
        visitor = self.visitor
        try:
            photo = photo_keep(file=file, by=visitor.user, address=visitor.address, at=visitor.at)
        except UploadRefusedError as refusal:
            self._refuse(str(refusal.message))
        except DomainError as refusal:
            self.refusal = refusal
            self._refuse(str(refusal.message))
        else:
            self.kept.append(photo)

    def _refuse(self, message: str) -> None:
        if message not in self.errors.get("photos", []):
            self.add_error("photos", message)
