"""What can be imported from Excel: the columns of each kind, and how its rows are written.

A kind knows nothing of files, jobs and pages. Upper apps register theirs with `import_kinds`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from community.duties import Power
from community.models import Community
from core import constraints
from core.errors import DomainError, InvalidInputError
from core.models import User
from core.phones import is_mobile, phone_of
from core.registries import Registry

Texts = Mapping[str, str]
YES_NO: Final = {"": False, "否": False, "是": True}


@dataclass(frozen=True, slots=True)
class Column:
    """A column by the head that people read. `parse` turns text into a value or refuses it in a sentence.
    Sheets from before there was a `later` one lack it, and are read as if it were empty."""

    field: str
    title: str
    longest: int = 80
    needed: bool = False
    later: bool = False
    choices: tuple[str, ...] = ()
    parse: Callable[[str], Any] | None = None


@dataclass(frozen=True, slots=True)
class Writer:
    """For whom rows are written, where and when."""

    community: Community
    actor: User
    at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a row: something was added, or all of it was there, or a sentence says why not.

    A `note` holds nothing up: a person should read it before they say yes.
    """

    added: bool = False
    problem: str = ""
    column: str = ""
    note: str = ""


Row = Mapping[str, Any]
Problem = tuple[str, str]


@dataclass(frozen=True)
class ImportKind:
    """`write` adds a batch of rows in the caller's transaction and may refuse single ones. `gaps` names what
    is wrong between the cells of one row. Two rows with the same `key` are the same thing twice. `judge` says
    what `write` would, by the same rules, for a kind whose rows cost too much to be written twice."""

    code: str
    label: str | Promise
    power: Power
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    write: Callable[[Writer, Sequence[Row]], list[Outcome]]
    notes: tuple[str | Promise, ...] = ()
    example: tuple[str, ...] = ()
    gaps: Callable[[Texts], list[Problem]] = field(default=lambda _texts: [])
    judge: Callable[[Writer, Sequence[Row]], list[Outcome]] | None = None


import_kinds: Final[Registry[ImportKind]] = Registry()


def one_by_one(write_row: Callable[[Writer, Row], bool]) -> Callable[[Writer, Sequence[Row]], list[Outcome]]:
    """A `write` for kinds whose rows go through an action each; `write_row` says whether it added one."""

    def write(writer: Writer, rows: Sequence[Row]) -> list[Outcome]:
        return [attempted(lambda row=row: write_row(writer, row)) for row in rows]  # type: ignore[misc]

    return write


def attempted(work: Callable[[], bool]) -> Outcome:
    """Do it, or nothing of it and the sentence that says why."""
    try:
        with transaction.atomic():
            return Outcome(added=work())
    except DomainError as refusal:
        return Outcome(problem=str(refusal.message))
    except IntegrityError as failure:
        known = constraints.explain(failure)
        if known is None:
            raise
        return Outcome(problem=str(known.message))


def day_of(text: str) -> date | None:
    """2026-01-31, also with points, strokes or 年月日.

    Raises:
        InvalidInputError: not a day.
    """
    if not text:
        return None
    plain = text.split(" ", maxsplit=1)[0].translate(str.maketrans("年月/.", "----")).rstrip("日")
    try:
        return date(*(int(part) for part in plain.split("-")))
    except (ValueError, TypeError) as problem:
        raise InvalidInputError(_("请填写日期，如 2026-01-31。")) from problem


def number_of(text: str) -> int | None:
    """A place in a row, from 1 to 999, or nothing.

    Raises:
        InvalidInputError: not such a number.
    """
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 999):
        raise InvalidInputError(_("请填写 1 到 999 的整数。"))
    return int(text)


def mobile_of(text: str) -> str:
    """Eleven digits, or nothing.

    Raises:
        InvalidInputError: not a mobile number.
    """
    refusal = InvalidInputError(_("请填写 11 位手机号。"))
    if not text:
        return ""
    try:
        phone = phone_of(text)
    except InvalidInputError as problem:
        raise refusal from problem
    if not is_mobile(phone):
        raise refusal
    return phone
