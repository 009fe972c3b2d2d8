"""The lines of the audit trail that sessions, polls and projects of the county have left."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.db import connection

from community.duties import Duty

LINES: Final = """
    INSERT INTO core_auditentry
        (at, event, actor_id, post, subject_type, subject_id, scope_path, audience, fields)
    SELECT found.at, %s, found.actor, CASE WHEN %s > '' THEN %s || '@' || place.id ELSE '' END,
        %s, found.id::text, place.path, 'staff', %s
    FROM ({rows}) found (id, at, actor, home) JOIN community_place place ON place.id = found.home
    WHERE found.at IS NOT NULL ORDER BY found.at, found.id
"""
OWN: Final = "SELECT id, {at}, {actor}, community_id FROM petitions_{table}"
OF_SESSION: Final = """
    SELECT {subject}.id, {at}, {actor}, session.community_id FROM petitions_{table} one
    JOIN petitions_deliberationsession session ON session.id = one.session_id
"""
VOTES: Final = """
    SELECT DISTINCT ON (one.elector_id) poll.id, one.voted_at, {actor}, poll.community_id
    FROM petitions_polltick one JOIN petitions_pollhousehold elector ON elector.id = one.elector_id
    JOIN petitions_poll poll ON poll.id = elector.poll_id
    LEFT JOIN community_resident voter ON voter.household_id = elector.household_id
        AND voter.user_id IS NOT NULL AND voter.standing = 'present'
    WHERE one.way = '{way}'
"""
"""That a household has voted, never what."""
OF_PROJECT: Final = """
    SELECT project.id, one.{at}, one.{actor}, project.community_id FROM petitions_{table} one
    JOIN petitions_project project ON project.id = one.project_id
"""
CLERK, SECRETARY, NOBODY = Duty.CLERK, Duty.SECRETARY, ""


def fill() -> None:
    """One line for each step."""
    with connection.cursor() as cursor:
        for event, post, fields, rows in _lines():
            subject = f"petitions.{SUBJECTS[event.partition('.')[0]]}"
            cursor.execute(LINES.format(rows=rows), [event, post, post, subject, fields])


SUBJECTS: Final = {
    "session": "deliberationsession",
    "resolution": "resolution",
    "poll": "poll",
    "project": "project",
}


def _lines() -> Iterator[tuple[str, str, list[str], str]]:
    """Event, post, changed fields, and which rows say when and by whom."""
    session, nobody = "deliberationsession", "NULL::bigint"
    yield "session.planned", NOBODY, [], _own(session, "created_at", nobody, "created_by_id IS NULL")
    yield "session.called", SECRETARY, [], _own(session, "created_at", "created_by_id", "created_by_id > 0")
    yield "session.signed_up", NOBODY, [], _people("signed_up_at", "one.user_id")
    yield "session.signed_in", NOBODY, [], f"{_people('signed_in_at', 'one.user_id')} WHERE one.way = 'code'"
    signed = f"{_people('signed_in_at', 'one.recorded_by_id')} WHERE one.way = 'clerk'"
    yield "session.signed_in", CLERK, [], signed
    decided = OF_SESSION.format(
        subject="session", at="one.recorded_at", actor="one.recorded_by_id", table="resolution"
    )
    yield "session.resolution_added", CLERK, [], decided
    written = ["minutes", "headcount", "is_quorate", "minutes_at", "minutes_by", "state", "sweep_at"]
    yield "session.minutes_written", CLERK, written, _own(session, "minutes_at", "minutes_by_id")
    published = ["summary", "published_at", "published_by"]
    yield "session.published", CLERK, published, _own(session, "published_at", "published_by_id")
    for event, at, actor in (
        ("settled", "settled_at", "responsible_id"),
        ("urged", "urged_at", "supervisor_id"),
    ):
        rows = OF_SESSION.format(subject="one", at=f"one.{at}", actor=f"one.{actor}", table="resolution")
        yield f"resolution.{event}", NOBODY, [], rows
    yield from _polls()
    yield from _projects()


def _polls() -> Iterator[tuple[str, str, list[str], str]]:
    yield "poll.put", CLERK, [], _own("poll", "created_at", "created_by_id")
    yield "poll.opened", NOBODY, ["eligible"], _own("poll", "opened_at", "NULL::bigint")
    yield "poll.voted", NOBODY, [], VOTES.format(actor="voter.user_id", way="online")
    yield "poll.paper_entered", CLERK, [], VOTES.format(actor="one.entered_by_id", way="paper")
    yield "poll.closed", NOBODY, ["state"], _own("poll", "closed_at", "NULL::bigint")


def _projects() -> Iterator[tuple[str, str, list[str], str]]:
    state = ["state", "state_at"]
    for event, at, fields in (
        ("created", "created_at", []),
        ("published", "published_at", [*state, "published_at"]),
        ("budget_published", "budget_published_at", ["budget_published_at"]),
        ("price_published", "price_published_at", ["price_published_at"]),
        ("started", "started_at", [*state, "started_at"]),
    ):
        yield f"project.{event}", SECRETARY, list(fields), _own("project", at, "created_by_id")
    done = OF_PROJECT.format(at="done_at", actor="done_by_id", table="projectphase")
    yield "project.phase_finished", CLERK, [], done
    for event, where, fields in (
        ("finished", "state = 'done'", ["result", "before", "after"]),
        ("stopped", "state = 'stopped'", ["stopped_reason"]),
    ):
        rows = _own("project", "closed_at", "created_by_id", where)
        yield f"project.{event}", SECRETARY, [*state, "closed_at", *fields], rows


def _own(table: str, at: str, actor: str, where: str = "") -> str:
    return OWN.format(table=table, at=at, actor=actor) + (f" WHERE {where}" if where else "")


def _people(at: str, actor: str) -> str:
    return OF_SESSION.format(subject="session", at=f"one.{at}", actor=actor, table="participant")
