"""Where the words of a search stand in a text, and the text with them marked, safe to show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from django.utils.safestring import SafeString, mark_safe

from petitions.models import Petition
from petitions.selectors.asked import Asked, plain
from petitions.selectors.progress import headline

AROUND: Final = 16


def marked(text: str, what: Asked | None) -> SafeString:
    """The text, escaped, with each of the words in a `<mark>`."""
    shown, last = "", 0
    for start, end in _spans(text, what.words if what else ()):
        shown += f"{escape(text[last:start])}<mark>{escape(text[start:end])}</mark>"
        last = end
    return mark_safe(shown + escape(text[last:]))  # each part is escaped above


def excerpt(petition: Petition, what: Asked | None) -> str:
    """A piece of the words, outcome or spot around the first hit that the headline does not show."""
    words = what.words if what else ()
    if not words or _spans(headline(petition), words):
        return ""
    for text in (petition.text, petition.outcome, petition.spot):
        found = _spans(text, words)
        if found:
            start, end = max(0, found[0][0] - AROUND), found[0][1] + AROUND
            middle = " ".join(text[start:end].split())
            return f"{'…' if start else ''}{middle}{'…' if end < len(text) else ''}"
    return ""


def _spans(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Where the words stand in the text, in its order and without overlaps."""
    if not words:
        return []
    letters = [(letter, at) for at, char in enumerate(text) for letter in plain(char) or " "]
    line = "".join(letter for letter, _at in letters)
    hits = sorted((start, start + len(word)) for word in words for start in _all(line, word))
    spans: list[tuple[int, int]] = []
    for start, end in hits:
        first, last = letters[start][1], letters[end - 1][1] + 1
        if not spans or first >= spans[-1][1]:
            spans.append((first, last))
    return spans


def _all(line: str, word: str) -> Iterable[int]:
    start = line.find(word)
    while start >= 0:
        yield start
        start = line.find(word, start + len(word))
