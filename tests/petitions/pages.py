"""Forms as a browser sends them, for tests of the residents' pages."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from core.models import StoredImage
from core.uploads import image_store
from petitions.actions import publishing
from petitions.models import PetitionPhoto, PetitionReporter
from petitions.selectors import links
from tests.cast import NOW, Town
from tests.petitions.loop import Loop, file

SCRIPT = "<script>alert(1)</script>"


def picture(
    name: str = "lamp.jpg", size: tuple[int, int] = (64, 48), kind: str = "JPEG"
) -> SimpleUploadedFile:
    """A small photo, drawn."""
    content = io.BytesIO()
    Image.new("RGB", size, (120, 90, 60)).save(content, kind)
    return SimpleUploadedFile(name, content.getvalue(), content_type="image/jpeg")


def stored() -> StoredImage:
    """A cleaned photo with its files."""
    return image_store(file=ContentFile(picture().read(), "a.jpg"), by=None, at=NOW)


def publish_with_photos(loop: Loop) -> Loop:
    """Take a matter with one photo to the echo wall, with one before and one after."""
    loop.triage().claim().resolve(photo=False).feed_back()
    before = PetitionPhoto.objects.get(petition_id=loop.pk)
    after = PetitionPhoto.objects.create(petition_id=loop.pk, image=stored(), kind="after", added_at=NOW)
    publishing.petition_publish(
        petition_id=loop.pk,
        actor=loop.desk,
        text=publishing.PublicText("楼道灯修好了", "楼道灯不亮", "已换声控灯", before, after),
        at=loop._next(),
    )
    return loop


@contextmanager
def statements() -> Iterator[list[str]]:
    """What was asked of the database, without the savepoints that only a test's transaction makes."""
    used: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield used
    used += [row["sql"] for row in captured if "SAVEPOINT" not in row["sql"]]


def filing(town: Town, **fields: Any) -> dict[str, Any]:
    """What somebody typed into the form; `fields` change it, and None leaves a field out."""
    typed = {
        "text": "三单元楼道灯坏了两周，晚上看不清。",
        "place": town.buildings[0].pk,
        "topic": "lamp",
        "name": "林阿姨",
        "phone": "139 1234 5678",
        "consent": "on",
        "key": str(uuid4()),
        **fields,
    }
    return {name: value for name, value in typed.items() if value is not None}


def send(client: Client, town: Town, **fields: Any) -> Any:
    """Send the form of this community."""
    return client.post(f"/{town.community.slug}/file/", filing(town, **fields))


def filed_now(town: Town, **fields: Any) -> PetitionReporter:
    """The first reporter of a matter that was filed at this very moment."""
    petition = file(town, at=timezone.now(), **fields)
    return PetitionReporter.objects.get(petition=petition)


def ticket_url(reporter: PetitionReporter, rest: str = "") -> str:
    return links.ticket_path(reporter) + rest
