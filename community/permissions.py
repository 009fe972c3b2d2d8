"""What a person's posts allow, and where. The only source of permission in the portal (C-44)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from django.db.models import FilteredRelation
from django.utils import timezone
from django.utils.translation import gettext as _

from community.duties import POWERS, Duty, Power
from community.models import Community, Post
from community.querysets import held_on
from core.errors import NotAllowedError
from core.models import User
from core.prepared import Prepared

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

_CACHE: Final = "_held_posts"
_WITHHELD: Final = "_posts_withheld"
_OVER_ALL: Final = "_powers_over_all"
_POST: Final = (
    *("pk", "duty", "place_id", "place__path", "place__kind", "place__name"),
    *("deputises_id", "deputises__user_id"),
)
_HELD: Final = Prepared(
    lambda user_id, day: Post.objects.held_on(day).filter(user_id=user_id).values_list(*_POST),
    user_id=-1,
    day=date.min,
)
_COLUMNS: Final = tuple(field.attname for field in User._meta.concrete_fields)
_ACCOUNT: Final = Prepared(
    lambda user_id, day: (
        User.objects.filter(pk=user_id)
        .annotate(held=FilteredRelation("posts", condition=held_on(day, "posts__")))
        .values_list(*_COLUMNS, *(f"held__{name}" for name in _POST))
    ),
    user_id=-1,
    day=date.min,
)


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A post in force, with the place it covers."""

    post_id: int
    duty: Duty
    place_id: int
    place_path: str
    place_kind: str
    place_name: str
    is_deputy: bool
    stands_in_for: int | None = None
    """The account in whose place a deputy acts."""

    @property
    def powers(self) -> frozenset[Power]:
        return POWERS[self.duty]

    @property
    def trace(self) -> str:
        """The post as the audit trail keeps it: `duty@place-id`."""
        return f"{self.duty}@{self.place_id}"

    @property
    def label(self) -> str:
        """The post in words: 第一网格 网格员(代理)."""
        deputy = _("（代理）") if self.is_deputy else ""
        return f"{self.place_name} {self.duty.label}{deputy}"


@dataclass(frozen=True, slots=True)
class Scope:
    """Where something is: its place's path, and the path of the grid it belongs to, if any."""

    place_path: str
    grid_path: str = ""

    def is_under(self, path: str) -> bool:
        """Whether a post at `path` covers this."""
        return self.place_path.startswith(path) or self.grid_path.startswith(path)


def held_posts(user: User | AnonymousUser, *, at: datetime) -> tuple[HeldPost, ...]:
    """The posts in force on the local day of `at`: one statement, kept on the user object for that day."""
    if not user.is_authenticated or not user.is_active or getattr(user, _WITHHELD, False):
        return ()
    day = timezone.localdate(at)
    kept: dict[date, tuple[HeldPost, ...]] = getattr(user, _CACHE, {})
    if day not in kept:
        kept[day] = _read_posts(user, day)
        setattr(user, _CACHE, kept)  # through `request.user`, a lazy object, onto the user itself
    return kept[day]


def account_with(pk: int, posts: Iterable[HeldPost], *, at: datetime) -> User:
    """An account that was not read, with these posts on the local day of `at`."""
    user = User(pk=pk)
    setattr(user, _CACHE, {timezone.localdate(at): tuple(posts)})
    return user


def withhold_posts(user: User) -> None:
    """Let the posts of this user object give no power, whatever is asked in the rest of the request."""
    setattr(user, _WITHHELD, True)


def forget_posts(user: User) -> None:
    """Drop what `held_posts` kept, after the posts of this user object were changed."""
    setattr(user, _CACHE, {})
    setattr(user, _OVER_ALL, {})


def account_of(user_id: int, *, at: datetime) -> User | None:
    """The account behind a session together with its posts of the day: one statement for both."""
    day = timezone.localdate(at)
    rows = _ACCOUNT.rows(user_id=user_id, day=day)
    if not rows:
        return None
    user = User.from_db("default", _COLUMNS, rows[0][: len(_COLUMNS)])
    posts = [row[len(_COLUMNS) :] for row in rows]
    setattr(user, _CACHE, {day: _held(row for row in posts if row[0] is not None)})
    return user


def _read_posts(user: User, day: date) -> tuple[HeldPost, ...]:
    return _held(_HELD.rows(user_id=user.pk, day=day))


def _held(rows: Iterable[tuple[Any, ...]]) -> tuple[HeldPost, ...]:
    posts = [
        HeldPost(pk, Duty(duty), place_id, path, kind, name, deputises_id is not None, stands_in_for)
        for pk, duty, place_id, path, kind, name, deputises_id, stands_in_for in rows
    ]
    return tuple(sorted(posts, key=lambda post: (post.place_path.count("/"), post.post_id)))


def _allowing(user: User | AnonymousUser, power: Power, scope: Scope, at: datetime) -> HeldPost | None:
    """The nearest post that allows `power` at `scope`; one in the person's own right comes first."""
    fitting = [
        post for post in held_posts(user, at=at) if power in post.powers and scope.is_under(post.place_path)
    ]
    return max(fitting, key=lambda post: (not post.is_deputy, len(post.place_path)), default=None)


def holds_any(user_id: int, duties: Collection[Duty], scope: Scope, *, at: datetime) -> bool:
    """Whether an active account holds one of these duties over `scope`: one statement."""
    posts = Post.objects.held_on(timezone.localdate(at))
    held = posts.filter(user_id=user_id, user__is_active=True, duty__in=duties)
    return any(scope.is_under(path) for path in held.values_list("place__path", flat=True))


def has_power(user: User | AnonymousUser, power: Power, scope: Scope, *, at: datetime) -> bool:
    """Whether a current post of `user` allows `power` at `scope`."""
    return _allowing(user, power, scope, at) is not None


def powers_over(user: User | AnonymousUser, scope: Scope, *, at: datetime) -> frozenset[Power]:
    """Every power that some current post of `user` gives over `scope`."""
    posts = held_posts(user, at=at)
    return frozenset().union(*(post.powers for post in posts if scope.is_under(post.place_path)))


def require_power(user: User | AnonymousUser, power: Power, scope: Scope, *, at: datetime) -> HeldPost:
    """The post that allows `power` at `scope`.

    Raises:
        NotAllowedError: no current post of `user` does.
    """
    post = _allowing(user, power, scope, at)
    if post is None:
        raise NotAllowedError(_("您的任职不允许在这里做此操作。"), extra={"power": str(power)})
    return post


def authorise(actor: User | None, power: Power, scope: Scope, *, at: datetime) -> str:
    """The trace of the post that allows this; empty when the system itself acts (`actor` None).

    Raises:
        NotAllowedError: no current post of `actor` does.
    """
    return "" if actor is None else require_power(actor, power, scope, at=at).trace


def powers_anywhere(user: User | AnonymousUser, at: datetime) -> frozenset[Power]:
    """Every power that some current post of `user` gives, wherever it is."""
    return frozenset().union(*(post.powers for post in held_posts(user, at=at)))


def powers_over_all(user: User | AnonymousUser, at: datetime) -> frozenset[Power]:
    """The powers of posts at a root of the tree or above every community; kept for the day like the posts."""
    posts = held_posts(user, at=at)
    if not posts:
        return frozenset()
    day = timezone.localdate(at)
    kept: dict[date, frozenset[Power]] = getattr(user, _OVER_ALL, {})
    if day not in kept:
        high = (post.powers for post in posts if _stands_over_all(post.place_path))
        kept[day] = frozenset().union(*high)
        setattr(user, _OVER_ALL, kept)
    return kept[day]


def _stands_over_all(path: str) -> bool:
    """Whether a place is a root of the tree, or every community lies under it."""
    if path.strip("/").count("/") == 0:
        return True
    return not Community.objects.exclude(place__path__startswith=path).exists()


def paths_with(user: User | AnonymousUser, power: Power, *, at: datetime) -> tuple[str, ...]:
    """The paths under which `user` has `power`: what a list is limited to."""
    return tuple(post.place_path for post in held_posts(user, at=at) if power in post.powers)
