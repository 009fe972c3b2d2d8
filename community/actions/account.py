"""Accounts of staff are invited, corrected, closed and reset (C-44)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from community import permissions
from community.actions.post import cut_post, post_give
from community.duties import Duty, Power
from community.models import Place, Post, Resident, SignInGuard
from community.permissions import Scope
from community.selectors.accounts import password_link_owner
from core.audit import record
from core.errors import ConflictError, InvalidInputError, NotAllowedError
from core.language import gettext as _
from core.models import User

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT: Final = Scope("/")


def _authorise(actor: User | None, user: User, at: datetime) -> tuple[str, str]:
    """Whoever manages every place at which the account holds a post now or later manages the account.

    An account without such posts belongs to whoever manages where its posts were; one that never had
    any, to whoever manages the whole tree. Returns the trace of the actor's post and the scope's path.
    """
    if actor is None:
        return "", ""
    if actor.pk == user.pk:
        raise NotAllowedError(_("不能对自己的账号做此操作，请由上级办理。"))
    posts = Post.objects.filter(user=user).select_related("place")
    current = [post for post in posts if post.ends_on is None or post.ends_on >= timezone.localdate(at)]
    paths = {post.place.path for post in (current or posts)} or {"/"}
    for post in current:
        if post.duty == Duty.ADMINISTRATOR:
            permissions.authorise(actor, Power.CALENDAR_MANAGE, Scope(post.place.path), at=at)
    traces = [permissions.authorise(actor, Power.POST_MANAGE, Scope(path), at=at) for path in sorted(paths)]
    return min(traces), min(paths)


@transaction.atomic
def account_invite(  # noqa: PLR0913
    *,
    username: str,
    display_name: str,
    phone: str,
    duty: str,
    place: Place,
    starts_on: date,
    actor: User | None,
    at: datetime,
    ends_on: date | None = None,
    password: str | None = None,
) -> User:
    """Open an account for a member of staff together with their first post.

    Nobody knows a password of theirs: they set one by link (`selectors.password_link`), unless set-up gives
    a `password`.

    Raises:
        NotAllowedError: `actor` does not manage posts at the place.
        ConflictError: the user name or phone is taken, or the grid has its worker or leader.
    """
    trace = permissions.authorise(actor, Power.POST_MANAGE, Scope(place.path), at=at)
    if User.objects.filter(username=username).exists():
        raise ConflictError(_("用户名“%s”已被使用。") % username)
    if phone and User.objects.filter(phone=phone).exists():
        raise ConflictError(_("该手机号已有账号。"))
    user = User.objects.create_user(
        username=username,
        password=password,
        display_name=display_name,
        phone=phone or None,
        is_staff=True,
    )
    post_give(user=user, duty=duty, place=place, starts_on=starts_on, ends_on=ends_on, actor=actor, at=at)
    leave_trace("account.invited", user, actor, at, warrant=(trace, place.path))
    return user


@transaction.atomic
def account_close(*, user_id: int, actor: User | None, at: datetime) -> User:
    """Close an account: posts end today, posts to come are taken back, every session dies at once.

    Raises:
        NotAllowedError: `actor` does not manage the account, or means their own.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    warrant = _authorise(actor, user, at)
    today = timezone.localdate(at)
    open_posts = Post.objects.filter(user=user).locked().overlapping(today, None)
    for held in open_posts.order_by("-deputises_id", "pk"):
        for cover in Post.objects.filter(deputises=held).locked():
            cut_post(cover, today)
        cut_post(held, today)
    user.is_active = False
    user.set_unusable_password()
    user.save(update_fields=["is_active", "password"])
    permissions.forget_posts(user)
    leave_trace("account.closed", user, actor, at, warrant=warrant, fields=["is_active", "password"])
    return user


@transaction.atomic
def account_reopen(*, user_id: int, actor: User | None, at: datetime) -> User:
    """Open a closed account again, without posts and without a password: it is set by link.

    Raises:
        NotAllowedError: `actor` does not manage the account, or means their own.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    warrant = _authorise(actor, user, at)
    user.is_active = True
    user.save(update_fields=["is_active"])
    leave_trace("account.reopened", user, actor, at, warrant=warrant, fields=["is_active"])
    _reset_password(user)
    return user


@transaction.atomic
def account_reset_password(*, user_id: int, actor: User | None, at: datetime) -> User:
    """Take the password off an account: sessions and earlier links die, a lock is lifted, one is set by link.

    Raises:
        NotAllowedError: `actor` does not manage the account, or means their own.
        ConflictError: a resident's account, which has no password.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    warrant = _authorise(actor, user, at)
    if not user.is_staff:
        raise ConflictError(_("居民用短信验证码登录，没有密码。"))
    _reset_password(user)
    leave_trace("account.password_reset", user, actor, at, warrant=warrant, fields=["password"])
    return user


def _reset_password(user: User) -> None:
    user.set_unusable_password()
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    SignInGuard.objects.filter(user=user).update(failures=0, locked_until=None)


@transaction.atomic
def account_reset_second_factor(*, user_id: int, actor: User | None, at: datetime) -> User:
    """Take the second factor off an account whose owner lost it; where it is a must, they set it up anew.

    Raises:
        NotAllowedError: `actor` does not manage the account, or means their own.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    warrant = _authorise(actor, user, at)
    Authenticator.objects.filter(user=user).delete()
    leave_trace("account.second_factor_reset", user, actor, at, warrant=warrant)
    return user


@transaction.atomic
def account_require_second_factor(
    *, user_id: int, required: bool, actor: User | None, at: datetime
) -> SignInGuard:
    """Say whether this account must use a second factor.

    Raises:
        NotAllowedError: `actor` does not manage the account, or means their own.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    warrant = _authorise(actor, user, at)
    guard, _created = SignInGuard.objects.update_or_create(user=user, defaults={"mfa_required": required})
    leave_trace("account.second_factor_required", user, actor, at, warrant=warrant, fields=["mfa_required"])
    return guard


@transaction.atomic
def account_correct(*, user_id: int, display_name: str, phone: str, actor: User | None, at: datetime) -> User:
    """Correct a name or a mistyped phone number; the trail keeps that it was changed, not the numbers.

    Raises:
        NotAllowedError: `actor` does not manage the account, or means their own.
        ConflictError: the number has another account.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    warrant = _authorise(actor, user, at)
    if phone and User.objects.filter(phone=phone).exclude(pk=user.pk).exists():
        raise ConflictError(_("该手机号已有账号。"))
    changes = {"display_name": display_name, "phone": phone or None}
    fields = [name for name, value in changes.items() if value != getattr(user, name)]
    for name in fields:
        setattr(user, name, changes[name])
    if "phone" in fields:
        user.phone_verified = False
    if fields:
        user.save(update_fields=[*fields, "phone_verified"])
        leave_trace("account.corrected", user, actor, at, warrant=warrant, fields=fields)
    return user


@transaction.atomic
def password_change(*, user: User, password: str, at: datetime) -> User:
    """A member of staff chooses a password of their own.

    Raises:
        InvalidInputError: the password is too weak.
    """
    _choose(user, password)
    leave_trace("account.password_changed", user, user, at, fields=["password"])
    return user


@transaction.atomic
def password_set(*, token: str, password: str, at: datetime) -> User:
    """A member of staff sets a password by the link they were given, which is used up by this.

    Raises:
        GoneError: the link is forged, used, expired, or of a closed account.
        InvalidInputError: the password is too weak.
    """
    user = password_link_owner(token, locked=True)
    _choose(user, password)
    leave_trace("account.password_set", user, user, at, fields=["password"])
    return user


def _choose(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as problem:
        raise InvalidInputError(" ".join(problem.messages)) from problem
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])


def leave_trace(
    event: str,
    user: User,
    actor: User | None,
    at: datetime,
    *,
    warrant: tuple[str, str] = ("", ""),
    fields: Iterable[str] = (),
) -> None:
    """One line of the trail; `warrant` is the actor's post and the scope's path, else where they belong."""
    post, path = warrant
    where = path or _place_of(user)
    record(event=event, actor=actor, subject=user, at=at, scope_path=where, post=post, fields=list(fields))


def _place_of(user: User) -> str:
    """Where the account's first post is, or its door on the roll; empty for one that belongs nowhere yet."""
    posts = (
        Post.objects.filter(user=user).order_by("place__depth", "pk").values_list("place__path", flat=True)
    )
    doors = Resident.objects.filter(user=user).values_list("household__place__path", flat=True)
    return posts.first() or doors.order_by("pk").first() or ""
