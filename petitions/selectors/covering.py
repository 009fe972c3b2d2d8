"""What stands for somebody's posts in a statement that is written into SQL once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from community.duties import Duty
from community.permissions import HeldPost
from core.prepared import below_of


def kinds_of(posts: Iterable[HeldPost]) -> tuple[str, ...]:
    """By which one statement differs from another."""
    return tuple(str(post.place_kind) for post in posts)


def sample_posts(kinds: Sequence[str]) -> list[HeldPost]:
    """Posts that nobody holds, at places of these kinds that there are not."""
    return [
        HeldPost(0, Duty.SECRETARY, -number, f"/-{number}/", kind, "", is_deputy=False)
        for number, kind in enumerate(kinds, 1)
    ]


def covering(posts: Iterable[HeldPost]) -> dict[str, Any]:
    """What stands for each post in the statement: the key of its place, how its paths begin, or both."""
    found: dict[str, Any] = {}
    for number, post in enumerate(posts):
        if post.place_kind in {"community", "grid"}:
            found[f"place_{number}"] = post.place_id
        if post.place_kind != "community":
            found[f"below_{number}"] = below_of(post.place_path)
    return found
