"""What all actions on polls share: one locked poll, and its line in the trail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from community.home_cache import home_forget
from core import audit
from core.errors import NotFoundError
from core.language import gettext as _
from core.models import User
from petitions.models import Poll


def lock_poll(poll_id: int) -> Poll:
    """The poll, locked, with what its rules need.

    Raises:
        NotFoundError: there is none.
    """
    rows = Poll.objects.locked().select_related("community__place").filter(pk=poll_id)
    found = rows.first()
    if found is None:
        raise NotFoundError(_("没有找到这次表决。"))
    return found


def leave_line(
    poll: Poll, event: str, *, actor: User | None, at: datetime, post: str = "", fields: Sequence[str] = ()
) -> None:
    """One audit line about a poll. Never what anybody chose."""
    audit.record(
        event=f"poll.{event}",
        actor=actor,
        subject=poll,
        at=at,
        scope_path=poll.community.place.path,
        post=post,
        fields=fields,
    )


def shown_anew(poll: Poll) -> None:
    """The home of the community shows what is being voted on."""
    home_forget(poll.community_id)
