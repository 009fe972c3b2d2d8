"""What is said when something goes into other hands: to the new ones and to the old ones."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.display import absolute, moment
from core.language import in_house
from core.outbox import Message
from grids.models import HandOver

KINDS: Final = {"moved.to_you": gettext_lazy("改派给您的事"), "moved.from_you": gettext_lazy("改派走的事")}


@in_house
def need_moved(move: HandOver, *, at: datetime) -> list[Message]:
    """A need; its deadline goes along."""
    assert move.need is not None
    by = _("请在 %s前解决，并把结果告诉住户。") % moment(move.need.due_at)
    return _both(move, move.need.text, by, reverse("grids:need", args=[move.need_id]), at)


@in_house
def errand_moved(move: HandOver, *, at: datetime) -> list[Message]:
    """An errand, with the door that waits."""
    assert move.errand is not None
    door = _("住户是%s，办好后请告知。") % move.errand.household.long_name
    return _both(move, move.errand.text, door, reverse("grids:errand", args=[move.errand_id]), at)


@in_house
def application_moved(move: HandOver, *, at: datetime) -> list[Message]:
    """An application that somebody walks with a resident."""
    assert move.application is not None
    who = _("申请人是%s，请接着陪办，每办好一步都告知本人。") % move.application.resident
    url = reverse("grids:application", args=[move.application_id])
    return _both(move, str(move.application), who, url, at)


@in_house
def doors_taken(user_id: int, count: int, grid: str, *, at: datetime) -> Message:
    """Doors that came with a building to somebody's grid."""
    words = {"grid": grid, "count": count}
    return Message(
        kind="moved.to_you",
        dedupe_key=f"doors.to_you.{user_id}.{grid}.{at.isoformat()}",
        title=_("有住户包给您"),
        body=_("楼栋划归%(grid)s，%(count)d 户从今天起由您包。") % words,
        at=at,
        user_id=user_id,
        url=absolute(reverse("grids:charges")),
    )


@in_house
def doors_lost(user_id: int, count: int, *, at: datetime) -> Message:
    """Doors that went with a building to a grid in which somebody holds no post."""
    return Message(
        kind="moved.from_you",
        dedupe_key=f"doors.from_you.{user_id}.{at.isoformat()}",
        title=_("有住户不再由您包"),
        body=_("楼栋划到别处，%(count)d 户从今天起不再由您包。") % {"count": count},
        at=at,
        user_id=user_id,
        url=absolute(reverse("grids:charges")),
    )


def _both(move: HandOver, text: str, what_now: str, url: str, at: datetime) -> list[Message]:
    """Nobody is told of what they did themselves, nor somebody who has left of anything."""
    words = {"by": move.by, "what": text, "why": move.reason, "now": what_now, "who": move.after}
    given = Message(
        kind="moved.to_you",
        dedupe_key=f"moved.to_you.{move.pk}",
        title=_("有一件事改派给您"),
        body=(
            _("%(by)s 把“%(what)s”交给您办，原因是“%(why)s”。%(now)s")
            if move.by
            else _("%(why)s，“%(what)s”从现在起由您办。%(now)s")
        )
        % words,
        at=at,
        url=absolute(url),
    )
    taken = Message(
        kind="moved.from_you",
        dedupe_key=f"moved.from_you.{move.pk}",
        title=_("您手里的一件事改派了"),
        body=_("%(by)s 把“%(what)s”改由 %(who)s 办，原因是“%(why)s”。") % words,
        at=at,
        url=absolute(url),
    )
    told = [*given.to_each([move.after_id]), *(taken.to_each([move.before_id]) if move.by else ())]
    return [message for message in told if message.user_id != move.by_id]
