"""The desk's pages of places, people, posts, accounts and brands."""

from community.admin import (
    access,
    account,
    ground,
    guide,
    list_export,
    place,
    post,
    profile,
    roll,
    sheet_import,
)

__all__ = [
    "access",
    "account",
    "ground",
    "guide",
    "list_export",
    "place",
    "post",
    "profile",
    "roll",
    "sheet_import",
]
