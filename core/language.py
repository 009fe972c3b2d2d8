"""Two languages: what is kept is in the community's own, what is shown is in the one that its reader chose.

Whoever presses a button is seldom the one who reads what comes of it: a text message, a line of history, a
reason on the record. Actions therefore take `gettext` from here, and notices speak `in_house`. The words are
those of the source, which is the community's language, whatever the page was shown in; and should they end in
a refusal, `told` says the same to the reader in theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.functional import Promise

P = ParamSpec("P")
R = TypeVar("R")

LANGUAGE_COOKIE: Final = "language"
FOR_PROGRAMS: Final = ("/api/v1/", "/api/schema/")


class Kept(str):
    """Words in the community's language that know how they were made, so that they can be told in another."""

    __slots__ = ("source", "values")

    source: str
    values: Any

    def __new__(cls, words: str, source: str = "", values: Any = None) -> Kept:
        kept = super().__new__(cls, words)
        kept.source, kept.values = source or words, values
        return kept

    def __mod__(self, values: Any) -> Kept:
        return Kept(str(self) % _each(values, _in_house), self.source, values)

    def __str__(self) -> str:
        return str.__str__(self)

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, (str(self),)


def gettext(words: str) -> str:
    """Mark words for the catalogue, and keep them as they are."""
    return Kept(words)


def told(message: str | Promise) -> str:
    """The same words in the language of the page."""
    if not isinstance(message, Kept):
        return str(message)
    words = translation.gettext(message.source)
    return words if message.values is None else words % _each(message.values, _told)


def again(words: str) -> str:
    """Kept words in the language of the page, also when they come back from where they were kept: then those
    that the catalogue knows whole; of others only the community's are left."""
    return told(words if isinstance(words, Kept) or not words else Kept(words))


def cut(words: str, longest: int) -> str:
    """Words as long as a column is wide; those that fit still know how they were made."""
    return words if len(words) <= longest else words[:longest]


def in_house(function: Callable[P, R]) -> Callable[P, R]:
    """A function that speaks the community's language, whoever calls it."""

    @wraps(function)
    def speaks(*args: P.args, **kwargs: P.kwargs) -> R:
        with translation.override(settings.LANGUAGE_CODE):
            return function(*args, **kwargs)

    return speaks


def chosen(request: HttpRequest) -> str:
    """The language of a page, as chosen on this device; else, and for programs, the community's.

    What the browser prefers is not asked: most that prefer English here belong to people who read Chinese.
    """
    wanted = request.COOKIES.get(LANGUAGE_COOKIE)
    if wanted not in dict(settings.LANGUAGES) or request.path.startswith(FOR_PROGRAMS):
        return settings.LANGUAGE_CODE
    return wanted


@in_house
def kept(label: str | Promise) -> str:
    """A label as it goes on the record."""
    return str(label)


def _in_house(value: Any) -> Any:
    return kept(value) if isinstance(value, Promise) else value


def _told(value: Any) -> Any:
    return told(value) if isinstance(value, Kept) else value


def _each(values: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(values, Mapping):
        return {name: change(value) for name, value in values.items()}
    if isinstance(values, tuple):
        return tuple(change(value) for value in values)
    return change(values)
