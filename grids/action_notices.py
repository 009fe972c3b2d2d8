"""What is said about tasks of action plans; every function returns messages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.display import absolute, day
from core.language import in_house
from core.outbox import Message
from core.phones import is_mobile
from grids.models import ActionTask

KINDS: Final = {"action.keeper": gettext_lazy("行动方案的任务没有按时完成")}
TEXTED: Final = {"action.due": gettext_lazy("行动方案的任务到期提醒")}
"""What reaches the lead's contact by text, too."""


@in_house
def task_due(task: ActionTask, keeper_id: int | None, today: date, *, at: datetime) -> list[Message]:
    """To the lead: its contact, else its number. To the keeper where nobody can be reached, or it is late."""
    facts = {"task": task, "plan": task.measure.plan, "lead": task.lead, "due": day(task.due_on)}
    late = task.is_late(today)
    title = (_("任务超期：%(task)s") if late else _("任务快到期：%(task)s")) % facts
    to_lead = Message(
        kind="action.due",
        dedupe_key=f"action.due.{task.pk}.{today}",
        title=title,
        body=_("%(plan)s：由%(lead)s牵头，%(due)s前完成。完成后请报完成情况。") % facts,
        at=at,
        url=absolute(reverse("grids:action_tasks")),
    )
    messages: list[Message] = []
    if task.contact is not None and task.contact.is_active:
        messages += to_lead.to_each([task.contact_id])
    elif is_mobile(task.lead.phone):
        messages.append(_by_phone(to_lead, task.lead.phone))
    if late or not messages:
        messages += Message(
            kind="action.keeper",
            dedupe_key=f"action.keeper.{task.pk}.{today}",
            title=title,
            body=_("%(plan)s：由%(lead)s牵头，时限%(due)s。请联系牵头单位。") % facts,
            at=at,
            url=absolute(reverse("grids:action_plan", args=[task.measure.plan_id])),
        ).to_each([keeper_id])
    return messages


def _by_phone(message: Message, phone: str) -> Message:
    return replace(message, phone=phone, url="")
