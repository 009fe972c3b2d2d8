"""Marks of 信息册: made, taken back with a reason, looked at again. Two of them silence everything (G-10).

The silence itself is `Resident.standing`: lists ask `Resident.objects.present()`, and the database lets
nothing into the inbox of whoever is silent (decision 0028).
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from community import permissions
from community.duties import Power
from community.models import Place, Resident
from community.models.people import Standing
from community.standing_listeners import standing_changed
from core.audit import record
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.language import gettext as _
from core.models import User
from grids.care_days import next_mark_on
from grids.models import SILENCING, Effect, ResidentTag, SchemeColour, SchemeKind
from grids.selectors.doors import scope_of


@transaction.atomic
def tag_set(
    *,
    resident_id: int,
    colour_id: int,
    since_on: date,
    note: str = "",
    recheck_on: date | None = None,
    actor: User | None,
    at: datetime,
) -> ResidentTag:
    """Mark a resident. Dead or moved away, everything about them falls silent at once.

    Raises:
        NotFoundError: no such resident.
        NotAllowedError: `actor` holds no post over that grid.
        InvalidInputError: a colour of no register here, a day to come, a lease that ends before it begins.
        ConflictError: the mark is there already.
    """
    resident = lock_resident(resident_id)
    place, trace = authorised(resident, actor, at)
    colour = SchemeColour.objects.select_related("scheme").filter(pk=colour_id, is_active=True).first()
    if colour is None or not _belongs(colour, resident):
        raise InvalidInputError(_("请选择本社区信息册里的标记。"))
    if since_on > timezone.localdate(at):
        raise InvalidInputError(_("起始日期不能晚于今天。"))
    if recheck_on is not None and recheck_on < since_on:
        raise InvalidInputError(_("租期不能早于起始日期。"))
    if resident.tags.in_force().filter(colour=colour).exists():
        raise ConflictError(_("这个标记已经有了。"))
    tag = ResidentTag.objects.create(
        resident=resident,
        colour=colour,
        since_on=since_on,
        recheck_on=recheck_on if colour.effect == Effect.TENANT else None,
        next_on=next_mark_on(colour.visit_days, timezone.localdate(at)),
        note=note.strip()[:100],
        marked_at=at,
        marked_by=actor,
    )
    changed = _follow(resident, at)
    record(
        event="tag.set",
        actor=actor,
        subject=tag,
        at=at,
        scope_path=place.path,
        post=trace,
        fields=changed,
    )
    return tag


@transaction.atomic
def tag_end(*, tag_id: int, reason: str, actor: User | None, at: datetime) -> ResidentTag:
    """Take a mark back. What it silenced resumes, unless another mark still silences it.

    Raises:
        NotFoundError: no such mark.
        NotAllowedError: `actor` holds no post over that grid.
        InvalidInputError: no reason.
        ConflictError: it was taken back before.
    """
    tag, place, trace = _held(tag_id, actor, at)
    if not reason.strip():
        raise InvalidInputError(_("请写明为什么撤销。"))
    tag.ended_at, tag.ended_by, tag.end_reason = at, actor, reason.strip()[:100]
    tag.next_on = None
    tag.save(update_fields=["ended_at", "ended_by", "end_reason", "next_on"])
    changed = _follow(tag.resident, at, ended=Effect(tag.colour.effect))
    record(
        event="tag.ended",
        actor=actor,
        subject=tag,
        at=at,
        scope_path=place.path,
        post=trace,
        fields=changed,
    )
    return tag


@transaction.atomic
def tag_recheck(*, tag_id: int, recheck_on: date, actor: User, at: datetime) -> ResidentTag:
    """A tenant was looked at again at the end of the lease and stays until another day.

    Raises:
        NotFoundError: no such mark.
        NotAllowedError: `actor` holds no post over that grid.
        InvalidInputError: not a tenant, or a day that is not to come.
        ConflictError: it was taken back before.
    """
    tag, place, trace = _held(tag_id, actor, at)
    if tag.colour.effect != Effect.TENANT or recheck_on <= timezone.localdate(at):
        raise InvalidInputError(_("请填租户新的租期，须晚于今天。"))
    tag.recheck_on = recheck_on
    tag.save(update_fields=["recheck_on"])
    record(event="tag.rechecked", actor=actor, subject=tag, at=at, scope_path=place.path, post=trace)
    return tag


def lock_resident(resident_id: int) -> Resident:
    """Somebody on the roll, locked: all that is marked about one person happens one after the other.

    Raises:
        NotFoundError: nobody.
    """
    rows = Resident.objects.locked().select_related("household__place")
    found = rows.filter(pk=resident_id).first()
    if found is None:
        raise NotFoundError(_("没有找到这位居民。"))
    return found


def authorised(
    resident: Resident, actor: User | None, at: datetime, power: Power = Power.REGISTER_KEEP
) -> tuple[Place, str]:
    """The place to which what is said of a resident is booked, and the post that allows saying it.

    Raises:
        NotAllowedError: none does.
    """
    scope, place = scope_of(resident.household)
    return place, permissions.authorise(actor, power, scope, at=at)


def _held(tag_id: int, actor: User | None, at: datetime) -> tuple[ResidentTag, Place, str]:
    resident_id = ResidentTag.objects.filter(pk=tag_id).values_list("resident", flat=True).first()
    if resident_id is None:
        raise NotFoundError(_("没有找到这个标记。"))
    resident = lock_resident(resident_id)
    place, trace = authorised(resident, actor, at)
    tag = ResidentTag.objects.locked().select_related("colour__scheme").get(pk=tag_id)
    if tag.ended_at is not None:
        raise ConflictError(_("这个标记已经撤销了。"))
    tag.resident = resident
    return tag, place, trace


def _belongs(colour: SchemeColour, resident: Resident) -> bool:
    scheme = colour.scheme
    here = scheme.community_id in resident.household.place.ancestor_ids
    return here and scheme.kind == SchemeKind.REGISTER and scheme.is_active


def _follow(resident: Resident, at: datetime, *, ended: Effect = Effect.NONE) -> list[str]:
    """Let the roll say what the marks in force say; the names of what changed."""
    effects = set(resident.tags.in_force().values_list("colour__effect", flat=True))
    before = (resident.standing, resident.is_tenant)
    if Effect.DECEASED in effects:
        resident.standing = Standing.DECEASED
    elif Effect.MOVED_OUT in effects:
        resident.standing = Standing.MOVED_OUT
    elif ended in SILENCING:
        resident.standing = Standing.PRESENT
    if Effect.TENANT in effects or ended == Effect.TENANT:
        resident.is_tenant = Effect.TENANT in effects
    after = (resident.standing, resident.is_tenant)
    resident.save(update_fields=["standing", "is_tenant"])
    pairs = zip(("standing", "is_tenant"), before, after, strict=True)
    changed = [name for name, old, new in pairs if old != new]
    if "standing" in changed:
        for told in standing_changed:
            told(resident, at)
    return changed
