"""What upper apps contribute to lower ones, registered from `AppConfig.ready`.

A contribution costs at most one statement. The lower app never learns who contributed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise

if TYPE_CHECKING:
    from core.models import User
    from core.outbox import Message

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


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for tiles, and when."""

    user: User
    at: datetime


@dataclass(frozen=True)
class AskingTile:
    """A tile that needs rows: `ask` gives a small queryset of `values`, limited, or None where there is
    nothing to ask; `tell` makes the tile of its rows. All that ask share one statement (`core.tiles`).

    What is asked follows from the account's key, its posts and the moment alone: it is asked once for
    everybody with posts of the same kinds. A moment in it lies a fixed span from the one asked at.
    """

    ask: Callable[[Asking], QuerySet[Any, Any] | None]
    tell: Callable[[Sequence[Mapping[str, Any]]], Tile | None]


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


@dataclass(frozen=True)
class DataSubject:
    """The person whose data are meant: an account with the number that is proved to be theirs, or one row
    that a code and a number opened, as `model:key`."""

    user_id: int | None = None
    phone: str = ""
    row: str = ""


@dataclass(frozen=True)
class PersonalSource:
    """One kind of data about a person: what it is and why it is held, and how it is read and erased.

    `read` gives rows with the keys of `heads`, newest first, in one statement; `files` what lies on the disk
    under which name, in one more. `erase` erases what may be, in the caller's transaction, and says in a
    sentence each what has to wait. A source without `erase` holds what is kept by rule, and says so in `why`.
    """

    title: str | Promise
    why: str | Promise
    heads: Mapping[str, str | Promise]
    read: Callable[[DataSubject], Sequence[Mapping[str, Any]]]
    files: Callable[[DataSubject], Sequence[tuple[str, str]]] | None = None
    erase: Callable[[DataSubject, datetime], Sequence[str]] | None = None


TileSource = Callable[[HttpRequest], "Tile | None"]
PanelSource = Callable[[HttpRequest], "Panel | None"]
# Who may no longer be written to, and why (a sentence for staff). One statement for all of them.
DeliveryCheck = Callable[[Sequence[Recipient]], Mapping[Recipient, str]]
# Messages as they are to be queued: one whose address its reader may not open leads elsewhere. One statement.
MessageCheck = Callable[[Sequence["Message"]], "Sequence[Message]"]
# The name and the address at the desk of each of these keys; what is not known is left out. One statement.
SubjectNames = Callable[[Sequence[str]], Mapping[str, tuple[str, str]]]
# The pages of services that grew from people's words: {service id: address}, of those that are one's own.
ServicePages = Callable[[Sequence[int]], Mapping[int, str]]
# Told in the transaction that changed the working-day table.
CalendarListener = Callable[[Sequence[date], datetime], None]

# Kept figures for /metrics, by name; at most one statement.
GaugeSource = Callable[[], dict[str, float]]

home_tiles: Registry[TileSource] = Registry()
today_tiles: Registry[TileSource | AskingTile] = Registry()
desk_panels: Registry[PanelSource] = Registry()
delivery_checks: Registry[DeliveryCheck] = Registry()
message_checks: Registry[MessageCheck] = Registry()
service_pages: Registry[ServicePages] = Registry()
calendar_changed: Registry[CalendarListener] = Registry()
message_policies: Registry[MessagePolicy] = Registry()
retentions: Registry[Retention] = Registry()
access_kinds: Registry[str | Promise] = Registry()
"""What a line for the person in charge is about: event of the trail → words."""
subject_names: Registry[SubjectNames] = Registry()
"""How things on the trail are called: `app.model` → names of these keys, in one statement."""
personal_sources: Registry[PersonalSource] = Registry()
account_places: Registry[Callable[[User], str]] = Registry()
"""Where an account belongs: the path of a door or a post, empty where the contribution knows none."""
gauges: Registry[GaugeSource] = Registry()


def inbox_only(kinds: Mapping[str, str | Promise], before: str = "") -> None:
    """Messages of these kinds reach the inbox alone, never as a text. Called from an app's `ready`."""
    for kind, label in kinds.items():
        message_policies.register(f"{before}{kind}", MessagePolicy(label, sms=False))
