"""The calendar of a community for other programs: iCalendar, one event a session (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from django.conf import settings
from icalendar import Calendar, Event

from community.models import Community
from core.display import absolute
from petitions.models import DeliberationSession
from petitions.selectors import links

MEDIA_TYPE = "text/calendar; charset=utf-8"


def calendar_feed(community: Community, sessions: Iterable[DeliberationSession], at: datetime) -> bytes:
    """The feed: a moved session keeps its identity and rises in sequence, a cancelled one says so."""
    calendar = Calendar()
    calendar.add("prodid", "-//community-portal//sessions//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"{community.name} {community.profile.brand_name}")
    calendar.add("x-wr-timezone", settings.TIME_ZONE)
    for session in sessions:
        session.community = community
        calendar.add_component(_event(session, at))
    content: bytes = calendar.to_ical()
    return content


def _event(session: DeliberationSession, at: datetime) -> Event:
    event = Event()
    url = absolute(links.session_path(session))
    event.add("uid", f"session-{session.pk}@{session.community.slug}")
    event.add("dtstamp", at.astimezone(UTC))
    event.add("dtstart", session.starts_at.astimezone(UTC))
    event.add("dtend", session.ends_at.astimezone(UTC))
    event.add("sequence", session.moves)
    event.add("summary", session.title)
    event.add("location", session.venue)
    event.add("url", url)
    event.add("status", "CANCELLED" if session.is_cancelled else "CONFIRMED")
    return event
