"""How a person likes to see the portal."""

from __future__ import annotations

from core.models import User


def display_set(*, user: User, large_text: bool) -> None:
    """Remember 长辈版 on the account, for every device."""
    User.objects.filter(pk=user.pk).update(large_text=large_text)


def language_set(*, user: User, language: str) -> None:
    """Remember the language on the account, for the devices that it signs in on."""
    User.objects.filter(pk=user.pk).update(language=language)
