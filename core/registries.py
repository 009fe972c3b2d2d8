"""What upper apps contribute to lower ones, registered from `AppConfig.ready`.

A contribution costs at most one statement. The lower app never learns who contributed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.http import HttpRequest
from django.utils.functional import Promise

T = TypeVar("T")


class Registry(Generic[T]):
    """Contributions in the order of their numbers, then of their names. A name registers once."""

    def __init__(self) -> None:
        self._items: dict[str, tuple[int, T]] = {}

    def register(self, name: str, item: T, *, order: int = 100) -> None:
        """Add, or replace, the contribution called `name`, e.g. `petitions.echo_wall`."""
        self._items[name] = (order, item)

    def __iter__(self) -> Iterator[T]:
        yield from (self._items[name][1] for name in self._names())

    def _names(self) -> list[str]:
        return sorted(self._items, key=lambda name: (self._items[name][0], name))

    def items(self) -> Iterator[tuple[str, T]]:
        """Names and contributions, in the same order."""
        yield from ((name, self._items[name][1]) for name in self._names())

    def __len__(self) -> int:
        return len(self._items)

    def get(self, name: str) -> T | None:
        entry = self._items.get(name)
        return entry[1] if entry else None


@dataclass(frozen=True)
class Tile:
    """One tile of the home page or of a worker's today page."""

    title: str | Promise
    url: str
    text: str | Promise = ""
    count: int | None = None
    icon: str = ""
    code: str = ""


@dataclass(frozen=True)
class Panel:
    """One panel of the staff desk: a template, and what it shows."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Recipient:
    """Somebody a message is about to reach: an account, a phone, or both."""

    user_id: int | None
    phone: str
    kind: str


@dataclass(frozen=True)
class MessagePolicy:
    """What becomes of messages of one kind that are addressed to an account."""

    label: str | Promise
    sms: bool = True


@dataclass(frozen=True)
class Retention:
    """How long one kind of data is kept, as the page on personal data says it, and what ends it.

    `kept` gets the community whose page it is. `sweep` throws away at most a batch of what is too old at a
    moment, in a transaction of its own, and says how much it was; the job calls it until it says 0. Two at
    once never take the same row.
    """

    what: str | Promise
    why: str | Promise
    kept: Callable[[Any], str]
    sweep: Callable[[datetime], int]


TileSource = Callable[[HttpRequest], "Tile | None"]
PanelSource = Callable[[HttpRequest], "Panel | None"]
# Who may no longer be written to, and why (a sentence for staff). One statement for all of them.
DeliveryCheck = Callable[[Sequence[Recipient]], Mapping[Recipient, str]]
# Told in the transaction that changed the working-day table.
CalendarListener = Callable[[Sequence[date], datetime], None]

home_tiles: Registry[TileSource] = Registry()
today_tiles: Registry[TileSource] = Registry()
desk_panels: Registry[PanelSource] = Registry()
delivery_checks: Registry[DeliveryCheck] = Registry()
calendar_changed: Registry[CalendarListener] = Registry()
message_policies: Registry[MessagePolicy] = Registry()
retentions: Registry[Retention] = Registry()
