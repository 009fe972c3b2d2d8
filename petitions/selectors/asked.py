"""What somebody typed into a search box, read once: a number, a phone, the tail of a number, or words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LONGEST: Final = 40
LETTERS: Final = 2
WORDS_MAX: Final = 6
TYPED_MAX: Final = 100
"""As much of an address as is put back into the box."""
TOO_SHORT: Final = gettext_lazy("请至少写两个连着的字，例如“漏水”。")
_BETWEEN: Final = re.compile(
    r"[\u0001-\u002f\u003a-\u0060\u007b-\u00bf\u00d7\u00f7\u2000-\u2bff\u2e00-\u2e7f\u3000-\u3004"
    r"\u3008-\u3020\u3030\ufe00-\ufe6f\ufff0-\uffff\U0001f000-\U0001faff]+"
)
"""What parts words: the same characters as in the database's `petitions_plain`."""
_CAPITALS: Final = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_NUMBER: Final = re.compile(r"(H?20\d{6})-?|(H?20\d{6}-\d{1,12})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asked:
    """At most one of number, phone and words is there; `refusal` says in a sentence why nothing is.

    What looks like a number or a phone may be the number of an old register, which looks as it likes.
    """

    number: str = ""
    phone: str = ""
    words: tuple[str, ...] = ()
    tail: str = ""
    refusal: str | Promise = ""
    old_number: str = field(default="", compare=False)

    @property
    def by_words(self) -> bool:
        return bool(self.words or self.tail)


NOTHING: Final = Asked()


def pairs_of(word: str) -> list[str]:
    """Every two neighbouring characters: what the index knows."""
    return sorted({a + b for a, b in pairwise(word)})


def plain(text: str) -> str:
    """Runs of letters and digits parted by single spaces; full width is plain, capitals are small."""
    text = unicodedata.normalize("NFKC", text.replace("\x00", " ")).translate(_CAPITALS)
    return _BETWEEN.sub(" ", text).strip(" ")


def asked(typed: str, *, numbers: bool = True) -> Asked:
    """Read what was typed; nothing typed is `NOTHING`. Without `numbers`, digits are words like others."""
    typed = typed.encode(errors="ignore").decode().strip()
    if len(typed) > LONGEST:
        return Asked(refusal=_("一次最多写 %d 个字，请只写最要紧的几个词。") % LONGEST)
    words = [word for word in plain(typed).split(" ") if word]
    if not words:
        return Asked(refusal=TOO_SHORT) if typed else NOTHING
    return (_digits(typed) if numbers else None) or _words(words)


def _digits(typed: str) -> Asked | None:
    """A number, whole or as it begins or ends; else a phone; None for anything but digits."""
    compact = "".join(unicodedata.normalize("NFKC", typed).split())
    number = _NUMBER.fullmatch(compact)
    if number:
        return Asked(number=compact.upper(), old_number=compact)
    digits = compact.removeprefix("+86").replace("-", "")
    if not (digits.isascii() and digits.isdigit()):
        return None
    if len(digits) >= 7:
        return Asked(phone=digits, old_number=compact)
    return Asked(words=(digits,) if len(digits) >= LETTERS else (), tail=f"{digits:0>4}")


def _words(words: list[str]) -> Asked:
    if len(words) > WORDS_MAX:
        return Asked(refusal=_("一次最多 %d 个词，请只写最要紧的几个词。") % WORDS_MAX)
    if all(len(word) < LETTERS for word in words):
        return Asked(refusal=TOO_SHORT)
    return Asked(words=tuple(dict.fromkeys(words)))
