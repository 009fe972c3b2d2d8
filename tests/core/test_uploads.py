"""Photos: what comes in is cleaned or refused, what goes out stays a photo."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import zipfile
import zlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import RequestFactory
from PIL import Image, PngImagePlugin

from core import actions, uploads
from core.errors import NotFoundError, UploadRefusedError
from core.models import StoredImage, User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def picture(width: int = 400, height: int = 300, colour: str = "red", mode: str = "RGB") -> Image.Image:
    return Image.new(mode, (width, height), colour)


def store(content: bytes, at: datetime, name: str = "a.jpg", by: User | None = None) -> StoredImage:
    return uploads.image_store(file=SimpleUploadedFile(name, content), by=by, at=at)


def opened(stored: Any) -> Image.Image:
    with stored.open("rb") as file:
        return Image.open(io.BytesIO(file.read()))


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 99))
        + chunk(b"IEND", b"")
    )


class TestWhatIsKept:
    def test_photo_becomes_a_small_jpeg_with_thumbnail(self, at: datetime, user: User):
        image = store(encoded(picture(4000, 3000)), at, by=user)

        assert (image.width, image.height) == opened(image.file).size == (1920, 1440)
        assert opened(image.thumbnail).size == (480, 360)
        assert opened(image.file).format == opened(image.thumbnail).format == "JPEG"
        content = image.file.open("rb").read()
        assert (image.size_bytes, image.sha256) == (len(content), hashlib.sha256(content).hexdigest())
        assert (image.created_at, image.created_by) == (at, user)

    @pytest.mark.parametrize("size", [(4000, 3000), (3000, 4000), (6000, 1000), (1921, 1919), (300, 200)])
    @pytest.mark.parametrize("kind", ["JPEG", "PNG"])
    def test_whole_photo_is_kept(self, at: datetime, size: tuple[int, int], kind: str):
        width, height = size
        corners = picture(width, height, "red")
        corners.paste("lime", (width // 2, 0, width, height // 2))
        corners.paste("blue", (0, height // 2, width // 2, height))
        corners.paste("white", (width // 2, height // 2, width, height))

        image = store(encoded(corners, kind), at)

        for stored in (opened(image.file), opened(image.thumbnail)):
            assert abs(stored.width / stored.height - width / height) < 0.05
            for x, y, colour in ((0.1, 0.1, 0), (0.9, 0.1, 1), (0.1, 0.9, 2)):
                pixel = stored.getpixel((int(stored.width * x), int(stored.height * y)))
                assert pixel.index(max(pixel)) == colour
            assert min(stored.getpixel((stored.width - 2, stored.height - 2))) > 200

    def test_small_photo_is_not_blown_up(self, at: datetime):
        assert opened(store(encoded(picture(40, 30)), at).file).size == (40, 30)

    @pytest.mark.parametrize(
        ("kind", "mode"),
        [
            ("PNG", "RGB"),
            ("PNG", "P"),
            ("PNG", "LA"),
            ("PNG", "I;16"),
            ("PNG", "1"),
            ("WEBP", "RGB"),
            ("JPEG", "L"),
            ("JPEG", "CMYK"),
        ],
    )
    def test_other_kinds_become_jpeg(self, at: datetime, kind: str, mode: str):
        image = store(encoded(picture(mode=mode, colour=0), kind), at, name="a.txt")

        assert (opened(image.file).format, opened(image.file).mode) == ("JPEG", "RGB")

    def test_transparent_becomes_white(self, at: datetime):
        image = store(encoded(Image.new("RGBA", (50, 50), (0, 0, 0, 0)), "PNG"), at)

        assert opened(image.file).getpixel((25, 25)) == (255, 255, 255)

    def test_first_frame_of_an_animation_is_kept(self, at: datetime):
        frames = encoded(picture(60, 60), "WEBP", save_all=True, append_images=[picture(60, 60, "blue")])

        image = opened(store(frames, at).file)

        red, _green, blue = image.getpixel((30, 30))
        assert red > 200
        assert blue < 50
        assert getattr(image, "n_frames", 1) == 1

    def test_photo_is_turned_upright(self, at: datetime):
        exif = Image.Exif()
        exif[0x0112] = 6

        image = store(encoded(picture(400, 200), exif=exif), at)

        assert (image.width, image.height) == (200, 400)

    def test_metadata_is_gone(self, at: datetime):
        exif = Image.Exif()
        exif[0x010E] = "SECRET-PLACE"
        exif.get_ifd(0x8825)[2] = (35.0, 35.0, 35.0)
        jpeg = encoded(picture(), exif=exif, comment=b"SECRET-COMMENT", icc_profile=b"SECRET-PROFILE")
        text = PngImagePlugin.PngInfo()
        text.add_text("Author", "SECRET-AUTHOR")

        for content in (jpeg, encoded(picture(), "PNG", pnginfo=text)):
            image = store(content, at)

            for stored in (image.file, image.thumbnail):
                assert b"SECRET" not in stored.open("rb").read()
                assert not opened(stored).getexif()

    def test_bytes_hidden_behind_the_photo_are_gone(self, at: datetime):
        image = store(encoded(picture()) + b"<?php evil", at)

        assert b"evil" not in image.file.open("rb").read()

    def test_name_of_the_upload_is_not_used(self, at: datetime):
        image = store(encoded(picture()), at, name="../../张三家.php")

        assert image.file.name == f"images/2026/11/{image.pk}.jpg"


def zip_bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", b"\0" * 10_000_000)
    return buffer.getvalue()


HOSTILE = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "zip bomb": zip_bomb(),
    "200 megapixels": png_header(20_000, 10_000),
    "just over 50 megapixels": png_header(10_000, 5_001),
    "text": "这不是照片".encode(),
    "nothing": b"",
    "html": b"<html><script>alert(1)</script></html>",
    "gif": encoded(picture(), "GIF"),
    "tiff": encoded(picture(), "TIFF"),
    "pdf": b"%PDF-1.7",
    "cut jpeg": encoded(picture(800, 800))[:3000],
    "cut png": encoded(picture(), "PNG")[:60],
    "jpeg in name": b"\xff\xd8\xff" + b"\0" * 1000,
    "riff": b"RIFF\0\0\0\0WEBPVP8 " + b"\0" * 100,
    "png text bomb": encoded(picture(), "PNG")[:33] + struct.pack(">I", 0) + b"zTXt" + struct.pack(">I", 0),
}


class TestWhatIsRefused:
    @pytest.mark.parametrize("kind", HOSTILE)
    def test_hostile_file_is_refused_and_leaves_nothing(self, at: datetime, media: Path, kind: str):
        with pytest.raises(UploadRefusedError) as refusal:
            store(HOSTILE[kind], at, name="photo.jpg")

        assert refusal.value.status == 422
        assert not StoredImage.objects.exists()
        assert not [path for path in media.rglob("*") if path.is_file()]

    @pytest.mark.parametrize("brand", [b"heic", b"mif1", b"avif"])
    def test_heic_is_refused_with_what_to_do(self, at: datetime, brand: bytes):
        with pytest.raises(UploadRefusedError, match="兼容性最佳"):
            store(b"\0\0\0\x18ftyp" + brand + b"\0" * 100, at)

    def test_too_many_bytes_are_refused(self, at: datetime):
        with pytest.raises(UploadRefusedError, match="15 MB"):
            store(encoded(picture()) + b"\0" * uploads.MAX_BYTES, at)

    def test_bomb_is_refused_before_it_is_decoded(self, at: datetime, monkeypatch: pytest.MonkeyPatch):
        decoded = []
        monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", decoded.append)

        with pytest.raises(UploadRefusedError, match="像素"):
            store(HOSTILE["just over 50 megapixels"], at)

        assert not decoded


class TestServing:
    def test_photo_is_served_inert(self, at: datetime):
        image = store(encoded(picture()), at)

        response = uploads.image_response(image)

        body = b"".join(response.streaming_content)
        assert body == image.file.open("rb").read()
        assert response["Content-Type"] == "image/jpeg"
        assert response["Content-Length"] == str(len(body))
        assert response["Content-Disposition"].startswith("inline")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert response["Cache-Control"].startswith("private")

    def test_browser_that_has_it_gets_304(self, at: datetime):
        image = store(encoded(picture()), at)
        etag = uploads.image_response(image, thumbnail=True)["ETag"]
        request = RequestFactory().get("/", headers={"If-None-Match": etag})

        same = uploads.image_response(image, thumbnail=True, request=request)
        other = uploads.image_response(image, request=request)

        assert (same.status_code, other.status_code) == (304, 200)

    def test_lost_file_is_not_found(self, at: datetime):
        image = store(encoded(picture()), at)
        default_storage.delete(image.file.name)

        with pytest.raises(NotFoundError):
            uploads.image_response(image)


class TestOrphans:
    def test_old_file_without_row_is_swept_and_others_stay(self, at: datetime, media: Path):
        kept = store(encoded(picture()), at)
        with transaction.atomic():
            orphan = store(encoded(picture()), at)
            transaction.set_rollback(True)
        with transaction.atomic():
            young = store(encoded(picture()), at)
            transaction.set_rollback(True)
        for image, age in ((kept, 30), (orphan, 30), (young, 1)):
            then = (at - timedelta(hours=age)).timestamp()
            os.utime(media / image.file.name, (then, then))
            os.utime(media / image.thumbnail.name, (then, then))

        deleted = actions.image_orphans_delete(at=at)

        assert deleted == 2
        assert (media / kept.file.name).exists()
        assert (media / young.file.name).exists()
        assert not (media / orphan.file.name).exists()
        assert not (media / orphan.thumbnail.name).exists()

    def test_sweep_of_an_empty_house_does_nothing(self, at: datetime):
        assert actions.image_orphans_delete(at=at) == 0


def test_failure_of_the_database_leaves_no_row_without_file(at: datetime, media: Path):
    with transaction.atomic():
        store(encoded(picture()), at)
        transaction.set_rollback(True)

    assert not StoredImage.objects.exists()
    assert len([path for path in media.rglob("*.jpg")]) == 2
