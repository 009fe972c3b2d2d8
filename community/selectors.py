"""Reads that are more than a filter: who holds a duty for a place, and what a community's pages show."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from django.contrib.auth.tokens import default_token_generator
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.http import base36_to_int, int_to_base36
from django.utils.translation import gettext as _

from community.duties import LADDER, Duty
from community.models import (
    Community,
    CommunityFact,
    ListExport,
    Place,
    PortalBoard,
    Post,
    Resident,
    ServicePlace,
)
from community.models.place import BuildingKind, PlaceKind
from community.permissions import held_posts
from community.querysets import below, place_ids
from core.display import absolute
from core.errors import GoneError
from core.models import User

if TYPE_CHECKING:
    from core.registries import DataSubject, Recipient


SIGN_IN_CODE: Final = "sign_in_code"
BASE36: Final = re.compile(r"[0-9a-z]{1,8}")


def password_link(user: User) -> str:
    """Where this member of staff sets a password, once: void after that, after a reset, or three days."""
    token = f"{int_to_base36(user.pk)}.{default_token_generator.make_token(user)}"
    return absolute(reverse("password_set", args=[token]))


def password_link_owner(token: str, *, locked: bool = False) -> User:
    """Whose link it is; `locked` in the transaction that uses it up.

    Raises:
        GoneError: forged, used, expired, replaced by a later one, or of a closed account.
    """
    pk, _dot, secret = token.partition(".")
    rows = User.objects.filter(is_staff=True, is_active=True)
    rows = rows.select_for_update() if locked else rows
    user = rows.filter(pk=base36_to_int(pk)).first() if BASE36.fullmatch(pk) else None
    if user is None or not default_token_generator.check_token(user, secret):
        raise GoneError(_("这个链接已用过、已过期或已被新的链接代替，请管理员重新给一个。"))
    return user


def _holders(place_path: str, grid_path: str, duties: Sequence[Duty], at: datetime) -> list[Post]:
    """Posts of these duties over the place or its grid: the nearest first, a deputy before the deputised."""
    return list(
        Post.objects.held_on(timezone.localdate(at))
        .filter(place_id__in=place_ids([place_path, grid_path]), duty__in=duties, user__is_active=True)
        .select_related("user", "place")
        .order_by("-place__depth", "deputises_id", "pk")
    )


def _first(posts: Sequence[Post], duty: Duty) -> Post | None:
    """The first post of a duty. NULLs sort last in PostgreSQL, so deputies stand before the deputised."""
    return next((post for post in posts if post.duty == duty), None)


def holder_for(*, place_path: str, grid_path: str, duty: Duty, at: datetime) -> User | None:
    """Who holds `duty` for the place at `at`: deputies first, the nearest place first; one statement."""
    post = _first(_holders(place_path, grid_path, [duty], at), duty)
    return post.user if post else None


def ladder_holder(
    *, place_path: str, grid_path: str, start: Duty, at: datetime
) -> tuple[Duty, User] | tuple[Duty, None]:
    """The first tier of the ladder from `start` upwards that somebody holds, and who; one statement.

    Nobody at any tier is `(Duty.SUPERVISOR, None)`.
    """
    tiers = LADDER[LADDER.index(start) :]
    posts = _holders(place_path, grid_path, tiers, at)
    for duty in tiers:
        post = _first(posts, duty)
        if post is not None:
            return duty, post.user
    return Duty.SUPERVISOR, None


def resident_of(user: User) -> Resident | None:
    """The person on the roll that an account belongs to, with their door; one statement."""
    return Resident.objects.select_related("household__place__parent__parent").filter(user=user).first()


def place_of(user: User) -> str:
    """The path of the door on the roll that an account belongs to, or of its post; empty where neither is."""
    doors = Resident.objects.filter(user=user).values_list("household__place__path", flat=True)
    posts = Post.objects.filter(user=user).order_by("-starts_on").values_list("place__path", flat=True)
    return doors.first() or posts.first() or ""


def own_community(user: User, *, at: datetime) -> Community | None:
    """The community of a person's first post, for the brand above the page; None at a subdistrict."""
    ids = place_ids(post.place_path for post in held_posts(user, at=at)[:1])
    return Community.objects.filter(pk__in=ids, profile__isnull=False).select_related("profile").first()


def roll_of(subject: DataSubject) -> list[dict[str, Any]]:
    """What the roll says of the person behind an account; one statement."""
    if subject.user_id is None:
        return []
    rows = Resident.objects.filter(user_id=subject.user_id).select_related("household__place__parent__parent")
    return [
        {
            "name": row.name,
            "phone": row.phone,
            "door": row.household.long_name,
            "is_tenant": row.is_tenant,
            "refuses_messages": row.refuses_messages,
        }
        for row in rows
    ]


def communities_shown() -> list[Community]:
    """Active communities with place and brand, by name; one statement."""
    return list(
        Community.objects.active()
        .filter(profile__isnull=False)
        .select_related("place", "profile")
        .order_by("name")
    )


def boards_of(community: Community) -> list[PortalBoard]:
    """The home page's boards in their order, at most nine."""
    return list(PortalBoard.objects.filter(community=community, is_active=True)[:9])


def facts_of(community: Community) -> list[CommunityFact]:
    """The newest figure of each kind of the community's profile, in their order; one statement."""
    return list(_newest_facts(community.pk).filter(beside=""))


def facts_beside(community_id: int) -> list[CommunityFact]:
    """The newest published figures that stand beside counts of the records, in their order; one statement."""
    return list(_newest_facts(community_id).exclude(beside=""))


def _newest_facts(community_id: int) -> QuerySet[CommunityFact]:
    newest = CommunityFact.objects.filter(community_id=community_id, code=OuterRef("code")).order_by("-as_of")
    rows = CommunityFact.objects.filter(community_id=community_id, pk=Subquery(newest.values("pk")[:1]))
    return rows.order_by("order", "pk")


def service_places_of(community: Community) -> list[ServicePlace]:
    return list(ServicePlace.objects.filter(community=community, is_active=True).order_by("kind", "pk"))


@dataclass(frozen=True, slots=True)
class EstateCard:
    """One estate of the directory. `heads` are building heads; figures are counted, not stored."""

    place: Place
    company: str
    heads: tuple[str, ...]
    blocks: int
    villas: int
    entrances: int
    households: int

    @property
    def has_no_company(self) -> bool:
        return not self.company

    @property
    def has_no_contact(self) -> bool:
        """Neither a property company nor a building head (C-03)."""
        return not self.company and not self.heads


def estates_of(community: Community, on: date) -> list[EstateCard]:
    """The community's estates with company, building heads and what they consist of; three statements."""
    path = community.place.path
    estates = list(
        Place.objects.under(path)
        .active()
        .filter(kind=PlaceKind.ESTATE)
        .select_related("estate__property_company")
        .order_by("order", "pk")
    )
    counted = _counts_by_estate(path)
    heads: dict[int, list[str]] = {}
    holders = (
        Post.objects.held_on(on)
        .named()
        .filter(duty=Duty.BUILDING_HEAD, user__is_active=True)
        .filter(below([path], "place__path"))
        .select_related("user", "place")
        .order_by("place__order", "pk")
    )
    ids = {estate.pk for estate in estates}
    for post in holders:
        home = next((pk for pk in (*post.place.ancestor_ids, post.place_id) if pk in ids), None)
        if home is not None:
            heads.setdefault(home, []).append(str(post.user))
    return [_card(estate, counted.get(estate.pk, {}), heads.get(estate.pk, [])) for estate in estates]


def _counts_by_estate(path: str) -> dict[int, dict[str, int]]:
    """Blocks, villas, entrances and households by estate id; one statement."""
    depth = len(path.strip("/").split("/"))
    rows = (
        Place.objects.under(path)
        .active()
        .filter(kind__in=(PlaceKind.BUILDING, PlaceKind.ENTRANCE))
        .values("path", "kind", "building_kind")
        .annotate(doors=Count("households", filter=Q(households__is_active=True)))
    )
    found: dict[int, dict[str, int]] = {}
    for row in rows:
        parts = row["path"].strip("/").split("/")
        figures = found.setdefault(
            int(parts[depth]), {"blocks": 0, "villas": 0, "entrances": 0, "households": 0}
        )
        figures["households"] += row["doors"]
        if row["kind"] == PlaceKind.ENTRANCE:
            figures["entrances"] += 1
        else:
            figures["villas" if row["building_kind"] == BuildingKind.VILLA else "blocks"] += 1
    return found


def _card(place: Place, figures: dict[str, int], heads: list[str]) -> EstateCard:
    details = getattr(place, "estate", None)
    company = details.property_company if details else None
    return EstateCard(
        place=place,
        company=company.name if company else "",
        heads=tuple(dict.fromkeys(heads)),
        blocks=figures.get("blocks", 0),
        villas=figures.get("villas", 0),
        entrances=figures.get("entrances", 0),
        households=figures.get("households", 0),
    )


def silenced(recipients: Sequence[Recipient]) -> dict[Recipient, str]:
    """Whom a message may no longer reach, and why, asked at delivery; one statement for all of them.

    A number that several people share is silenced only when none of them may be written to. Codes that
    somebody has just asked for go out whatever the roll says.
    """
    asked = [each for each in recipients if each.kind != SIGN_IN_CODE]
    users = {each.user_id for each in asked if each.user_id is not None}
    phones = {each.phone for each in asked if each.phone}
    rows = Resident.objects.select_related("user")
    people = rows.filter(Q(user_id__in=users) | Q(phone__in=phones)) if asked else ()
    reasons: dict[int | str, list[str]] = {}
    for person in people:
        reason = "" if person.may_be_written_to else person.silence_reason
        if person.user_id is not None:
            reasons.setdefault(person.user_id, []).append(reason)
        if person.phone:
            reasons.setdefault(person.phone, []).append(reason)
    found: dict[Recipient, str] = {}
    for each in asked:
        known = reasons.get(each.user_id or 0) or reasons.get(each.phone, [])
        if known and all(known):
            found[each] = known[0]
    return found


def exported(keys: Sequence[str]) -> dict[str, tuple[str, str]]:
    """What each of these exports took along: the list, how many rows, and what for."""
    return {
        str(job.pk): (
            _("%(list)s，%(rows)d 行%(purpose)s")
            % {"list": job.title, "rows": job.done, "purpose": _("：") + job.purpose if job.purpose else ""},
            "",
        )
        for job in ListExport.objects.filter(pk__in=keys)
    }
