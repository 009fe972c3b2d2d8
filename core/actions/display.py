"""How a person likes to see the portal."""

from __future__ import annotations

from core.models import User


def display_set(*, user: User, large_text: bool) -> None:
    """Remember 长辈版 on the account, for every device."""
    User.objects.filter(pk=user.pk).update(large_text=large_text)
