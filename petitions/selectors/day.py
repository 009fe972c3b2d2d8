"""The list of the day: what is late, and what is due before the day ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from core.models import User
from petitions.models import Petition

LONGEST: Final = 500


@dataclass
class Group:
    """One holder's part of the day."""

    name: str
    petitions: list[Petition] = field(default_factory=list)


def day_list(user: User, *, at: datetime) -> list[Group]:
    """Late and due today, by holder, each by due time; one statement, at most LONGEST matters."""
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    rows = (
        Petition.objects.visible_to(user, at=at)
        .genuine()
        .open()
        .filter(due_at__lt=midnight, paused_at=None)
        .with_context()
        .order_by("due_at", "pk")
    )
    groups: dict[str, Group] = {}
    for petition in rows[:LONGEST]:
        name = str(petition.assignee) if petition.assignee else _("未指定经办人")
        groups.setdefault(name, Group(name)).petitions.append(petition)
    return sorted(groups.values(), key=lambda group: group.petitions[0].due_at or at)
