"""An account by what its owner is known by."""

from __future__ import annotations

from django.db.models import Q

from core.models import User


def account_named(known: str) -> User | None:
    """Who signs in under this user name, has proved this number, or is of the staff with it."""
    proved = Q(phone=known, phone_verified=True) | Q(username=known) | Q(phone=known, is_staff=True)
    return User.objects.filter(proved, is_active=True).first()
