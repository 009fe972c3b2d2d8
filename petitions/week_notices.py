"""What the week begins with: rounds to make, visits to go to. Every function returns messages."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.display import absolute, moment, names_of
from core.language import in_house
from core.outbox import Message
from petitions.models import MediationVisit

VISITS_NAMED: Final = 10


@in_house
def round_due(user_id: int, grids: Collection[str], week: str, *, at: datetime) -> list[Message]:
    """Whoever looks after grids, or mediates, looks for disputes once a week before they grow (P-44)."""
    where = _("（%s）") % names_of(grids) if grids else ""
    body = _("请在本周走一遍%s，问问有没有矛盾苗头；发现了就现场登记，早一点有人去说和。") % where
    message = Message(
        kind="petition.round",
        dedupe_key=f"petition.round.{week}",
        title=_("本周排查"),
        body=body,
        at=at,
        url=absolute(reverse("petitions:work_new")),
    )
    return message.to_each([user_id])


@in_house
def visits_ahead(
    user_id: int, visits: Sequence[MediationVisit], missing: int, week: str, *, at: datetime
) -> list[Message]:
    """The week's visits of one mediator, and how many of the team's mediations have none (P-18)."""
    said = []
    if visits:
        named = _("、").join(
            f"{moment(one.starts_at)} {one.petition.number}" for one in visits[:VISITS_NAMED]
        )
        more = "" if len(visits) <= VISITS_NAMED else _("等")
        said.append(
            _("您要上门 %(n)d 次：%(named)s%(more)s。") % {"n": len(visits), "named": named, "more": more}
        )
    if missing:
        said.append(_("您所在的调解队还有 %d 件没有约上门。") % missing)
    message = Message(
        kind="petition.visits_ahead",
        dedupe_key=f"petition.visits_ahead.{week}",
        title=_("一周上门计划"),
        body="".join(said),
        at=at,
        url=absolute(reverse("petitions:visits")),
    )
    return message.to_each([user_id])


INBOX_ONLY: Final[Mapping[str, Promise]] = {
    "round": gettext_lazy("本周排查"),
    "visits_ahead": gettext_lazy("一周上门计划"),
}
