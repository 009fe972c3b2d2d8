"""Where a notice leads: to a page that its reader may open, whoever a vacant tier passed it on to (G-03)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from community.backends import GRANTS
from community.duties import POWERS, Duty, Power
from community.models import Post
from core.display import absolute
from core.language import in_house
from core.outbox import Message

ANY: Final[frozenset[Power]] = frozenset()


def within_reach(messages: Sequence[Message], *, families: Collection[str]) -> Sequence[Message]:
    """The same messages. Where somebody may not open the page that theirs leads to, it says and leads to no
    more than they may see, else to the day of the grids that they look after, else nowhere: one statement,
    and none where every page is open to all.

    Only kinds of these `families` (`need` of `need.climbed`) are looked at: what others send goes to those
    whose posts they asked for.
    """
    ours = {one.url for one in messages if one.user_id is not None and one.kind.partition(".")[0] in families}
    asked = {one.url: asked_for(one.url) if one.url in ours else ANY for one in messages}
    told = {one.user_id for one in messages if one.user_id is not None and asked[one.url]}
    if not told:
        return messages
    held = powers_held(told, at=messages[0].at)
    return [
        one
        if one.user_id is None or not asked[one.url] or asked[one.url] & held.get(one.user_id, ANY)
        else _for_watchers(one)
        if Power.GRID_WATCH in held.get(one.user_id, ANY)
        else replace(one, url="")
        for one in messages
    ]


def asked_for(url: str) -> frozenset[Power]:
    """The powers any of which open the page at an address of the portal; none where it asks for none."""
    path = urlsplit(url).path
    if not path:
        return ANY
    try:
        found = resolve(path)
    except Resolver404:
        return ANY
    if found.app_name == "admin":
        app, model, page, *_rest = [*(found.url_name or "").split("_"), "", ""]
        grant = GRANTS.get(f"{app}.{model}")
        wanted = (grant.write if page == "add" else grant.view) if grant else ANY
        return frozenset(wanted)
    powers: frozenset[Power] = getattr(found.func, "powers", ANY)
    return powers


def powers_held(user_ids: Collection[int], *, at: datetime) -> Mapping[int, frozenset[Power]]:
    """What the posts of these accounts allow somewhere; one statement."""
    rows = Post.objects.held_on(timezone.localdate(at)).filter(user_id__in=user_ids)
    held: dict[int, frozenset[Power]] = {}
    for user_id, duty in rows.order_by().values_list("user_id", "duty").distinct():
        held[user_id] = held.get(user_id, ANY) | POWERS[Duty(duty)]
    return held


@in_house
def _for_watchers(message: Message) -> Message:
    """For those who look after grids a need or an errand without its door and words, of anything else the
    numbers."""
    found = resolve(urlsplit(message.url).path)
    if found.app_name == "grids" and found.url_name in ("need", "errand"):
        key = found.kwargs[f"{found.url_name}_id"]
        late = absolute(f"{reverse('grids:watch_late')}?{found.url_name}={key}")
        body = _("有一件事下面没有人接，转到您这里。在哪个网格、该找谁，点开可以看到。")
        return replace(message, body=body, url=late)
    return replace(message, url=absolute(reverse("grids:watch")))
