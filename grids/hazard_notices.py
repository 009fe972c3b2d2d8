"""What is said of hazards; every function returns messages, the action queues them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.display import absolute, day
from core.language import in_house
from core.models import User
from core.outbox import Message
from grids.models import Hazard

KINDS: Final = {
    "hazard.given": gettext_lazy("交办的隐患"),
    "hazard.imported": gettext_lazy("旧台账里由您整改的隐患"),
    "hazard.due": gettext_lazy("隐患快到整改时限"),
    "hazard.overdue": gettext_lazy("隐患超过整改时限"),
    "hazard.recheck": gettext_lazy("隐患等待复查"),
    "hazard.closed": gettext_lazy("隐患已销号"),
}


@in_house
def given(hazard: Hazard, reps: Iterable[int], *, but: User | None, at: datetime) -> list[Message]:
    """To whoever answers for it, of a company to who represents it: what, where, by when."""
    if hazard.rectify_by is None:
        return []
    title = _("请整改：%s") % _named(hazard)
    body = _("%(where)s有隐患：%(what)s请在 %(day)s前整改完，并报完成。") % {
        "where": hazard.place.long_name,
        "what": hazard.text,
        "day": day(hazard.rectify_by),
    }
    key = f"hazard.given.{hazard.pk}.{hazard.round}"
    message = _message("hazard.given", key, title, body, hazard, at)
    return [
        *message.to_each(_but([hazard.responsible_id], but)),
        *_of_company(message, hazard, _but(reps, but)),
    ]


@in_house
def brought_in(user_id: int, count: int, *, at: datetime, is_company: bool = False) -> Message:
    """To whoever answers for open hazards of an older ledger, or represents the company: how many at once."""
    return Message(
        kind="hazard.imported",
        dedupe_key=f"hazard.imported.{user_id}.{at.isoformat()}",
        title=_("旧台账里由您整改的隐患"),
        body=_("从旧台账导入了 %d 处由您负责整改的隐患，请按各自的时限整改，并报完成。") % count,
        at=at,
        user_id=user_id,
        url=absolute(reverse("grids:company_hazards" if is_company else "grids:hazards")),
    )


@in_house
def to_recheck(hazard: Hazard, checker: int | None, *, but: User, at: datetime) -> list[Message]:
    """To whoever looks again: it is said to be put right."""
    title = _("请复查：%s") % _named(hazard)
    body = _("%s报整改完成，请到现场复查，拍照销号。") % hazard.answerable
    key = f"hazard.recheck.{hazard.pk}.{hazard.round}"
    return _message("hazard.recheck", key, title, body, hazard, at).to_each(_but([checker], but))


@in_house
def still_to_recheck(hazard: Hazard, user_ids: Iterable[int | None], *, at: datetime) -> list[Message]:
    """To whoever looks again, and over its day to the tiers: said to be put right, not seen."""
    assert hazard.rectify_by is not None
    assert hazard.done_at is not None
    facts = {"who": hazard.answerable, "day": day(hazard.done_at), "by": day(hazard.rectify_by)}
    title = _("还没有复查：%s") % _named(hazard)
    body = _("%(who)s %(day)s报整改完成，还没有复查销号，整改时限是 %(by)s。请安排到现场复查。") % facts
    key = f"hazard.recheck.{hazard.pk}.{hazard.round}.{timezone.localdate(at)}"
    return _message("hazard.recheck", key, title, body, hazard, at).to_each(user_ids)


@in_house
def closed(hazard: Hazard, reps: Iterable[int], *, but: User, at: datetime) -> list[Message]:
    """To whoever found it and whoever answered for it: it is gone."""
    title = _("已销号：%s") % _named(hazard)
    body = _("复查通过，这处隐患已销号。")
    told = _but([hazard.found_by_id, hazard.responsible_id], but)
    message = _message("hazard.closed", f"hazard.closed.{hazard.pk}", title, body, hazard, at)
    return [*message.to_each(told), *_of_company(message, hazard, _but(reps, but))]


@in_house
def nudge(
    hazard: Hazard, step: int, user_ids: Iterable[int | None], reps: Iterable[int], *, at: datetime
) -> list[Message]:
    """So many days before the deadline, or over it; who represents a company gets the company's page."""
    assert hazard.rectify_by is not None
    named, by = _named(hazard), hazard.answerable
    facts = {"name": named, "days": abs(step), "who": by, "day": day(hazard.rectify_by)}
    if step < 0:
        kind, title = "hazard.overdue", _("隐患已超期 %(days)d 天：%(name)s") % facts
        body = _("整改时限是 %(day)s，责任人是%(who)s，还没有复查销号。") % facts
    else:
        kind = "hazard.due"
        title = (
            _("隐患今天到期：%(name)s") % facts
            if step == 0
            else _("隐患还有 %(days)d 天到期：%(name)s") % facts
        )
        body = _("请在 %(day)s前整改完并请人复查，责任人是%(who)s。") % facts
    key = f"hazard.nudge.{hazard.pk}.{hazard.round}.{step}"
    message = _message(kind, key, title, body, hazard, at)
    return [*message.to_each(user_ids), *_of_company(message, hazard, reps)]


def _of_company(message: Message, hazard: Hazard, reps: Iterable[int | None]) -> list[Message]:
    """The same with the address that the company may open."""
    url = absolute(reverse("grids:company_hazard", args=[hazard.pk]))
    return replace(message, url=url).to_each(reps)


def _named(hazard: Hazard) -> str:
    return f"{hazard.number} {hazard.place.long_name} {hazard.type}"


def _but(ids: Iterable[int | None], actor: User | None) -> list[int | None]:
    return [pk for pk in ids if actor is None or pk != actor.pk]


def _message(kind: str, key: str, title: str, body: str, hazard: Hazard, at: datetime) -> Message:
    path = reverse("grids:hazard", args=[hazard.pk])
    url = absolute(path)
    return Message(kind=kind, dedupe_key=key, title=title, body=body, at=at, url=url)
