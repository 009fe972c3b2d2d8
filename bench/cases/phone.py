"""What a phone brings that was entered without signal, one entry a request."""

from __future__ import annotations

from uuid import uuid4

from django.utils import timezone

from bench.client import Answer, Client

SYNC = "/work/entries/"


def brought(client: Client, kind: str, **fields: str) -> Answer:
    """An entry of this kind, captured and sent now."""
    now = timezone.now().isoformat()
    about = {"id": str(uuid4()), "kind": kind, "captured_at": now, "sent_at": now}
    return client.post_form(SYNC, {**{f"entry.{name}": value for name, value in about.items()}, **fields})
