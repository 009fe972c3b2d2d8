"""What people who asked for a service hear of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.display import absolute, short_day
from core.language import in_house
from core.outbox import Message
from petitions.models import PetitionReporter, ServiceBorn


@in_house
def service_opened(
    reporters: Iterable[PetitionReporter], service: ServiceBorn, *, at: datetime
) -> list[Message]:
    """Tells these people, who asked, that the service is there."""
    assert service.opened_on is not None
    body = _("您反映过的需求有了回音：“%(title)s”%(day)s开办。") % {
        "title": service.title,
        "day": short_day(service.opened_on),
    }
    url = absolute(reverse("petitions:services_born", args=[service.community.slug]))
    return [
        Message(
            kind="petition.service",
            dedupe_key=f"petition.service.{reporter.petition_id}.{service.pk}.{reporter.pk}",
            title=_("您说的事有了新服务"),
            body=body,
            at=at,
            user_id=reporter.user_id,
            phone=reporter.phone,
            url=url,
        )
        for reporter in reporters
        if reporter.is_reachable
    ]


REFUSALS: Final[Mapping[str, Promise]] = {
    "service_title_once": gettext_lazy("已有同名的服务，请直接选它。"),
}
"""What the database's refusals mean."""
