"""Hazards as tests find them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from community.models import Place
from core.models import StoredImage, User
from core.uploads import image_store
from grids.actions.hazards.filing import Answerable, Found, hazard_file
from grids.models import Hazard, HazardType
from tests.cast import NOW
from tests.petitions.pages import picture

TODAY = timezone.localdate(NOW)
DAY = timedelta(days=1)


def photo(at: datetime = NOW, by: User | None = None) -> StoredImage:
    return image_store(file=ContentFile(picture().read(), name="x.jpg"), by=by, at=at)


def upload(name: str = "photos") -> dict[str, Any]:
    return {name: SimpleUploadedFile("隐患.jpg", picture().read(), "image/jpeg")}


def a_type(name: str = "飞线充电") -> HazardType:
    return HazardType.objects.get(name=name)


def found(place: Place, **given: Any) -> Found:
    given = {"photos": [photo()], "found_at": NOW, **given}
    return Found(type=a_type(), place=place, text="一楼拉线给电动车充电。", **given)


def in_hand(
    place: Place, worker: User, person: User | None = None, *, days: int = 7, at: datetime = NOW, **given: Any
) -> Hazard:
    named = {"user": person} if person else {"name": "店主张三"}
    answerable = Answerable(timezone.localdate(at) + days * DAY, **named)
    return hazard_file(found=found(place, **given), answerable=answerable, key=uuid4(), actor=worker, at=at)
