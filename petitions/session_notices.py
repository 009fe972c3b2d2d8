"""What is said about sessions to whom. Every function returns messages; the action queues them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.display import absolute, day, moment
from core.language import in_house
from core.outbox import Message
from petitions.models import AgendaItem, DeliberationSession, Participant, Resolution
from petitions.selectors import links


def to_participants(
    people: Iterable[Participant],
    session: DeliberationSession,
    kind: str,
    title: str,
    body: str,
    *,
    at: datetime,
    asks: bool = False,
) -> list[Message]:
    """The same to everybody who was to come and can be reached; bodies by their telephone are not texted.
    Where `asks`, each gets a link of their own, by which they say whether they come."""
    message = _draft(session, kind, title, body, at=at, path=links.session_path(session))
    return [
        replace(
            message,
            dedupe_key=f"{message.dedupe_key}.p{person.pk}",
            user_id=person.user_id,
            phone=person.phone,
            url=absolute(links.invitation_path(person)) if asks else message.url,
        )
        for person in people
        if person.is_reachable
    ]


def to_staff(
    user_ids: Iterable[int | None],
    session: DeliberationSession,
    kind: str,
    title: str,
    body: str,
    *,
    at: datetime,
    path: str = "",
) -> list[Message]:
    """One message to each of these people, once each; vacant posts are left out."""
    path = path or links.session_desk_path(session)
    return _draft(session, kind, title, body, at=at, path=path).to_each(user_ids)


def _draft(
    session: DeliberationSession, kind: str, title: str, body: str, *, at: datetime, path: str, key: str = ""
) -> Message:
    """Said once for each time that the session was moved, or for each `key`."""
    return Message(
        kind=f"session.{kind}",
        dedupe_key=f"session.{kind}.{session.pk}.{key or session.moves}",
        title=title,
        body=body,
        at=at,
        url=absolute(path),
    )


@in_house
def announced(session: DeliberationSession, *, at: datetime) -> list[Message]:
    """The public notice: the staff's group passes it on; the page itself is public from now on."""
    title, path = _("议事公告"), links.session_path(session)
    message = _draft(session, "announce", title, where_and_when(session), at=at, path=path, key="once")
    return message.to_group(session.community.robot_url)


@in_house
def invited(person: Participant, session: DeliberationSession, *, at: datetime) -> list[Message]:
    """An invitation to one person."""
    body = _("请您参加：%s") % where_and_when(session)
    return to_participants([person], session, "invited", _("请您参加议事会"), body, at=at, asks=True)


@in_house
def declined(
    person: Participant, session: DeliberationSession, user_ids: Iterable[int | None], *, at: datetime
) -> list[Message]:
    """Whoever runs it hears that somebody does not come."""
    body = _("%(who)s（%(role)s）不来：%(when)s") % {
        "who": person.name or person.user,
        "role": person.get_role_display(),
        "when": where_and_when(session),
    }
    path = links.session_desk_path(session)
    key = f"p{person.pk}.{at.timestamp():.3f}"
    return _draft(session, "declined", _("有人不来议事会"), body, at=at, path=path, key=key).to_each(user_ids)


@in_house
def reminded(session: DeliberationSession, people: Sequence[Participant], *, at: datetime) -> list[Message]:
    """The day before, to whoever was invited or signed up."""
    title, body = _("明天有议事会"), where_and_when(session)
    return to_participants(people, session, "reminder", title, body, at=at, asks=True)


@in_house
def estate_told(session: DeliberationSession, user_ids: Iterable[int], *, at: datetime) -> list[Message]:
    """The next estate on the round hears of it beforehand (P-14)."""
    title = _("议事会要到您的小区来")
    path = links.session_path(session)
    return to_staff(user_ids, session, "estate", title, where_and_when(session), at=at, path=path)


@in_house
def agenda_called(
    session: DeliberationSession, user_ids: Iterable[int | None], *, at: datetime
) -> list[Message]:
    """The day before: settle what is on the table."""
    body = _("%s 请今天确定议题。") % where_and_when(session)
    return to_staff(user_ids, session, "agenda", _("请确定议题"), body, at=at)


@in_house
def minutes_owed(
    session: DeliberationSession, user_ids: Iterable[int | None], *, late: bool, at: datetime
) -> list[Message]:
    """Minutes are due today, or overdue."""
    title = _("会议记录已超期") if late else _("会议记录今天到期")
    body = _("%(title)s 的会议记录应于 %(due)s 前写好。") % {
        "title": session.title,
        "due": moment(session.minutes_due_at),
    }
    return to_staff(user_ids, session, "minutes_late" if late else "minutes", title, body, at=at)


@in_house
def notes_owed(
    session: DeliberationSession, user_ids: Iterable[int | None], *, at: datetime
) -> list[Message]:
    """Look through the notes of a stool council: which of them are matters? (P-27)"""
    body = _("%(title)s（%(day)s）的记录还没有梳理：哪些事要转为诉求？") % {
        "title": session.title,
        "day": day(session.starts_at),
    }
    path = links.stool_path(session)
    return to_staff(user_ids, session, "notes", _("请梳理议事记录"), body, at=at, path=path)


@in_house
def moved(
    session: DeliberationSession, people: Sequence[Participant], reason: str, *, at: datetime
) -> list[Message]:
    """To whoever was to come: another day, and why."""
    body = _("因%(reason)s，改为：%(when)s") % {"reason": reason, "when": where_and_when(session)}
    title = _("议事会改期")
    staff = to_staff([session.chair_id], session, "moved", title, body, at=at)
    return [*to_participants(people, session, "moved", title, body, at=at, asks=True), *staff]


@in_house
def cancelled(
    session: DeliberationSession, people: Sequence[Participant], reason: str, *, at: datetime
) -> list[Message]:
    """To whoever was to come: it does not take place, and why."""
    body = _("%(title)s（%(day)s）取消：%(reason)s") % {
        "title": session.title,
        "day": day(session.starts_at),
        "reason": reason,
    }
    return to_participants(people, session, "cancelled", _("议事会取消"), body, at=at)


@in_house
def published(
    session: DeliberationSession, people: Sequence[Participant], asked: Sequence[AgendaItem], *, at: datetime
) -> list[Message]:
    """The results, to the same people who sat there or asked for it (P-17); once to each of them."""
    title, body = _("议事结果已公开"), _("%s 议定的事已公开，请查看。") % session.title
    told = to_participants(people, session, "published", title, body, at=at)
    message = _draft(session, "published", title, body, at=at, path=links.session_path(session))
    known = {(one.user_id, one.phone) for one in told}
    known |= {(one.user_id, "") for one in told if one.user_id is not None}
    for item in asked:
        who = (item.proposer_id, item.proposer_phone if item.proposer_id is None else "")
        if who == (None, "") or who in known:
            continue
        known.add(who)
        told.append(
            replace(
                message,
                dedupe_key=f"{message.dedupe_key}.a{item.pk}",
                user_id=item.proposer_id,
                phone=item.proposer_phone,
            )
        )
    return told


@in_house
def resolution_given(resolution: Resolution, *, at: datetime) -> list[Message]:
    """The responsible person and the supervisor learn what they have taken on."""
    return _about(resolution, "given", _("决议由您负责落实"), [resolution.responsible_id], at=at) + _about(
        resolution, "watch", _("决议由您监督"), [resolution.supervisor_id], at=at
    )


@in_house
def resolution_due(resolution: Resolution, *, late: bool, at: datetime) -> list[Message]:
    """Due tomorrow, or a day late; then the supervisor hears of it too."""
    title = _("决议已超期") if late else _("决议明天到期")
    people = [resolution.responsible_id, *([resolution.supervisor_id] if late else [])]
    return _about(resolution, "late" if late else "soon", title, people, at=at, key=str(resolution.due_on))


@in_house
def resolution_urged(resolution: Resolution, *, at: datetime) -> list[Message]:
    """The supervisor presses: the handler is told how often it has been (P-17)."""
    title = _("催办（第 %d 次）") % resolution.urge_count
    return _about(
        resolution, "urged", title, [resolution.responsible_id], at=at, key=str(resolution.urge_count)
    )


@in_house
def resolution_settled(resolution: Resolution, *, at: datetime) -> list[Message]:
    """The supervisor hears that it was done."""
    return _about(resolution, "settled", _("决议已落实"), [resolution.supervisor_id], at=at)


def _about(
    resolution: Resolution,
    kind: str,
    title: str,
    user_ids: Iterable[int | None],
    *,
    at: datetime,
    key: str = "once",
) -> list[Message]:
    due = day(resolution.due_on) if resolution.due_on else ""
    body = _("%(title)s：%(text)s（期限 %(due)s）") % {
        "title": resolution.session.title,
        "text": resolution.text[:80],
        "due": due,
    }
    message = Message(
        kind=f"resolution.{kind}",
        dedupe_key=f"resolution.{kind}.{resolution.pk}.{key}",
        title=title,
        body=body,
        at=at,
        url=absolute(links.resolution_path(resolution)),
    )
    return message.to_each(user_ids)


@in_house
def where_and_when(session: DeliberationSession) -> str:
    """One line: 府西夜话 第270期,11月26日(周四)19:30,松石里."""
    return _("%(title)s，%(when)s，%(venue)s。") % {
        "title": session.title,
        "when": moment(session.starts_at),
        "venue": session.venue,
    }


INBOX_ONLY: Final[Mapping[str, Promise]] = {
    "session.estate": gettext_lazy("议事会到小区"),
    "session.agenda": gettext_lazy("请确定议题"),
    "session.declined": gettext_lazy("有人不来议事会"),
    "session.notes": gettext_lazy("请梳理议事记录"),
    "resolution.watch": gettext_lazy("决议由您监督"),
    "resolution.settled": gettext_lazy("决议已落实"),
}
"""What people find in the inbox without a text."""

REFUSALS: Final[Mapping[str, Promise]] = {
    "schedule_has_weekday": gettext_lazy("请选择星期几。"),
    "schedule_has_nth": gettext_lazy("请选择每月第几个。"),
    "schedule_has_month_day": gettext_lazy("请填写每月几日（1 至 31）。"),
    "session_once_per_day": gettext_lazy("这一天已经安排了一次。"),
    "session_number_once": gettext_lazy("这个期号已经用过。"),
    "agenda_matter_once": gettext_lazy("这件诉求已在议程上。"),
    "resolution_final_is_complete": gettext_lazy("决议须有责任人、期限和监督人。"),
    "resolution_supervised_by_another": gettext_lazy("责任人和监督人不能是同一个人。"),
}
"""What the database's refusals mean."""
