"""What the responsible person says of a resolution."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.errors import RepeatedError
from core.forms import RefusableForm
from core.models import User
from petitions.actions.sessions.resolving import resolution_settle, resolution_urge
from petitions.forms.fields import WordsField
from petitions.models import Resolution


class DoneForm(RefusableForm):
    """It is done, and how."""

    note = WordsField(label=_("落实情况"), max_length=300, rows=3, missing=_("请写一下怎样落实的。"))

    def __init__(self, data: Any = None, *, resolution: Resolution, actor: User, at: datetime) -> None:
        super().__init__(data, label_suffix="")
        self.resolution, self.actor, self.at = resolution, actor, at

    def submit(self) -> Resolution | None:
        """Record it; None when that was refused, and then the form says why."""
        return self.attempt(
            lambda: resolution_settle(
                resolution_id=self.resolution.pk,
                actor=self.actor,
                is_done=True,
                note=self.cleaned_data["note"],
                at=self.at,
            )
        )


def urge(resolution: Resolution, *, actor: User, at: datetime) -> str:
    """Press once, and what is said about it; a second tap is told that it is one."""
    try:
        urged = resolution_urge(resolution_id=resolution.pk, actor=actor, at=at)
    except RepeatedError as again:
        return str(again.message)
    return str(_("已催办（第 %d 次），责任人会收到通知。")) % urged.urge_count
