"""办事指南: items are written, shown, confirmed and counted (C-10, C-27)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from community.actions.asking import keepers_of
from community.actions.cleaning import clean
from community.duties import Duty, Power
from community.models import Community, Post, ServiceItem
from community.models.place import PlaceKind
from community.permissions import Scope, authorise, held_posts
from core import outbox, reminders
from core.audit import record
from core.display import absolute
from core.errors import InvalidInputError, NotAllowedError
from core.language import gettext as _
from core.outbox import Message

if TYPE_CHECKING:
    from core.models import User

EDITABLE: Final = (
    *("family", "title", "documents", "steps", "where", "phone", "fee"),
    *("time_limit", "limit_minutes", "handler", "modes", "is_active"),
)
REVIEWED_WITHIN: Final = timedelta(days=182)
"""An item that nobody has confirmed for half a year is asked about."""

COUNT: Final = """
    WITH held AS (
        SELECT id FROM community_serviceitemuse
        WHERE item_id = %(item)s AND community_id = %(community)s FOR UPDATE SKIP LOCKED
    ), counted AS (
        UPDATE community_serviceitemuse AS used SET hits = hits + 1
        FROM held WHERE used.id = held.id RETURNING 1
    )
    INSERT INTO community_serviceitemuse (item_id, community_id, hits)
    SELECT %(item)s, %(community)s, 1 WHERE NOT EXISTS (SELECT FROM counted)
    ON CONFLICT DO NOTHING
"""


@transaction.atomic
def service_item_create(
    *, community: Community | None, content: dict[str, Any], actor: User | None, at: datetime
) -> ServiceItem:
    """Write a new item; without a community it is the whole portal's.

    Raises:
        NotAllowedError: `actor` does not keep the guide there.
        InvalidInputError: it shall be shown and something is missing; `extra["problems"]` lists what.
    """
    trace = _authorise(community, actor, at)
    item = ServiceItem(community=community, **{name: content[name] for name in EDITABLE if name in content})
    _check(item, at)
    item.save(force_insert=True)
    _record("created", item, actor, at, trace)
    return item


@transaction.atomic
def service_item_update(
    *, item_id: int, changes: dict[str, Any], actor: User | None, at: datetime
) -> ServiceItem:
    """Change an item, show it or take it away; whoever saves a shown item has looked at it.

    Raises:
        NotAllowedError: `actor` does not keep the guide there.
        InvalidInputError: it shall be shown and something is missing; `extra["problems"]` lists what.
    """
    item = _lock(item_id)
    trace = _authorise(item.community, actor, at)
    fields = [name for name in EDITABLE if name in changes and changes[name] != getattr(item, name)]
    for name in fields:
        setattr(item, name, changes[name])
    _check(item, at)
    item.save(update_fields=[*fields, "reviewed_on"])
    _record("changed", item, actor, at, trace, fields)
    return item


@transaction.atomic
def service_item_confirm(*, item_id: int, actor: User | None, at: datetime) -> ServiceItem:
    """Say that what an item says is still right.

    Raises:
        NotAllowedError: `actor` does not keep the guide there.
    """
    item = _lock(item_id)
    trace = _authorise(item.community, actor, at)
    item.reviewed_on = timezone.localdate(at)
    item.save(update_fields=["reviewed_on"])
    _record("confirmed", item, actor, at, trace, ["reviewed_on"])
    return item


def service_item_opened(*, item: ServiceItem, community: Community) -> None:
    """Count one look at an item. Who would have to wait for another's look is not counted: one statement."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"item": item.pk, "community": community.pk})


@transaction.atomic
def service_items_sweep(*, at: datetime) -> int:
    """Remind whoever keeps the guide, once per item and confirmation, of what nobody confirmed for long."""
    today = timezone.localdate(at)
    stale = ServiceItem.objects.active().filter(reviewed_on__lte=today - REVIEWED_WITHIN)
    by_day: dict[str, list[int]] = defaultdict(list)
    items = {item.pk: item for item in stale.select_related("community__place").order_by("pk")}
    for item in items.values():
        by_day[f"{item.reviewed_on:%Y-%m-%d}"].append(item.pk)
    claimed = [
        items[pk]
        for day, ids in by_day.items()
        for pk in sorted(reminders.claim("guide.review", day, ids, at))
    ]
    outbox.send([message for item in claimed for message in _ask_for_review(item, at)])
    return len(claimed)


def _ask_for_review(item: ServiceItem, at: datetime) -> list[Message]:
    path = reverse("admin:community_serviceitem_change", args=[item.pk])
    message = Message(
        kind="guide.review",
        dedupe_key=f"guide.review.{item.pk}.{item.reviewed_on:%Y-%m-%d}",
        title=_("办事指南待核对"),
        body=_("“%s”已有半年没有核对，请看一看材料、流程、收费和时限是否还对。") % item.title,
        at=at,
        url=absolute(path),
    )
    return message.to_each(_keepers(item, at))


def _keepers(item: ServiceItem, at: datetime) -> list[int]:
    """The community's clerks, or its secretary; the county's administrators for the whole portal's items."""
    if item.community is not None:
        return list(keepers_of([item.community], at).get(item.community.pk, ()))
    posts = Post.objects.held_on(timezone.localdate(at)).filter(user__is_active=True)
    own = posts.filter(duty=Duty.ADMINISTRATOR, place__kind=PlaceKind.COUNTY)
    return list(dict.fromkeys(own.order_by("pk").values_list("user_id", flat=True)))


def may_keep_for_all(user: User, at: datetime) -> bool:
    """Whether the items of the whole portal are this person's to keep: a county's are."""
    return any(
        Power.GUIDE_MANAGE in post.powers and post.place_kind == PlaceKind.COUNTY
        for post in held_posts(user, at=at)
    )


def _authorise(community: Community | None, actor: User | None, at: datetime) -> str:
    if community is not None:
        return authorise(actor, Power.GUIDE_MANAGE, Scope(community.place.path), at=at)
    if actor is not None and not may_keep_for_all(actor, at):
        raise NotAllowedError(_("所有社区共用的事项由县级管理员维护。"))
    return ""


def _lock(item_id: int) -> ServiceItem:
    return ServiceItem.objects.select_related("community__place").locked().get(pk=item_id)


def _check(item: ServiceItem, at: datetime) -> None:
    """What is typed is well formed; what is shown is complete, and was looked at today."""
    clean(item, validate_unique=False, validate_constraints=False)
    if not item.is_active:
        return
    unmet = item.unmet()
    if unmet:
        raise InvalidInputError(" ".join(unmet), extra={"problems": unmet})
    item.reviewed_on = timezone.localdate(at)


def _record(
    verb: str,
    item: ServiceItem,
    actor: User | None,
    at: datetime,
    trace: str,
    fields: Sequence[str] = (),
) -> None:
    record(
        event=f"service_item.{verb}",
        actor=actor,
        subject=item,
        at=at,
        scope_path=item.community.place.path if item.community else "",
        post=trace,
        fields=fields,
    )
