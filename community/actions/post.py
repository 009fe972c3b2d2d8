"""任职: posts are given, changed, ended and deputised (C-44)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone

from community import permissions
from community.duties import CREW, PLACE_KINDS, SINGLE, Duty, Employment, Power
from community.models import Place, Post
from community.permissions import Scope
from core.audit import record
from core.errors import ConflictError, InvalidInputError, NotAllowedError
from core.language import gettext as _

if TYPE_CHECKING:
    from core.models import User

ONE_DAY: Final = timedelta(days=1)


def _authorise(actor: User | None, holder: User, duty: str, place: Place, at: datetime) -> str:
    """The actor's post; nobody decides about posts of their own, and administrators about their own kind."""
    if actor is not None and actor.pk == holder.pk:
        raise NotAllowedError(_("不能给自己任职或改自己的任职，请由上级办理。"))
    if duty == Duty.ADMINISTRATOR:  # their working-day table binds every community
        permissions.authorise(actor, Power.CALENDAR_MANAGE, Scope(place.path), at=at)
    return permissions.authorise(actor, Power.POST_MANAGE, Scope(place.path), at=at)


def _check_span(starts_on: date, ends_on: date | None) -> None:
    if ends_on is not None and ends_on < starts_on:
        raise InvalidInputError(_("任职止日不能早于起日。"))


def _check_employment(duty: str, employment: str) -> None:
    if employment and (duty not in CREW or employment not in Employment.values):
        raise InvalidInputError(_("只有网格长、网格员和辅助网格员分专职、兼职。"))


def _check_free(post: Post) -> None:
    """One primary worker and one primary leader a grid; the database holds the same rule for races."""
    twins = Post.objects.filter(place=post.place, duty=post.duty).exclude(pk=post.pk)
    spans = twins.overlapping(post.starts_on, post.ends_on)
    if post.duty in SINGLE and post.deputises_id is None and spans.primary().exists():
        raise ConflictError(_("该网格在此期间已有人担任这一职务。"))
    if spans.filter(user=post.user_id).exists():
        raise ConflictError(_("此人在此期间已担任这一职务。"))


@transaction.atomic
def post_give(
    *,
    user: User,
    duty: str,
    place: Place,
    starts_on: date,
    ends_on: date | None = None,
    employment: str = "",
    actor: User | None = None,
    at: datetime,
) -> Post:
    """Put a person in post at a place, from a day to a day, both included.

    Raises:
        NotAllowedError: `actor` does not manage posts there, or means themselves.
        InvalidInputError: the duty does not fit the place or `employment`, or the days are out of order.
        ConflictError: the grid has its worker or leader for those days, or the person holds the post.
    """
    place = Place.objects.locked().get(pk=place.pk)
    trace = _authorise(actor, user, duty, place, at)
    if place.kind not in PLACE_KINDS[Duty(duty)]:
        raise InvalidInputError(
            _("“%(duty)s”不能任在“%(kind)s”。") % {"duty": Duty(duty).label, "kind": place.get_kind_display()}
        )
    if not user.is_active:
        raise ConflictError(_("该账号已停用。"))
    _check_span(starts_on, ends_on)
    _check_employment(duty, employment)
    post = Post(
        user=user, duty=duty, place=place, starts_on=starts_on, ends_on=ends_on, employment=employment
    )
    _check_free(post)
    post.save()
    permissions.forget_posts(user)
    record(event="post.given", actor=actor, subject=post, at=at, scope_path=place.path, post=trace)
    return post


@transaction.atomic
def post_deputise(
    *, post_id: int, deputy: User, starts_on: date, ends_on: date, actor: User | None, at: datetime
) -> Post:
    """Let somebody stand in for a post, for days within it (holiday cover).

    Raises:
        NotAllowedError: `actor` does not manage posts there, or means themselves.
        InvalidInputError: the days lie outside the post, or the deputy is its holder.
        ConflictError: the post is a deputy's own, or the deputy already stands in.
    """
    post = Post.objects.select_related("place", "user").locked().get(pk=post_id)
    trace = _authorise(actor, deputy, post.duty, post.place, at)
    _check_span(starts_on, ends_on)
    if deputy.pk == post.user_id:
        raise InvalidInputError(_("不能代理自己。"))
    if post.deputises_id is not None:
        raise ConflictError(_("代理任职不能再由别人代理。"))
    if starts_on < post.starts_on or (post.ends_on is not None and ends_on > post.ends_on):
        raise InvalidInputError(_("代理日期须在原任职期间以内。"))
    if not deputy.is_active:
        raise ConflictError(_("该账号已停用。"))
    cover = Post(
        user=deputy, duty=post.duty, place=post.place, starts_on=starts_on, ends_on=ends_on, deputises=post
    )
    _check_free(cover)
    cover.save()
    permissions.forget_posts(deputy)
    record(event="post.deputised", actor=actor, subject=cover, at=at, scope_path=post.place.path, post=trace)
    return cover


@transaction.atomic
def post_change(
    *,
    post_id: int,
    starts_on: date,
    ends_on: date | None,
    employment: str | None = None,
    actor: User | None,
    at: datetime,
) -> Post:
    """Correct the days of a post, which its deputies' must fit, and whether it is full-time (None leaves it).

    Raises:
        NotAllowedError: `actor` does not manage posts there, or means themselves.
        InvalidInputError: the days are out of order, or the duty is neither full-time nor part-time.
        ConflictError: the days clash with another post, or a deputy's lie outside.
    """
    post = Post.objects.select_related("place", "user", "deputises").locked().get(pk=post_id)
    trace = _authorise(actor, post.user, post.duty, post.place, at)
    _check_span(starts_on, ends_on)
    _check_within(post, starts_on, ends_on)
    post.starts_on, post.ends_on = starts_on, ends_on
    _check_free(post)
    fields = ["starts_on", "ends_on"]
    if employment is not None and employment != post.employment:
        _check_employment(post.duty, employment)
        post.employment = employment
        fields.append("employment")
    post.save(update_fields=fields)
    permissions.forget_posts(post.user)
    record(
        event="post.changed",
        actor=actor,
        subject=post,
        at=at,
        scope_path=post.place.path,
        post=trace,
        fields=fields,
    )
    return post


@transaction.atomic
def post_employment_add(*, post_id: int, employment: str, actor: User | None, at: datetime) -> bool:
    """Say of a post whether it is full-time, where nobody has said so yet; whether that was so.

    Raises:
        NotAllowedError: `actor` does not manage posts there, or means themselves.
        InvalidInputError: the duty is neither full-time nor part-time.
    """
    post = Post.objects.select_related("place", "user").locked().get(pk=post_id)
    trace = _authorise(actor, post.user, post.duty, post.place, at)
    _check_employment(post.duty, employment)
    if post.employment or not employment:
        return False
    post.employment = employment
    post.save(update_fields=["employment"])
    record(
        event="post.changed",
        actor=actor,
        subject=post,
        at=at,
        scope_path=post.place.path,
        post=trace,
        fields=["employment"],
    )
    return True


def _check_within(post: Post, starts_on: date, ends_on: date | None) -> None:
    covers = Post.objects.filter(deputises=post)
    outside = covers.filter(starts_on__lt=starts_on)
    if ends_on is not None:
        outside = outside | covers.filter(ends_on__gt=ends_on)
    if outside.exists():
        raise ConflictError(_("有代理的日期会落在任职之外，请先改代理。"))
    above = post.deputises
    if above is not None and (
        ends_on is None
        or starts_on < above.starts_on
        or (above.ends_on is not None and ends_on > above.ends_on)
    ):
        raise InvalidInputError(_("代理日期须在原任职期间以内。"))


@transaction.atomic
def post_end(*, post_id: int, last_day: date, actor: User | None, at: datetime) -> Post | None:
    """End a post and its deputies' on `last_day`, included. One that never began is taken back (None).

    Raises:
        NotAllowedError: `actor` does not manage posts there, or means themselves.
        ConflictError: the post has already ended.
    """
    post = Post.objects.select_related("place", "user").locked().get(pk=post_id)
    trace = _authorise(actor, post.user, post.duty, post.place, at)
    if post.ends_on is not None and post.ends_on <= min(last_day, timezone.localdate(at) - ONE_DAY):
        raise ConflictError(_("这一任职已经结束。"))
    record(
        event="post.ended",
        actor=actor,
        subject=post,
        at=at,
        scope_path=post.place.path,
        post=trace,
        fields=["ends_on"],
    )
    permissions.forget_posts(post.user)
    for cover in Post.objects.filter(deputises=post).locked():
        cut_post(cover, last_day)
    return cut_post(post, last_day)


def cut_post(post: Post, last_day: date) -> Post | None:
    """Shorten a post to `last_day`; one that begins later never was in force and goes."""
    if post.starts_on > last_day:
        post.delete()
        return None
    if post.ends_on is None or post.ends_on > last_day:
        post.ends_on = last_day
        post.save(update_fields=["ends_on"])
    return post
