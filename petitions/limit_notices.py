"""What is said of matters that wait: a limit that runs out, nobody who dispatches, takes or looks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from community.duties import Duty
from community.workflow import Limit
from core.display import moment
from core.language import in_house
from core.outbox import Message
from petitions import workflow
from petitions.models import Petition
from petitions.notices import to_group, to_staff
from petitions.selectors.holders import INTAKE, Holders

HANDLING_NUDGE: Final[Mapping[int, tuple[Duty, ...]]] = {
    50: (),
    80: (Duty.GRID_LEADER,),
    100: (Duty.GRID_LEADER, Duty.SECRETARY),
    150: (Duty.GRID_LEADER, Duty.SECRETARY, Duty.SUPERVISOR),
}
"""Who hears of a handling limit beside the handler; a vacant tier passes it upwards."""
DESK_NUDGE: Final[Mapping[int, tuple[Duty, ...]]] = {
    80: (Duty.GRID_LEADER,),
    100: (Duty.SECRETARY,),
    150: (Duty.SECRETARY, Duty.SUPERVISOR),
}
"""Who hears that accepting, answering, publishing or a return visit is late."""


@in_house
def nudge(petition: Petition, step: int, holders: Holders, *, at: datetime) -> list[Message]:
    """Reminds the holder, and more tiers as it grows, of a limit used up by `step` per cent."""
    limit = Limit(petition.clock)
    handling = limit in workflow.HANDLING_LIMIT.values()
    duties = (HANDLING_NUDGE if handling else DESK_NUDGE)[step]
    people = [petition.assignee_id]
    if limit == Limit.ACCEPT:
        people = [holders.first(petition.scope, INTAKE).user_id]
    if handling and petition.assignee_id is None:
        people = [holders.from_tier(petition.scope, Duty.GRID_WORKER).user_id]
    people += [holders.from_tier(petition.scope, duty).user_id for duty in duties]
    title = _("时限提醒") if step < 100 else _("已超时")
    body = _("%(number)s %(limit)s：应于 %(due)s 前完成，时限已用 %(step)d%%。") % {
        "number": petition.number,
        "limit": limit.label,
        "due": moment(petition.due_at),
        "step": step,
    }
    key = f"{petition.clock}.{petition.clock_serial}.{step}"
    group = to_group(petition, "due", title, body, at=at, key=key) if step >= 100 else []
    return [*to_staff(people, petition, "due", title, body, at=at, key=key), *group]


@in_house
def waiting(petition: Petition, kind: str, minutes: int, holders: Holders, *, at: datetime) -> list[Message]:
    """Nobody has dispatched it, or taken it, in so many working minutes: whoever may hears of it, and the
    staff's group again (P-24, P-25)."""
    scope = petition.scope
    people = [holders.first(scope, INTAKE).user_id]
    if kind == "untaken":
        first = [
            petition.assignee_id,
            holders.at(scope, Duty.GRID_WORKER),
            holders.at(scope, Duty.GRID_LEADER),
        ]
        people = first + (people if minutes > min(workflow.WAITED[kind]) else [])
    else:
        people.append(holders.from_tier(scope, Duty.SECRETARY).user_id)
    title = _("还没有人接单") if kind == "untaken" else _("等待审批派单")
    body = _("%(number)s 已等 %(hours)d 个工作小时，最迟 %(due)s 前办结。") % {
        "number": petition.number,
        "hours": minutes // 60,
        "due": moment(petition.due_at),
    }
    key = f"{petition.clock_serial}.{minutes}"
    group = to_group(petition, kind, title, body, at=at, key=key)
    return [*to_staff(people, petition, kind, title, body, at=at, key=key), *group]


@in_house
def uninspected(petition: Petition, minutes: int, holders: Holders, *, at: datetime) -> list[Message]:
    """Nobody has been there to look within so many working minutes: whoever has it, or the worker of the
    grid; the second time the leader as well (G-34)."""
    scope = petition.scope
    people = [petition.assignee_id or holders.from_tier(scope, Duty.GRID_WORKER).user_id]
    if minutes > min(workflow.INSPECTED_WITHIN):
        people.append(holders.from_tier(scope, Duty.GRID_LEADER).user_id)
    body = _("%(number)s 已等 %(hours)d 个工作小时，请到现场查看并记录，才能办理。") % {
        "number": petition.number,
        "hours": minutes // 60,
    }
    title = _("还没有人到现场查看")
    return to_staff(people, petition, "uninspected", title, body, at=at, key=f"{minutes}")
