"""What is said around needs, incidents and offers of help; every function returns messages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.display import absolute, moment
from core.language import in_house
from core.models import User
from core.outbox import Message
from grids.deadlines import Climb
from grids.models import Need, PartnerLead

KINDS: Final = {
    "need.reported": gettext_lazy("上报的需求和事件"),
    "need.climbed": gettext_lazy("需求逐级上报"),
    "need.feedback": gettext_lazy("需求待反馈"),
    "need.closed": gettext_lazy("需求已办结"),
    "lead.waiting": gettext_lazy("资源线索等对接"),
    "lead.ended": gettext_lazy("资源线索已对接"),
}


@in_house
def reported(need: Need, user_ids: Iterable[int | None], *, at: datetime) -> list[Message]:
    """To whoever has it now: what, where, by when."""
    title = _("急难需求，请马上响应") if need.is_urgent else _("有新的需求，请办理")
    key = f"need.reported.{need.pk}"
    return _message("need.reported", key, title, _facts(need), need, at).to_each(user_ids)


@in_house
def handed_up(
    need: Need, user_ids: Iterable[int | None], words: str, actor: User, *, at: datetime
) -> list[Message]:
    """To the next tier, with the reason of whoever hands it on."""
    body = _("%(who)s 交来，原因是“%(why)s”。%(what)s") % {"who": actor, "why": words, "what": _facts(need)}
    key = f"need.handed_up.{need.pk}.{need.tier}"
    return _message("need.reported", key, _("有需求交到您这里"), body, need, at).to_each(user_ids)


@in_house
def climbed(need: Need, climb: Climb, user_ids: Iterable[int | None], *, at: datetime) -> list[Message]:
    """To the tier that is asked by now, once for each step."""
    if climb == Climb.FEEDBACK:
        body = _("“%s”已解决一天了，还没有记下反馈。反馈后才算办结。") % need.text
        key = f"need.feedback.{need.pk}"
        return _message("need.feedback", key, _("请反馈：需求已解决"), body, need, at).to_each(user_ids)
    title = {
        Climb.LEADER: _("需求还没有人响应"),
        Climb.COMMUNITY: _("网格还没有响应，需求已到社区"),
        Climb.SECRETARY: _("到下班时需求还没有解决"),
    }[climb]
    key = f"need.climbed.{need.pk}.{climb}"
    return _message("need.climbed", key, title, _facts(need), need, at).to_each(user_ids)


@in_house
def closed(need: Need, *, at: datetime) -> list[Message]:
    """To whoever reported it."""
    body = _("“%(what)s”%(result)s。反馈：%(words)s") % {
        "what": need.text,
        "result": need.get_result_display(),
        "words": need.feedback,
    }
    key = f"need.closed.{need.pk}"
    return _message("need.closed", key, _("您上报的需求已办结"), body, need, at).to_each([need.reporter_id])


@in_house
def lead_ended(lead: PartnerLead, *, at: datetime) -> list[Message]:
    """To whoever brought an offer of help."""
    body = _("“%(what)s”%(result)s：%(words)s") % {
        "what": lead.text,
        "result": lead.get_result_display(),
        "words": lead.words,
    }
    message = Message(
        kind="lead.ended",
        dedupe_key=f"lead.ended.{lead.pk}",
        title=_("您发现的资源有结果了"),
        body=body,
        at=at,
    )
    return message.to_each([lead.visit.worker_id])


@in_house
def leads_wait(user_id: int, count: int, *, at: datetime) -> Message:
    """To the tier above: offers of help that nobody has answered for two weeks."""
    return Message(
        kind="lead.waiting",
        dedupe_key=f"lead.waiting.{user_id}.{at:%Y%m%d}",
        title=_("资源线索等对接"),
        body=_("有 %d 条资源线索两周没有人对接，请过问。") % count,
        at=at,
        user_id=user_id,
        url=absolute(reverse("admin:grids_partnerlead_changelist")),
    )


def _facts(need: Need) -> str:
    return _("%(where)s：%(what)s请在 %(by)s前解决，并把结果告诉住户。") % {
        "where": need.where,
        "what": need.text,
        "by": moment(need.due_at),
    }


def _message(kind: str, key: str, title: str, body: str, need: Need, at: datetime) -> Message:
    url = absolute(reverse("grids:need", args=[need.pk]))
    return Message(kind=kind, dedupe_key=key, title=title, body=body, at=at, url=url)
