"""What is said about matters under supervision, and to whom. Every function returns messages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.duties import Duty
from community.models import Community
from community.permissions import Scope
from community.workflow import Channel
from core.display import absolute, names_of
from core.language import in_house
from core.outbox import Message
from petitions import workflow
from petitions.models import Petition, PreventionMeasure
from petitions.notices import to_staff
from petitions.selectors.holders import Holders


@in_house
def supervised(petition: Petition, *, at: datetime) -> list[Message]:
    """Whoever is asked to supervise hears of it."""
    body = _("%s 请您督办。") % petition.number
    return to_staff([petition.supervisor_id], petition, "supervised", _("有诉求请您督办"), body, at=at)


@in_house
def urged(user_id: int | None, petition: Petition, words: str, *, at: datetime) -> list[Message]:
    """The handler hears how often it has been."""
    body = _("%(number)s 第 %(n)d 次催办，请尽快办理。%(words)s") % {
        "number": petition.number,
        "n": petition.urge_count,
        "words": words,
    }
    return to_staff([user_id], petition, "urged", _("督办催办"), body, at=at)


@in_house
def look_after(petition: Petition, period: str, *, at: datetime) -> list[Message]:
    """Reminds a supervisor that nobody has looked after the matter for so long."""
    body = _("%(number)s 已有 %(days)d 天没有督办记录，请查看进展。") % {
        "number": petition.number,
        "days": workflow.look_every(is_tracked=petition.is_tracked).days,
    }
    people = [petition.supervisor_id]
    return to_staff(people, petition, "supervise", _("督办提醒"), body, at=at, key=period)


@in_house
def tracked_list(user_id: int, numbers: Sequence[str], week: str, *, at: datetime) -> list[Message]:
    """The week's list of the matters that a supervisor follows all the way."""
    body = _("您跟踪的诉求有 %(n)d 件：%(numbers)s。") % {
        "n": len(numbers),
        "numbers": names_of(numbers),
    }
    address = f"{reverse('admin:petitions_petition_changelist')}?queue=tracked&holder=supervised"
    message = Message(
        kind="petition.tracked_list",
        dedupe_key=f"petition.tracked_list.{week}",
        title=_("本周全程跟踪清单"),
        body=body,
        at=at,
        url=absolute(address),
    )
    return message.to_each([user_id])


@in_house
def neglected(
    user_ids: Iterable[int | None], petition: Petition, reasons: Sequence[workflow.Neglect], *, at: datetime
) -> list[Message]:
    """Tells the next tier why a matter looks neglected; the same matter and reason never twice."""
    body = _("%(number)s：%(reasons)s，请过问。") % {
        "number": petition.number,
        "reasons": _("；").join(str(reason.label) for reason in reasons),
    }
    key = "-".join(reasons)
    return to_staff(user_ids, petition, "neglect", _("疏忽提示"), body, at=at, key=key)


@in_house
def measure_due(
    user_id: int | None, measure: PreventionMeasure, period: str, *, at: datetime
) -> list[Message]:
    """Reminds whoever looks after a measure that it is time to."""
    body = _("%(number)s 的长效机制该检查了：%(text)s") % {
        "number": measure.petition.number,
        "text": measure.text,
    }
    return to_staff([user_id], measure.petition, "prevention", _("长效机制检查"), body, at=at, key=period)


@in_house
def measure_failed(user_id: int | None, petition: Petition, words: str, *, at: datetime) -> list[Message]:
    """The secretary hears that what was to keep it from coming back does not."""
    body = _("%(number)s：%(words)s") % {"number": petition.number, "words": words}
    return to_staff([user_id], petition, "prevention_failed", _("长效机制失效"), body, at=at)


@in_house
def quiet_channels(
    community: Community, scope: Scope, channels: Sequence[str], holders: Holders, *, month: str, at: datetime
) -> list[Message]:
    """Clerk and secretary hear that nothing came by these ways for so long (P-15)."""
    named = _("、").join(str(Channel(channel).label) for channel in channels)
    body = _("%s 30 天没有收到诉求，请看看还通不通：电话有人接吗，码还能扫吗，群里有人答吗。") % named
    message = Message(
        kind="petition.channels_quiet",
        dedupe_key=f"petition.channels_quiet.{community.pk}.{month}.{'-'.join(channels)}",
        title=_("渠道没有动静"),
        body=body,
        at=at,
        url=absolute(reverse("admin:petitions_petition_changelist")),
    )
    return message.to_each([holders.at(scope, Duty.CLERK), holders.at(scope, Duty.SECRETARY)])


INBOX_ONLY: Final[Mapping[str, Promise]] = {
    "supervised": gettext_lazy("有诉求请您督办"),
    "supervise": gettext_lazy("督办提醒"),
    "tracked_list": gettext_lazy("本周全程跟踪清单"),
    "prevention": gettext_lazy("长效机制检查"),
    "channels_quiet": gettext_lazy("渠道没有动静"),
}
REFUSALS: Final[Mapping[str, Promise]] = {
    "petition_prevented_before_archive": gettext_lazy("这件诉求需要长效机制，请先记录，再归档。"),
    "petition_tracked_by_somebody": gettext_lazy("全程跟踪的诉求须有督办人。"),
}
"""What the database's refusals mean."""
