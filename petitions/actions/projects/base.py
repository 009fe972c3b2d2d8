"""What all actions on projects share: one locked project, who acts on it, and what is written at the end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from community.duties import POWERS, Duty, Power
from community.home_cache import home_forget
from community.models import Community, Organisation, Place
from community.models.place import PlaceKind
from community.permissions import HeldPost, Scope, holds_any, require_power
from core import audit, outbox
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.language import gettext as _
from core.models import User
from core.outbox import Message
from petitions.models import Project, ProjectState

STATE: Final = ("state", "state_at")
RUNNERS: Final = [duty for duty in Duty if Power.PROJECT_RUN in POWERS[duty]]


@dataclass
class Site:
    """One locked project and the person who acts on it; `finish` writes what was noted."""

    project: Project
    actor: User | None
    held: HeldPost | None
    at: datetime
    messages: list[Message] = field(default_factory=list)

    def tell(self, messages: Iterable[Message]) -> None:
        self.messages.extend(messages)

    def enter(self, state: ProjectState) -> None:
        """The project stands there from now on."""
        self.project.state, self.project.state_at = state, self.at

    def finish(self, event: str, fields: Sequence[str] = ()) -> Project:
        """Save the project, the audit entry and the messages; the home shows the change."""
        if fields:
            self.project.save(update_fields=list(fields))
        audit.record(
            event=f"project.{event}",
            actor=self.actor,
            subject=self.project,
            at=self.at,
            scope_path=self.project.community.place.path,
            post=self.held.trace if self.held else "",
            fields=fields,
        )
        outbox.send(self.messages)
        home_forget(self.project.community_id)
        return self.project


def lock_project(project_id: int) -> Project:
    """The project, locked, with what its rules need.

    Raises:
        NotFoundError: there is none.
    """
    found = Project.objects.locked().select_related("community__place").filter(pk=project_id).first()
    if found is None:
        raise NotFoundError(_("没有找到这个工程。"))
    return found


def site_of(project_id: int, *, actor: User, at: datetime) -> Site:
    """Lock a project for somebody in post.

    Raises:
        NotFoundError: there is none.
        NotAllowedError: no current post of `actor` lets them run it.
    """
    project = lock_project(project_id)
    return Site(project, actor, require_power(actor, Power.PROJECT_RUN, project.scope, at=at), at)


def open_site(project_id: int, *, actor: User, at: datetime) -> Site:
    """The same for a project that is not over.

    Raises:
        ConflictError: it is done, or was stopped.
    """
    site = site_of(project_id, actor=actor, at=at)
    if site.project.is_over:
        raise ConflictError(_("这个工程已经结束，不能再改。"))
    return site


def require_places(places: Sequence[Place], community: Community) -> None:
    """Estates and buildings of the community.

    Raises:
        InvalidInputError: anything else.
    """
    home = community.place.path
    kinds = {PlaceKind.ESTATE, PlaceKind.BUILDING}
    if any(place.kind not in kinds or not place.path.startswith(home) for place in places):
        raise InvalidInputError(_("范围只能是本社区的小区或楼栋。"))


def require_partners(partners: Sequence[Organisation], community: Community) -> None:
    if any(body.community_id != community.pk for body in partners):
        raise InvalidInputError(_("这个单位不属于本社区。"))


def require_runner(user: User, scope: Scope, at: datetime) -> None:
    """Only somebody whose post runs projects here answers for a phase: they can finish it themselves.

    Raises:
        InvalidInputError: somebody else.
    """
    if not holds_any(user.pk, RUNNERS, scope, at=at):
        raise InvalidInputError(_("责任人须是在本社区管工程的工作人员。"))
