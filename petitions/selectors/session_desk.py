"""What the desk's page of a session shows, and what may be done with it now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from community.duties import Power
from community.permissions import has_power
from core.errors import NotFoundError
from core.models import User
from core.prepared import PreparedModel
from petitions.models import (
    AgendaItem,
    AgendaState,
    DeliberationSession,
    Participant,
    Petition,
    Resolution,
    ResolutionState,
)
from petitions.selectors import links
from petitions.selectors.session_parts import session_parts
from petitions.selectors.sessions import bodies_missing

OFFERED: Final = 40
_ONE: Final = PreparedModel(
    lambda pk: DeliberationSession.objects.with_context().select_related("minutes_by").filter(pk=pk), pk=-1
)


@dataclass(frozen=True, slots=True)
class Button:
    """One step that is possible now."""

    label: str
    url: str
    is_main: bool = False
    is_danger: bool = False


def session_at_desk(user: User, pk: str | int, *, at: datetime) -> DeliberationSession:
    """A session of a community in which this person runs sessions.

    Raises:
        NotFoundError: there is none.
    """
    number = int(pk) if str(pk).isdecimal() and len(str(pk)) < 19 else 0
    found = _ONE.first(pk=number)
    if found is None or not has_power(user, Power.SESSION_RUN, found.scope, at=at):
        raise NotFoundError(_("没有找到这次议事会。"))
    return found


def matters_offered(session: DeliberationSession, user: User, *, at: datetime) -> Sequence[Petition]:
    """Open matters of the estate, or of the community, that are not on the agenda; those due first."""
    visible = Petition.objects.visible_to(user, at=at).genuine().unanswered()
    rows = visible.filter(community=session.community_id)
    if session.estate is not None:
        rows = rows.filter(place_path__startswith=session.estate.path)
    taken = session.agenda.filter(petition__isnull=False).values("petition_id")
    return list(rows.exclude(pk__in=taken).order_by(F("due_at").asc(nulls_last=True), "pk")[:OFFERED])


def desk_context(session: DeliberationSession, at: datetime) -> dict[str, Any]:
    """Agenda, sheet, resolutions and buttons; one statement."""
    parts, today = session_parts(session), timezone.localdate(at)
    return {
        "session": session,
        "topics": [(topic, _topic_buttons(session, topic, at)) for topic in parts.topics],
        "people": [(person, _person_buttons(session, person, at)) for person in parts.people],
        "decided": [(one, one.is_overdue(today), _resolution_buttons(session, one)) for one in parts.decided],
        "there": sum(person.signed_in_at is not None for person in parts.people),
        "away": sum(person.declined_at is not None for person in parts.people),
        "missing": bodies_missing(session, parts.people),
        "buttons": _buttons(session, at),
        "public_path": links.session_path(session) if session.announced_at else "",
        "code_path": links.session_code_path(session),
        "at": at,
    }


def step_url(session: DeliberationSession, step: str, row: int | None = None) -> str:
    """The page of one step."""
    if row is None:
        return reverse("admin:petitions_deliberationsession_step", args=[session.pk, step])
    return reverse("admin:petitions_deliberationsession_row_step", args=[session.pk, step, row])


def _buttons(session: DeliberationSession, at: datetime) -> list[Button]:
    """What can be done with the session as a whole: the most likely first."""
    if session.is_cancelled:
        return []
    has_begun, is_open = session.has_begun(at), not session.is_held
    named = [
        ("minutes", _("写会议记录"), has_begun and is_open, has_begun and is_open),
        ("publish", _("公开结果"), session.is_held, session.published_at is None),
        ("resolution", _("记一条决议"), has_begun and session.published_at is None, False),
        ("take", _("选诉求进议程"), is_open, not has_begun),
        ("topic", _("加一个议题"), is_open, False),
        ("invite", _("邀请"), is_open, False),
        ("enter", _("登记签到"), is_open and _is_day(session, at), False),
        ("minutes", _("更正会议记录"), session.is_held and session.published_at is None, False),
        ("move", _("改期"), is_open and not has_begun, False),
    ]
    shown = [
        Button(label, step_url(session, step), is_main) for step, label, is_on, is_main in named if is_on
    ]
    if is_open:
        shown.append(Button(_("取消"), step_url(session, "cancel"), is_danger=True))
    return shown


def _topic_buttons(session: DeliberationSession, topic: AgendaItem, at: datetime) -> list[Button]:
    found = []
    if not session.is_held and not session.is_cancelled:
        words = _("改") if topic.state != AgendaState.PROPOSED else _("定议题")
        found.append(Button(words, step_url(session, "decide", topic.pk)))
    can_settle = topic.petition is not None and topic.petition.is_open and topic.settled_at is None
    if can_settle and topic.state == AgendaState.CHOSEN and session.has_begun(at):
        found.append(Button(_("当场办结"), step_url(session, "settle-topic", topic.pk)))
    return found


def _person_buttons(session: DeliberationSession, person: Participant, at: datetime) -> list[Button]:
    if session.is_held or session.is_cancelled:
        return []
    found = []
    if _is_day(session, at) and person.recorded_by_id is None:
        label = _("到会") if person.signed_in_at is None else _("核实")
        found.append(Button(label, step_url(session, "here", person.pk)))
    if person.signed_in_at is None and person.declined_at is None:
        found.append(Button(_("不来"), step_url(session, "not-coming", person.pk)))
    found.append(Button(_("划去"), step_url(session, "strike", person.pk), is_danger=True))
    return found


def _resolution_buttons(session: DeliberationSession, one: Resolution) -> list[Button]:
    if one.state == ResolutionState.DRAFT:
        return [
            Button(_("补全"), step_url(session, "complete", one.pk)),
            Button(_("不再办理"), step_url(session, "settle", one.pk)),
        ]
    if one.state == ResolutionState.OPEN:
        return [
            Button(_("了结"), step_url(session, "settle", one.pk)),
            Button(_("看落实"), links.resolution_path(one)),
        ]
    return []


def _is_day(session: DeliberationSession, at: datetime) -> bool:
    return timezone.localdate(at) >= timezone.localdate(session.starts_at)
