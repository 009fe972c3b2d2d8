"""What belongs to a project: sessions, polls, matters; and what comes up after it (P-09, P-46)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from core.errors import InvalidInputError, NotFoundError, RepeatedError
from core.language import gettext as _
from core.models import User
from petitions.actions.projects.base import site_of
from petitions.actions.sessions.agenda import agenda_add
from petitions.models import (
    AgendaItem,
    DeliberationSession,
    MatterKind,
    Petition,
    Poll,
    Project,
    ProjectMatter,
)


@transaction.atomic
def session_link(*, project_id: int, actor: User, session: DeliberationSession, at: datetime) -> Project:
    """This session was about the project; a second link changes nothing."""
    site = site_of(project_id, actor=actor, at=at)
    _require_same(session.community_id, site.project)
    site.project.sessions.add(session)
    return site.finish("session_linked")


@transaction.atomic
def session_unlink(*, project_id: int, actor: User, session: DeliberationSession, at: datetime) -> Project:
    site = site_of(project_id, actor=actor, at=at)
    site.project.sessions.remove(session)
    return site.finish("session_unlinked")


@transaction.atomic
def poll_link(*, project_id: int, actor: User, poll: Poll, at: datetime) -> Project:
    """This poll was about the project."""
    site = site_of(project_id, actor=actor, at=at)
    _require_same(poll.community_id, site.project)
    site.project.polls.add(poll)
    return site.finish("poll_linked")


@transaction.atomic
def poll_unlink(*, project_id: int, actor: User, poll: Poll, at: datetime) -> Project:
    site = site_of(project_id, actor=actor, at=at)
    site.project.polls.remove(poll)
    return site.finish("poll_unlinked")


@transaction.atomic
def matter_link(
    *, project_id: int, actor: User, petition: Petition, kind: MatterKind, at: datetime
) -> ProjectMatter:
    """A matter that led to the project, complained about it, or followed from it.

    Also after the end: complaints and new topics come later.

    Raises:
        InvalidInputError: of another community.
        RepeatedError: it is linked.
    """
    site = site_of(project_id, actor=actor, at=at)
    _require_same(petition.community_id, site.project)
    if site.project.matters.filter(petition=petition).exists():
        raise RepeatedError(_("这件诉求已经和工程连上。"))
    made = ProjectMatter.objects.create(project=site.project, petition=petition, kind=kind, linked_at=at)
    site.finish("matter_linked")
    return made


@transaction.atomic
def matter_unlink(*, link_id: int, actor: User, at: datetime) -> Project:
    """It was linked by mistake.

    Raises:
        NotFoundError: it is not linked.
    """
    link = ProjectMatter.objects.filter(pk=link_id).first()
    if link is None:
        raise NotFoundError(_("没有找到这件诉求，请刷新页面。"))
    site = site_of(link.project_id, actor=actor, at=at)
    ProjectMatter.objects.filter(pk=link_id).delete()
    return site.finish("matter_unlinked")


@transaction.atomic
def topic_follow(
    *,
    project_id: int,
    actor: User,
    session: DeliberationSession,
    title: str,
    is_public: bool,
    at: datetime,
) -> AgendaItem:
    """What people want to talk about next goes on the agenda of a session to come (P-46).

    Raises:
        InvalidInputError: a session of another community.
        RepeatedError: it stands there.
        ConflictError: the session is over or cancelled.
    """
    site = site_of(project_id, actor=actor, at=at)
    _require_same(session.community_id, site.project)
    if site.project.follow_ons.filter(session=session, title=title.strip()).exists():
        raise RepeatedError(_("这个议题已在那次议事会的议程上。"))
    item = agenda_add(session_id=session.pk, actor=actor, title=title, is_public=is_public, at=at)
    item.follows = site.project
    item.save(update_fields=["follows"])
    site.finish("topic_followed")
    return item


def _require_same(community_id: int, project: Project) -> None:
    if community_id != project.community_id:
        raise InvalidInputError(_("只能连本社区的内容。"))
