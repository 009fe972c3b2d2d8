"""Entries come from the phone, each once; what cannot be booked is kept for the leader (G-12)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.core import signing
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from community.duties import POWERS, Duty
from community.models import Post
from community.permissions import Scope, has_power, held_posts
from community.selectors.holders import ladder_holder
from core import outbox, ratelimits
from core.audit import record
from core.errors import ConflictError, GoneError, InvalidInputError, NotAllowedError
from core.language import cut
from core.language import gettext as _
from core.models import StoredImage, User
from core.prepared import PreparedModel
from core.rows import rows_insert
from core.uploads import image_store
from grids import entry_notices
from grids.entry_kinds import Arrived, EntryKind, Guest, Landed, entry_kinds, query_of
from grids.models import EntryState, FieldEntry, FieldEntryPhoto
from grids.models.entry import happened

PER_HOUR: Final = 3000
DAY: Final = timedelta(days=1)
TICKET_SALT: Final = "grids.entries"
TICKET_DAYS: Final = 30
PHOTOS: Final = 12

_KNOWN: Final = PreparedModel(lambda pk: FieldEntry.objects.filter(pk=pk), pk=UUID(int=0))
_POSTS: Final = PreparedModel(
    lambda user: Post.objects.filter(user_id=user).select_related("place").order_by("-starts_on", "-pk"),
    user=-1,
)


@dataclass(frozen=True, slots=True)
class Brought:
    """An entry as the phone sends it. `sent_at` is its clock at sending; `objection` is why an earlier try
    was refused, when the worker now leaves it to the leader."""

    id: UUID
    kind: str
    title: str
    fields: Mapping[str, Sequence[str]]
    files: Mapping[str, Sequence[File[Any]]]
    captured_at: datetime
    sent_at: datetime
    to_leader: bool = False
    objection: str = ""


def entry_bring(*, brought: Brought, actor: User, at: datetime) -> FieldEntry:
    """Book an entry in the worker's name; the second time, what came of the first.

    Whoever is in no post any more, or in none any more where it is about, or leaves it to the leader, has it
    kept for the leader.

    Raises:
        InvalidInputError: no such kind, or its form refuses it; `extra["errors"]` says which field and why.
        NotAllowedError, NotFoundError, ConflictError: its kind refuses it; nothing is kept here.
        TooManyRequestsError: more than a person can enter.
    """
    ratelimits.hit("grids.entries", str(actor.pk), limit=PER_HOUR, seconds=3600)
    scope = _scope(brought, actor)
    return _take(brought, actor, scope, at, reason=_why_held(brought, actor, scope, at))


def entry_leave(*, brought: Brought, ticket: str, at: datetime) -> FieldEntry:
    """Keep for the leader what a phone still holds whose owner cannot sign in any more.

    Raises:
        GoneError: a ticket that this portal never gave, or gave too long ago.
    """
    try:
        pk = signing.loads(ticket, salt=TICKET_SALT, max_age=timedelta(days=TICKET_DAYS))
    except signing.BadSignature as forged:
        raise GoneError(_("这台手机太久没有登录过，请重新登录后上传。")) from forged
    ratelimits.hit("grids.entries", str(pk), limit=PER_HOUR, seconds=3600)
    owner = User.objects.get(pk=pk)
    return _take(brought, owner, _scope(brought, owner), at, reason=_("手机上没有登录，由手机直接交上来。"))


def _why_held(brought: Brought, worker: User, scope: Scope | None, at: datetime) -> str:
    """Why it is the leader's to decide; empty if it is booked at once."""
    guest = _guest(brought, worker, at)
    if guest is not None and not guest.may:
        return _("交上来时记录人已不再参加。")
    if guest is None and not held_posts(worker, at=at):
        return _("交上来时记录人已不在任。")
    if brought.to_leader:
        return _("记录人交给网格长处理，原因：%s") % (brought.objection[:200] or _("没有写"))
    kind = entry_kinds.get(brought.kind)
    if guest or kind is None or scope is None or has_power(worker, kind.power, scope, at=at):
        return ""
    day = _day(brought, at)  # a post that ended "yesterday" was held until somebody wrote that down today
    then = Post.objects.overlapping(day - DAY, day).filter(user=worker).select_related("place")
    lost = any(kind.power in POWERS[Duty(post.duty)] and scope.is_under(post.place.path) for post in then)
    return _("交上来时记录人已不在这里任职。") if lost else ""


def _guest(brought: Brought, worker: User, at: datetime) -> Guest | None:
    """What somebody in no post may enter nevertheless."""
    kind = entry_kinds.get(brought.kind)
    if kind is None or kind.guest is None or held_posts(worker, at=at):
        return None
    return kind.guest(query_of(brought.fields), worker, at)


def _scope(brought: Brought, worker: User) -> Scope | None:
    """Where it is about, as far as it says so."""
    kind = entry_kinds.get(brought.kind)
    return kind.about(query_of(brought.fields), worker) if kind else None


def _day(brought: Brought, at: datetime) -> date:
    """The day on which it was entered, by the server's clock."""
    return timezone.localdate(happened(brought.captured_at, brought.sent_at - at, at))


def entry_ticket(user: User) -> str:
    """What lets a phone hand over this person's entries without a session, for 30 days; it reads nothing."""
    return signing.dumps(user.pk, salt=TICKET_SALT)


def _take(brought: Brought, worker: User, scope: Scope | None, at: datetime, *, reason: str) -> FieldEntry:
    """The row is written last, with what it became: of two at once one fails there, and books nothing."""
    known = _known(brought, worker)
    if known is not None:
        return known
    try:
        return _taken(brought, worker, scope, at, reason)
    except (IntegrityError, ConflictError):  # its twin was first, and may be why its kind refuses it
        known = _known(brought, worker)
        if known is None:
            raise
        return known


def _known(brought: Brought, worker: User) -> FieldEntry | None:
    entry = _KNOWN.first(pk=brought.id)
    if entry is not None and entry.worker_id != worker.pk:
        raise ConflictError(_("这个编号的记录是别人的。"))
    return entry


@transaction.atomic
def _taken(brought: Brought, worker: User, scope: Scope | None, at: datetime, reason: str) -> FieldEntry:
    kind = kind_of(brought.kind)
    clock_off = brought.sent_at - at
    entry = FieldEntry(
        pk=brought.id,
        kind=brought.kind,
        worker=worker,
        place_id=_home(brought, worker, scope, at),
        captured_at=brought.captured_at,
        received_at=at,
        clock_off=clock_off,
    )
    photos = _photos(brought, worker, at)
    if reason:
        return _hold(entry, brought, photos, reason, at)
    book(entry, kind, Landing(brought.fields, photos, worker, at, scope))
    rows_insert([entry])
    return entry


@dataclass(frozen=True, slots=True)
class Landing:
    """What is booked, in whose name and when."""

    fields: Mapping[str, Sequence[str]]
    photos: Mapping[str, Sequence[StoredImage]]
    actor: User
    at: datetime
    scope: Scope | None = None


def book(entry: FieldEntry, kind: EntryKind, landing: Landing) -> None:
    """Let its kind book an entry, in the caller's transaction, and note on it what it became.

    Raises:
        DomainError: its kind refuses it.
    """
    moment = happened(entry.captured_at, entry.clock_off, landing.at)
    arrived = Arrived(
        key=entry.pk,
        fields=query_of(landing.fields),
        photos=landing.photos,
        actor=landing.actor,
        worker=entry.worker,
        happened_at=moment,
        at=landing.at,
        is_clock_doubtful=entry.is_clock_doubtful,
        scope=landing.scope,
    )
    landed: Landed = kind.land(arrived)
    entry.result, entry.result_url = cut(landed.name, 60), landed.url
    entry.said, entry.warns = cut(landed.said, 300), landed.warns


def _hold(
    entry: FieldEntry,
    brought: Brought,
    photos: Mapping[str, Sequence[StoredImage]],
    reason: str,
    at: datetime,
) -> FieldEntry:
    entry.state, entry.reason = EntryState.HELD, cut(reason, 300)
    entry.title = "" if kind_of(brought.kind).access else brought.title[:80]
    entry.fields = {name: list(values) for name, values in brought.fields.items()}
    entry.save(force_insert=True)
    FieldEntryPhoto.objects.bulk_create(
        FieldEntryPhoto(entry=entry, field=field, image=image)
        for field, images in photos.items()
        for image in images
    )
    record(event="entry.held", actor=entry.worker, subject=entry, at=at, scope_path=entry.place.path)
    _duty, leader = ladder_holder(place_path=entry.place.path, grid_path="", start=Duty.GRID_LEADER, at=at)
    outbox.send(entry_notices.entry_held(entry, leader, path=reverse("grids:held", args=[entry.pk]), at=at))
    return entry


def kind_of(code: str) -> EntryKind:
    """The kind by its code.

    Raises:
        InvalidInputError: no app has registered it.
    """
    kind = entry_kinds.get(code)
    if kind is None:
        raise InvalidInputError(_("不认识这种记录，请更新页面后再试。"))
    return kind


def _home(brought: Brought, worker: User, scope: Scope | None, at: datetime) -> int:
    """The place of the post in which this person entered it: the nearest of those that cover what it is
    about, of the posts of that day where there are any, else the last one.

    Raises:
        NotAllowedError: they never had one.
    """
    guest = _guest(brought, worker, at)
    if guest is not None:
        return guest.place
    day = _day(brought, at)
    if scope is not None and day == timezone.localdate(at):
        now = [post for post in held_posts(worker, at=at) if scope.is_under(post.place_path)]
        if now:
            return max(now, key=lambda post: (post.place_path.count("/"), post.post_id)).place_id
    posts = _POSTS.all(user=worker.pk)
    if not posts:
        raise NotAllowedError(_("您没有任职，不能在这里记录。"))
    there = [post for post in posts if scope is not None and scope.is_under(post.place.path)]
    known = there or posts
    then = [post for post in known if post.starts_on <= day and (post.ends_on is None or post.ends_on >= day)]
    return max(then or there or posts[:1], key=lambda post: (post.place.depth, post.pk)).place_id


def _photos(brought: Brought, worker: User, at: datetime) -> dict[str, list[StoredImage]]:
    if sum(map(len, brought.files.values())) > PHOTOS:
        raise InvalidInputError(_("一条记录最多 %d 张照片。") % PHOTOS)
    return {
        field[:40]: [image_store(file=file, by=worker, at=at) for file in files]
        for field, files in brought.files.items()
    }
