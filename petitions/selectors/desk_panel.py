"""What the desk's first page shows of matters."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from community.duties import Power
from community.permissions import powers_anywhere
from community.workflow import Severity
from core.models import User
from core.registries import Panel
from petitions.selectors.queues import COUNTED, QUEUES, queue_counts


def queue_panel(request: HttpRequest) -> Panel | None:
    """How many matters wait in each queue and colour, for people who read matters; one statement."""
    user, at = request.user, timezone.now()
    if not isinstance(user, User) or Power.PETITION_READ not in powers_anywhere(user, at):
        return None
    counts = queue_counts(user, at=at)
    names = {"": "open"}
    queues = [
        _entry(str(queue.label), counts[key], is_late=queue.code == "late", queue=queue.code)
        for queue in QUEUES
        if (key := names.get(queue.code, queue.code)) in counts
    ]
    colours = [
        {**_entry(str(colour.label), counts[colour.value], severity=colour.value), "colour": colour.value}
        for colour in Severity
    ]
    return Panel("admin/petitions/panel.html", {"queues": queues, "colours": colours})


def _entry(label: str, count: int, *, is_late: bool = False, **params: str) -> dict[str, object]:
    address = f"{reverse('admin:petitions_petition_changelist')}?{urlencode(params)}"
    shown = _("%d 以上") % COUNTED if count >= COUNTED else str(count)
    return {"label": label, "count": shown, "is_late": is_late and count > 0, "url": address}
