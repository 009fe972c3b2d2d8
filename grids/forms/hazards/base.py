"""What forms of hazards share: who acts, photos that outlast a refusal, who answers for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Final

from django.utils.translation import gettext as _

from community.models import Place
from core.models import StoredImage, User
from grids.actions.hazards.filing import Answerable, company_of
from grids.forms.field import FieldForm
from grids.forms.photos import sealed, taken, unsealed

PHOTOS: Final = 6
COMPANY: Final = "company"


class HazardForm(FieldForm):
    """Who acts, and photos that stay when the form is shown again."""

    photo_fields: tuple[str, ...] = ("photos",)
    limit = PHOTOS
    said: ClassVar[str] = ""
    """What whoever took the step reads; of `core.language`, for it may be kept with an entry."""

    def __init__(
        self,
        *args: Any,
        actor: User,
        at: datetime,
        brought: Mapping[str, Sequence[StoredImage]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.at = actor, at
        self.images = {name: list((brought or {}).get(name, ())) for name in self.photo_fields}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name in self.photo_fields:
            before = unsealed(self.data.get(f"kept_{name}", ""), self.actor)
            new = taken(cleaned.get(name, []), self, name, by=self.actor, at=self.at)
            self.images[name] = [*self.images[name], *before, *new]
            if len(self.images[name]) > self.limit:
                self.images[name] = self.images[name][: self.limit]
                self.add_error(name, _("最多 %d 张照片，多出的没有上传。") % self.limit)
        return cleaned

    @property
    def kept(self) -> list[tuple[str, str, int]]:
        """Hidden fields that carry photos to the next submission: name, token, how many."""
        return [(f"kept_{name}", sealed(found), len(found)) for name, found in self.images.items() if found]


def answerable_in(given: dict[str, Any], place: Place) -> Answerable:
    """Who was chosen: a name without account comes first, then the company, then somebody of the staff."""
    day, who, name = given["rectify_by"], given["who"], given["name"].strip()
    if name:
        return Answerable(day, name=name)
    if who == COMPANY:
        return Answerable(day, body=company_of(place))
    return Answerable(day, user=User.objects.get(pk=int(who)) if who else None)
