"""Drawn pictures on disk. Every photo of the county has files of its own: further names of the drawn ones."""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from random import Random
from typing import Any, Final
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from core import uploads
from core.models import StoredImage
from petitions.demo.scenes import SCENES, picture
from petitions.demo.texts import cases

FOLDERS: Final = ("images/county", "thumbs/county")
"""Nothing else lies there; the nightly look for files without a row does not go there."""


class Source:
    """One file on disk that many names lead to. Whoever deletes one of them leaves the others."""

    def __init__(self, name: str, folder: str) -> None:
        self.drawing = self.path = f"{default_storage.path(folder)}/{name.rpartition('/')[2]}"
        os.makedirs(default_storage.path(folder), exist_ok=True)
        os.replace(default_storage.path(name), self.path)

    def put(self, path: str) -> None:
        """One more name; where the disk knows no links, or no more of this file, a copy to go on with."""
        try:
            os.link(self.path, path)
        except OSError:
            shutil.copyfile(self.path, path)
            self.path = path


class Picture:
    """A drawn picture with its thumbnail, and what the rows of its photos say of it."""

    def __init__(self, image: StoredImage) -> None:
        names = (str(image.file.name), str(image.thumbnail.name))
        self.sources = [Source(name, folder) for name, folder in zip(names, FOLDERS, strict=True)]
        self.sha256 = image.sha256
        self.size = (image.width, image.height, image.size_bytes)


class Album:
    """Each scene before and after, drawn once, and a photo of it for whoever asks."""

    def __init__(self, at: datetime, variants: int) -> None:
        album_clear()
        self.root = default_storage.path("")
        self.made: set[str] = set()
        self.drawn: dict[tuple[str, bool], list[Picture]] = {}
        for scene in sorted({case.picture for case in cases()} & SCENES.keys()):
            for after in (False, True):
                self.drawn[scene, after] = [
                    _drawn(scene, at, after=after, variant=variant) for variant in range(variants)
                ]

    def photo(self, scene: str, *, after: bool, at: datetime, random: Random) -> tuple[Any, ...]:
        """A row of `rows.IMAGE`, and its two files."""
        drawn = random.choice(self.drawn[scene, after])
        key, month = UUID(int=random.getrandbits(128), version=4), at.strftime("%Y/%m")
        names = [f"{folder}/{month}/{key}.jpg" for folder in FOLDERS]
        for source, name in zip(drawn.sources, names, strict=True):
            source.put(self._room(name))
        return (key, *names, drawn.sha256, at, *drawn.size)

    def close(self) -> None:
        """All photos are there: the names of the drawings go, which no row knows."""
        for pictures in self.drawn.values():
            for source in (source for one in pictures for source in one.sources):
                os.unlink(source.drawing)

    def _room(self, name: str) -> str:
        path = f"{self.root}/{name}"
        folder = path.rpartition("/")[0]
        if folder not in self.made:
            os.makedirs(folder, exist_ok=True)
            self.made.add(folder)
        return path


def album_clear() -> None:
    """Remove what a county that was not finished has left on the disk."""
    for folder in FOLDERS:
        shutil.rmtree(default_storage.path(folder), ignore_errors=True)


def _drawn(scene: str, at: datetime, *, after: bool, variant: int) -> Picture:
    """Through the same door as a resident's photo; its row goes, for nobody has taken it."""
    content = ContentFile(picture(scene, after=after, variant=variant), name="scene.jpg")
    stored = uploads.image_store(file=content, by=None, at=at)
    StoredImage.objects.filter(pk=stored.pk).delete()
    return Picture(stored)
