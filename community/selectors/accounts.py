"""What is known of an account: its way in, its door on the roll, its community, and what may reach it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.contrib.auth.tokens import default_token_generator
from django.db.models import F, Q, Value
from django.urls import reverse
from django.utils.http import base36_to_int, int_to_base36
from django.utils.translation import gettext as _

from community.models import Community, ListExport, Post, Resident
from community.permissions import held_posts
from community.querysets import place_ids
from core.display import absolute
from core.errors import GoneError
from core.models import User
from core.prepared import PreparedModel
from core.querysets import NO_KEYS, AnyOf, keys_text

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


def resident_of(user: User) -> Resident | None:
    """The person on the roll that an account belongs to, with their door; one statement."""
    return Resident.objects.select_related("household__place__parent__parent").filter(user=user).first()


def place_of(user: User) -> str:
    """The path of the door on the roll that an account belongs to, or of its post; empty where neither is."""
    doors = Resident.objects.filter(user=user).values_list("household__place__path", flat=True)
    posts = Post.objects.filter(user=user).order_by("-starts_on").values_list("place__path", flat=True)
    return doors.first() or posts.first() or ""


_BRANDED: Final = PreparedModel(
    lambda places: (
        Community.objects.filter(AnyOf(F("pk"), Value(places)), profile__isnull=False)
        .select_related("profile")
        .order_by("pk")[:1]
    ),
    places=NO_KEYS,
)


def own_community(user: User, *, at: datetime) -> Community | None:
    """The community of a person's first post, for the brand above the page; None at a subdistrict."""
    return _BRANDED.first(
        places=keys_text(place_ids(post.place_path for post in held_posts(user, at=at)[:1]))
    )


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
