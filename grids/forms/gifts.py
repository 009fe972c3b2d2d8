"""A pack that is handed over at a door: who signed, and a photo as proof."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from grids.actions.gifts import gift_deliver
from grids.forms.hazards.base import HazardForm
from grids.forms.photos import PhotosField
from grids.models import GiftDelivery, GiftPack


class GiftForm(HazardForm):
    """Who took it, and a photo; compulsory where the campaign asks for one."""

    limit = 1
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

    def submit(self, pack: GiftPack) -> GiftDelivery | None:
        """Note it; None when it is refused, and then the form says why."""

        def hand_over() -> GiftDelivery:
            given: dict[str, Any] = self.cleaned_data
            photo = next(iter(self.images["photos"]), None)
            return gift_deliver(
                pack_id=pack.pk, signed_by=given["signed_by"], photo=photo, actor=self.actor, at=self.at
            )

        return self.attempt(hand_over)
