"""A pack that is handed over at a door, on the page or out of the phone: who signed, and a photo as proof."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.choices import CallableChoiceIterator
from django.utils.datastructures import MultiValueDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.duties import Power
from core.language import gettext
from grids.actions.gifts import gift_deliver
from grids.entry_kinds import Arrived, EntryKind, Landed
from grids.forms.field import said_by
from grids.forms.hazards.base import HazardForm
from grids.forms.photos import PhotosField
from grids.models import GiftDelivery, GiftPack, Grid
from grids.selectors.abouts import about_pack
from grids.selectors.gifts import pack_of, packs_left
from grids.selectors.naming import Names

LABEL: Final = 24
"""So much of what is in a pack stands with its door. A campaign's name may say for whom it is, and is left
out (decision 0031)."""


class GiftForm(HazardForm):
    """Which pack, who took it, and a photo; compulsory where the campaign asks for one. Without `pack` one of
    those that are left in the grid is chosen."""

    limit = 1
    pack = forms.IntegerField(
        label=gettext_lazy("哪一户"),
        error_messages={
            "required": gettext_lazy("请选择哪一户。"),
            "invalid": gettext_lazy("请选择哪一户。"),
        },
    )
    signed_by = forms.CharField(
        label=gettext_lazy("谁签收的"),
        max_length=40,
        error_messages={"required": gettext_lazy("请写明谁签收的。")},
    )
    photos = PhotosField(
        label=gettext_lazy("送到的照片"),
        required=False,
        help_text=gettext_lazy("拍礼包和门牌，不拍人脸。"),
    )

    def __init__(
        self, *args: Any, pack: GiftPack | None = None, grid: Grid | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.chosen, self.grid = pack, grid
        if pack is not None:
            self.fields["pack"].widget = forms.HiddenInput()
            self.fields["photos"].required = pack.campaign.needs_photo
        else:
            self.fields["pack"].widget = forms.Select(choices=CallableChoiceIterator(self._choices))

    @cached_property
    def packs(self) -> Sequence[GiftPack]:
        """What there is to choose from; one statement."""
        if self.chosen is not None:
            return [self.chosen]
        return packs_left(self.grid, timezone.localdate(self.at)) if self.grid else []

    @property
    def with_photo(self) -> str:
        """The keys of packs that are not handed over without a photo, for the script of the page."""
        return " ".join(str(one.pk) for one in self.packs if one.campaign.needs_photo)

    def _choices(self) -> list[tuple[Any, str]]:
        return [("", _("请选择")), *((one.pk, _called(one)) for one in self.packs)]

    def submit(self, happened_at: datetime | None = None) -> GiftDelivery | None:
        """Note it; None when it is refused, and then the form says why."""

        def hand_over() -> GiftDelivery:
            given: dict[str, Any] = self.cleaned_data
            pack = pack_of(self.actor, given["pack"], at=self.at)
            return gift_deliver(
                pack_id=pack.pk,
                signed_by=given["signed_by"],
                photo=next(iter(self.images["photos"]), None),
                happened_at=happened_at,
                actor=self.actor,
                at=self.at,
            )

        return self.attempt(hand_over)


def gift_land(arrived: Arrived) -> Landed:
    """A pack that was handed over without signal, at the time at which it was entered there."""
    form = GiftForm(
        arrived.fields, MultiValueDict(), actor=arrived.actor, at=arrived.at, brought=arrived.photos
    )
    if form.submit(happened_at=min(arrived.happened_at, arrived.at)) is None:
        raise form.refused()
    return Landed(gettext("礼包送到"), reverse("grids:gifts"), gettext("已记下礼包送到。"))


def gift_said(fields: QueryDict, names: Names) -> Sequence[tuple[str, str]]:
    """What was typed, under the names that the form gives it."""
    return said_by(GiftForm, fields, {"pack": names.pack})


def _called(pack: GiftPack) -> str:
    said = f"{pack.household.long_name} · {pack.campaign.items[:LABEL]}"
    return _("%s（要拍照）") % said if pack.campaign.needs_photo else said


GIFT: Final = EntryKind(gettext_lazy("礼包送到"), gift_land, gift_said, about_pack, Power.HOME_VISIT)
