"""The words of the demo, read from `cases.toml` and `extras.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from community.workflow import Category, Route

FOLDER: Final = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    """One kind of matter: how people put it, and how it is dealt with."""

    topic: str
    title: str
    grade: tuple[int, int, int]
    say: tuple[str, ...]
    progress: str
    outcome: str
    question: str
    answer: str
    ask: str = ""
    reply: str = ""
    hold: str = ""
    minutes: str = ""
    parties: tuple[str, ...] = field(default_factory=tuple)
    private: bool = False
    days: int = 0
    category: str = Category.ESTATE_INTERNAL
    scene: str = ""

    @property
    def picture(self) -> str:
        """The name of the drawn place."""
        return self.scene or self.topic

    @property
    def route(self) -> Route:
        """Who decides: several bodies, a sitting, or the neighbours themselves."""
        if self.parties:
            return Route.JOINT_ACTION
        return Route.JOINT_MEETING if self.minutes else Route.SELF_HELP


@dataclass(frozen=True)
class Aside:
    """A matter that leaves the loop early."""

    kind: str
    topic: str
    say: str
    reason: str
    to: str = ""


@cache
def cases() -> tuple[Case, ...]:
    rows = _read("cases.toml")["case"]
    return tuple(Case(**_frozen(row)) for row in rows)


@cache
def asides() -> tuple[Aside, ...]:
    return tuple(Aside(**row) for row in _read("extras.toml")["aside"])


@cache
def phrases(kind: str) -> tuple[str, ...]:
    return tuple(_read("extras.toml")[kind])


def _frozen(row: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))
