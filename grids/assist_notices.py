"""What is said of assisted applications; every function returns messages, the action queues them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.display import absolute, day
from core.language import in_house
from core.outbox import Message
from grids.models import ApplicationStep, AssistedApplication

KINDS: Final = {
    "application.step": gettext_lazy("您的申请有进展"),
    "application.late": gettext_lazy("帮办申请的步骤过了时限"),
    "application.untold": gettext_lazy("办好了，还没有告知居民"),
}


@in_house
def step_done(
    application: AssistedApplication,
    step: ApplicationStep,
    following: ApplicationStep | None,
    user_id: int | None,
    *,
    at: datetime,
) -> list[Message]:
    """To the resident: this step is done, and what comes next."""
    facts = {"what": application, "step": step, "next": following or ""}
    body = (
        _("%(what)s：“%(step)s”已办好，下一步是“%(next)s”。") % facts
        if following
        else _("%(what)s：“%(step)s”已办好，全部办完了。") % facts
    )
    return _to_resident(f"application.step.{step.pk}", body, user_id, at)


@in_house
def refused(application: AssistedApplication, user_id: int | None, *, at: datetime) -> list[Message]:
    """To the resident: it came to nothing, and why."""
    body = _("%(what)s没有办成：%(why)s") % {"what": application, "why": application.words}
    return _to_resident(f"application.refused.{application.pk}", body, user_id, at)


@in_house
def late(
    application: AssistedApplication, step: ApplicationStep, user_id: int | None, *, at: datetime
) -> list[Message]:
    """To whoever walks it: the present step is over its day."""
    body = _("%(who)s的%(what)s：“%(step)s”（%(agency)s）应在 %(day)s前办好。") % {
        "who": application.resident,
        "what": application,
        "step": step,
        "agency": step.agency,
        "day": day(step.due_on),
    }
    message = Message(
        kind="application.late",
        dedupe_key=f"application.late.{step.pk}",
        title=_("帮办申请的步骤过了时限"),
        body=body,
        at=at,
        url=absolute(reverse("grids:application", args=[application.pk])),
    )
    return message.to_each([user_id])


@in_house
def untold(
    application: AssistedApplication, step: ApplicationStep, user_id: int | None, *, at: datetime
) -> list[Message]:
    """To whoever walks it: every step is done, and the resident does not know."""
    facts = {"who": application.resident, "what": application}
    message = Message(
        kind="application.untold",
        dedupe_key=f"application.untold.{step.pk}",
        title=_("办好了，还没有告知居民"),
        body=_("%(who)s的%(what)s已全部办好，请告知本人。") % facts,
        at=at,
        url=absolute(reverse("grids:application", args=[application.pk])),
    )
    return message.to_each([user_id])


def _to_resident(key: str, body: str, user_id: int | None, at: datetime) -> list[Message]:
    title = _("您的申请有进展")
    url = absolute(reverse("grids:applications_mine"))
    return Message(kind="application.step", dedupe_key=key, title=title, body=body, at=at, url=url).to_each(
        [user_id]
    )
