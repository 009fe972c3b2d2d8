"""The floors as calls over one persistent connection."""

from __future__ import annotations

import io
from collections.abc import Mapping
from random import Random

from PIL import Image

from bench.client import Client
from bench.floor.models import TABLE
from bench.measure import Call

HELLO, INSERT, FIVE, READ, LIST, CREATE, ENCODE, THOUSAND = (
    *("hello", "one insert", "five inserts", "read + template", "DRF list of 20", "DRF create"),
    *("one Pillow re-encode", "a thousand inserts"),
)
NEW = {
    "title": "楼道灯不亮",
    "text": "三单元楼道灯坏了两周。",
    "state": "open",
    "created_at": "2026-11-22T10:00:00Z",
}


def prepare(cursor: object, count: int) -> None:
    """The floor's table, as long as the petitions'."""
    cursor.execute(TABLE, {"count": count})  # type: ignore[attr-defined]


def floors(port: int, count: int) -> Mapping[str, Call]:
    """Every floor by name."""
    client, random, photo = Client(port), Random(1), picture()
    return {
        HELLO: lambda: client.get("/hello/"),
        INSERT: lambda: client.request("POST", "/insert/"),
        FIVE: lambda: client.request("POST", "/five/"),
        READ: lambda: client.get(f"/read/{random.randint(1, count)}/"),
        LIST: lambda: client.get("/items/"),
        CREATE: lambda: client.post_json("/items/", NEW),
        ENCODE: lambda: client.post_form("/encode/", {}, {"photo": photo}),
    }


def picture(width: int = 4000, height: int = 3000) -> bytes:
    """A photo as a phone takes it: twelve megapixels with something in every corner."""
    small = Image.effect_noise((width // 40, height // 40), 60).convert("RGB")
    out = io.BytesIO()
    small.resize((width, height), Image.Resampling.BICUBIC).save(out, "JPEG", quality=90)
    return out.getvalue()
