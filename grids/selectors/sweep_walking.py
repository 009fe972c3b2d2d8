"""Sweeps as a volunteer who goes along sees them: their stops, and nothing else (G-20)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Count, Q
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.models import Community
from community.permissions import held_posts
from core.errors import NotFoundError
from core.models import StoredImage, User
from core.registries import DataSubject, Tile
from grids.entry_kinds import Guest
from grids.models import SweepStop, SweepWalker
from grids.selectors.abouts import key_of
from grids.selectors.sweeps import SweepShown, shown, sweeps_of
from grids.selectors.walkers import walking, walks_of

KEPT: Final = 3
"""Sweeps whose pages a volunteer's phone keeps."""
HEADS: Final = {
    "name": gettext_lazy("摸排"),
    "at": gettext_lazy("什么时候请的"),
    "ended_at": gettext_lazy("不再参加的时间"),
}


def walks_shown(user: User, day: date) -> Sequence[Any]:
    """Each with how much is left; one statement.

    Raises:
        NotFoundError: they go along on none.
    """
    numbers = {"all": Count("stops"), "left": Count("stops", filter=Q(stops__result=""))}
    found = list(walks_of(user, day).select_related("scope").annotate(**numbers).order_by("ends_on", "pk"))
    if not found:
        raise NotFoundError(_("您现在没有参加的摸排。"))
    return found


def walk_of(user: User, sweep_id: int, day: date) -> SweepShown:
    """One of them with its stops; three statements.

    Raises:
        NotFoundError: none of theirs, or over.
    """
    sweep = walks_of(user, day).filter(pk=sweep_id).select_related("scope", "community").first()
    if sweep is None:
        raise NotFoundError(_("您现在没有参加这次摸排。"))
    return shown(sweep)


def guest_of_stop(fields: QueryDict, worker: User, at: datetime) -> Guest | None:
    """A volunteer who goes along, or did, on the sweep of a stop; one or two statements."""
    rows = SweepWalker.objects.filter(user=worker.pk, sweep__stops=key_of(fields, "stop"))
    found = rows.select_related("sweep").order_by("-pk").first()
    if found is None:
        return None
    return Guest(found.sweep.scope_id, walking(timezone.localdate(at)).filter(pk=found.pk).exists())


def photo_of(user: User, sweep_id: int, stop_id: int, *, at: datetime) -> StoredImage:
    """A volunteer's photo of a stop, for those who may see the sweep.

    Raises:
        NotFoundError: none, or none of theirs.
    """
    theirs = sweeps_of(user, at=at).filter(pk=sweep_id).values("pk")
    stop = SweepStop.objects.filter(sweep__in=theirs, pk=stop_id).select_related("photo").first()
    if stop is None or stop.photo is None:
        raise NotFoundError(_("没有找到这张照片。"))
    return stop.photo


def tile_walked(request: HttpRequest) -> Tile | None:
    """On the page 我的 of a volunteer."""
    assert isinstance(request.user, User)
    if not walks_of(request.user, timezone.localdate()).exists():
        return None
    return Tile(_("我参加的摸排"), reverse("grids:walked"), _("要去哪些点，看到了什么"), None, "list-checks")


def pages_kept(request: HttpRequest) -> Sequence[str]:
    """What a volunteer opens without signal; nothing for those in post, who have pages of their own."""
    at = timezone.now()
    if not request.user.is_authenticated or held_posts(request.user, at=at):
        return []
    found = walks_of(request.user, timezone.localdate(at)).order_by("ends_on", "pk")
    ids = list(found.values_list("pk", flat=True)[:KEPT])
    each = [reverse(f"grids:{name}", args=[pk]) for pk in ids for name in ("walk", "walk_record")]
    return [reverse("grids:walked"), *each] if ids else []


def stop_photos_kept(_community: Community) -> str:
    """How long a volunteer's photo is kept, in words."""
    return _("1 年；登记进隐患台账的随台账")


def walks_held(subject: DataSubject) -> Sequence[dict[str, Any]]:
    """The sweeps that somebody was asked to go along on; one statement."""
    if subject.user_id is None:
        return []
    rows = SweepWalker.objects.filter(user=subject.user_id).select_related("sweep").order_by("-pk")
    return [{"name": one.sweep.name, "at": one.named_at, "ended_at": one.ended_at} for one in rows]
