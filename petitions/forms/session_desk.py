"""Every step of a session at the desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from petitions.forms import session_agenda, session_minutes, session_people
from petitions.forms.session_base import SessionForm

FORMS: Final[Mapping[str, type[SessionForm]]] = {
    "take": session_agenda.TakeForm,
    "topic": session_agenda.AddTopicForm,
    "decide": session_agenda.DecideTopicForm,
    "invite": session_people.InviteForm,
    "enter": session_people.EnterForm,
    "here": session_people.HereForm,
    "not-coming": session_people.NotComingForm,
    "strike": session_people.StrikeForm,
    "minutes": session_minutes.MinutesForm,
    "resolution": session_minutes.AddResolutionForm,
    "complete": session_minutes.CompleteResolutionForm,
    "settle": session_minutes.SettleResolutionForm,
    "settle-topic": session_agenda.SettleTopicForm,
    "publish": session_minutes.PublishForm,
    "move": session_agenda.MoveForm,
    "cancel": session_agenda.CancelForm,
}
"""Every step of the desk, by the word in its address."""
