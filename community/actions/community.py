"""A community comes into being with its brand, its boards and its ways in (C-01, C-26)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from community import permissions
from community.actions.cleaning import clean
from community.actions.place import place_create
from community.actions.profile import profile_apply
from community.duties import Power
from community.home_cache import home_forget
from community.models import Channel, Community, CommunityFact, Place, PortalBoard
from community.models.place import PlaceKind
from community.permissions import Scope
from community.shipped import SHIPPED
from core.audit import record
from core.errors import ConflictError, InvalidInputError
from core.language import gettext as _
from core.language import kept

if TYPE_CHECKING:
    from core.models import User

EDITABLE: Final = (
    "name",
    "kind",
    "introduction",
    "hotline",
    "address",
    "founded_on",
    "morning_from",
    "morning_to",
    "afternoon_from",
    "afternoon_to",
    "robot_url",
    "is_active",
    "privacy_officer",
    "privacy_phone",
    "keep_matters_months",
)
NOTICE: Final = frozenset({"privacy_officer", "privacy_phone", "keep_matters_months"})
"""What the page on personal data says of a community; a change makes a new version of it."""
RESERVED_SLUGS: Final = frozenset(
    {
        *(
            "account",
            "admin",
            "api",
            "brand",
            "company",
            "display",
            "healthz",
            "i",
            "images",
            "inbox",
            "j",
            "kept",
        ),
        *("language", "media", "mine", "notices", "p", "photos", "readyz", "s", "staff", "static"),
        *("project-photos", "styleguide", "today", "track", "work"),
    }
)
"""First words of the portal's own addresses; a test compares them with the URL table."""
BOARDS: Final = (
    ("阳光政务", "公开与公示", "landmark", "about/"),
    ("办事大厅", "办事指南", "building-2", "guide/"),
    ("心声速递", "有事您就说", "message-square-text", "file/"),
    ("志愿服务", "参与志愿活动", "heart-handshake", ""),
    ("文化活动", "我们的节日", "music", ""),
    ("回音壁", "件件有回音", "megaphone", "wall/"),
    ("问题墙", "正在办的事", "clipboard-list", "problems/"),
    ("小区名录", "小区与楼长", "map", "estates/"),
    ("社区概况", "关于我们", "info", "about/"),
)
"""Five boards are named by the source; the last four are ours and meant to be changed."""


@transaction.atomic
def community_create(
    *,
    name: str,
    slug: str,
    parent: Place,
    at: datetime,
    actor: User | None = None,
    shipped: str = "diecui",
    **details: Any,
) -> Community:
    """Make a community under a subdistrict with a shipped profile, nine boards and its channels.

    `details` are hotline, address, introduction, kind, founded_on, robot_url and office hours.

    Raises:
        NotAllowedError: `actor` does not keep places under `parent`.
        ConflictError: the slug or the name is taken.
        InvalidInputError: the slug is an address of the portal's own.
    """
    if slug in RESERVED_SLUGS:
        raise InvalidInputError(_("网址名“%s”是系统保留的。") % slug)
    if Community.objects.filter(slug=slug).exists():
        raise ConflictError(_("网址名“%s”已被使用。") % slug)
    place = place_create(kind=PlaceKind.COMMUNITY, name=name, parent=parent, at=at, actor=actor)
    community = Community(place=place, slug=slug, name=name, **details)
    clean(community, exclude=["place"], validate_unique=False)
    community.save(force_insert=True)
    profile = profile_apply(community=community, shipped=SHIPPED[shipped], at=at)
    community.profile = profile
    PortalBoard.objects.bulk_create(
        PortalBoard(community=community, name=board, hint=hint, icon=icon, target=target, order=order)
        for order, (board, hint, icon, target) in enumerate(BOARDS, start=1)
    )
    Channel.objects.bulk_create(
        Channel(community=community, kind=kind.value, name=kept(kind.label))
        for kind in SHIPPED[shipped].channels
    )
    record(event="community.created", actor=actor, subject=community, at=at, scope_path=place.path)
    return community


@transaction.atomic
def community_update(
    *, community_id: int, changes: dict[str, Any], actor: User | None, at: datetime
) -> Community:
    """Change a community's own data: name, hotline, hours and the like. The slug never changes.

    Raises:
        NotAllowedError: `actor` does not keep the community's place.
        InvalidInputError: a field is wrong.
    """
    community = Community.objects.select_related("place").locked().get(pk=community_id)
    trace = permissions.authorise(actor, Power.PLACE_MANAGE, Scope(community.place.path), at=at)
    changed = [name for name in EDITABLE if name in changes and changes[name] != getattr(community, name)]
    fields: list[str] = list(changed)
    for name in fields:
        setattr(community, name, changes[name])
    clean(community, exclude=["place"], validate_unique=False)
    if NOTICE & set(fields):
        community.privacy_version += 1
        fields.append("privacy_version")
    if fields:
        community.save(update_fields=fields)
        home_forget(community_id)
        record(
            event="community.changed",
            actor=actor,
            subject=community,
            at=at,
            scope_path=community.place.path,
            post=trace,
            fields=fields,
        )
    return community


@transaction.atomic
def fact_record(  # noqa: PLR0913
    *,
    community: Community,
    code: str,
    label: str,
    value: Decimal | int,
    as_of: date,
    source: str,
    at: datetime,
    unit: str = "",
    qualifier: str = "exact",
    since: date | None = None,
    sample: int | None = None,
    beside: str = "",
    goes_on: bool = False,
    order: int = 0,
    actor: User | None = None,
) -> CommunityFact:
    """Keep a dated figure about a community; a later date is a new row, the same date replaces.

    Source: C-01, C-31.

    Raises:
        NotAllowedError: `actor` does not keep the community's place.
    """
    path = community.place.path
    trace = permissions.authorise(actor, Power.PLACE_MANAGE, Scope(path), at=at)
    fact, _created = CommunityFact.objects.update_or_create(
        community=community,
        code=code,
        as_of=as_of,
        defaults={
            "label": label,
            "value": value,
            "unit": unit,
            "qualifier": qualifier,
            "since": since,
            "sample": sample,
            "beside": beside,
            "goes_on": goes_on,
            "source": source,
            "order": order,
        },
    )
    home_forget(community.pk)
    record(event="fact.recorded", actor=actor, subject=fact, at=at, scope_path=path, post=trace)
    return fact
