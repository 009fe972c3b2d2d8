"""Photos in and out: sniffed, bounded, re-encoded without metadata, and served so that they stay photos."""

from __future__ import annotations

import hashlib
import io
import threading
import uuid
from datetime import datetime
from typing import IO, Any, Final

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from core.errors import NotFoundError, UploadRefusedError
from core.models import StoredImage, User

MAX_BYTES: Final = 15 * 1024 * 1024
MAX_PIXELS: Final = 50_000_000
PHOTO_SIDE: Final = 1920
THUMBNAIL_SIDE: Final = 480
FORMATS: Final = ("JPEG", "PNG", "WEBP")
HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif"})
WHITE: Final = (255, 255, 255)
# A 50-megapixel PNG needs 200 MB while it is decoded: no more than two at a time in one process.
DECODING: Final = threading.BoundedSemaphore(2)


def image_store(*, file: File[Any], by: User | None, at: datetime) -> StoredImage:
    """Keep a cleaned copy of a photo: upright JPEG of at most 1920 pixels a side, and a thumbnail.

    The files are written before the row: a crash leaves at worst a file without a row, which
    `orphans_sweep` removes, never a row without a file.

    Raises:
        UploadRefusedError: too large, not JPEG/PNG/WebP by its content, or not decodable.
    """
    if (file.size or 0) > MAX_BYTES:
        raise UploadRefusedError(_("照片不能超过 %(mb)d MB。") % {"mb": MAX_BYTES // 1024**2})
    _sniff(file)
    photo = _decode(file)
    small = photo.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    content = _encode(photo, quality=82)
    key = uuid.uuid4()
    folder = timezone.localtime(at).strftime("%Y/%m")
    return StoredImage.objects.create(
        id=key,
        file=default_storage.save(f"images/{folder}/{key}.jpg", ContentFile(content)),
        thumbnail=default_storage.save(f"thumbs/{folder}/{key}.jpg", ContentFile(_encode(small, quality=78))),
        width=photo.width,
        height=photo.height,
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        created_at=at,
        created_by=by,
    )


def image_response(
    image: StoredImage, *, thumbnail: bool = False, request: HttpRequest | None = None
) -> HttpResponseBase:
    """The photo, inline and inert; with a request, 304 when the browser has it. Check access before.

    Raises:
        NotFoundError: the file is gone from the disk.
    """
    etag = f'"{image.sha256[:32]}{"-s" if thumbnail else ""}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag) if request else None
    if response is None:
        stored = image.thumbnail if thumbnail else image.file
        try:
            response = FileResponse(stored.open("rb"), content_type="image/jpeg", filename=f"{image.pk}.jpg")
        except FileNotFoundError as missing:
            raise NotFoundError(_("这张照片已不在服务器上。")) from missing
    response["ETag"] = etag
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, max-age=3600"
    return response


def _sniff(file: IO[bytes] | File[Any]) -> None:
    """Refuse by the first bytes what no decoder should ever see."""
    file.seek(0)
    head = file.read(16)
    file.seek(0)
    if head[4:8] == b"ftyp" and head[8:12] in HEIC_BRANDS:
        raise UploadRefusedError(
            _("暂不支持 HEIC 照片。请在手机相机设置中选择“兼容性最佳”（JPEG），或截图后上传。")
        )
    is_webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    if not (is_webp or head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))):
        raise UploadRefusedError(_("这不是可用的照片，请上传 JPG、PNG 或 WebP 图片。"))


def _decode(file: File[Any]) -> Image.Image:
    """The first frame, upright, RGB, within the size limit, decoded once and without any metadata."""
    try:
        with DECODING, Image.open(file, formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise UploadRefusedError(_("照片像素过大，请缩小后上传。"))
            scale = min(1.0, PHOTO_SIDE / max(image.size))
            image.draft("RGB", (round(image.width * scale), round(image.height * scale)))
            image.thumbnail((PHOTO_SIDE, PHOTO_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
            return _flattened(ImageOps.exif_transpose(image))
    except UploadRefusedError:
        raise
    except Image.DecompressionBombError as bomb:
        raise UploadRefusedError(_("照片像素过大，请缩小后上传。")) from bomb
    except Exception as failure:
        raise UploadRefusedError(_("照片已损坏，无法读取，请重新拍摄或换一张。")) from failure


def _flattened(image: Image.Image) -> Image.Image:
    """On white where it is transparent; a new image, so that nothing but pixels is carried over."""
    clean = Image.new("RGB", image.size, WHITE)
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        clean.paste(layer, mask=layer.getchannel("A"))
    else:
        clean.paste(image.convert("RGB"))
    return clean


def _encode(image: Image.Image, *, quality: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality, optimize=False)
    return buffer.getvalue()
