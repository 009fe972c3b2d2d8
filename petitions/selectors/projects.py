"""What everybody reads of projects: the list, and one page with time, parts, money and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import Case, Count, F, Q, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from community.models import Community, Place
from community.models.place import PlaceKind
from core.display import day
from core.paging import Page, keyset
from core.prepared import PreparedModel
from core.registries import Tile
from petitions.models import (
    AgendaItem,
    AgendaState,
    MatterKind,
    Mechanism,
    Petition,
    PhaseMove,
    Poll,
    Project,
    ProjectBlock,
    ProjectMatter,
    ProjectPhase,
    ProjectState,
)
from petitions.selectors.places import public_place
from petitions.selectors.project_parts import PUBLIC, ProjectParts
from petitions.selectors.tally import outcome_of

PAGE_SIZE: Final = 20
GOING_SHOWN: Final = 30


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the time line, as `_timeline.html` shows it."""

    when: datetime
    title: str
    text: str = ""
    who: str = ""

    @property
    def at(self) -> str:
        return day(self.when)


@dataclass(frozen=True, slots=True)
class Figures:
    """How many were done, in how many estates, and by which way; what stands under two counts once (P-10)."""

    done: int
    estates: int
    ways: Sequence[tuple[str, int]]


def projects_going(community: Community) -> list[Project]:
    """What is prepared or under way, the newest first; two statements."""
    rows = Project.objects.filter(community=community).going()
    return list(rows.prefetch_related("parts")[:GOING_SHOWN])


def projects_over(community: Community, cursor: str | None) -> Page[Project]:
    """What was finished or stopped, the latest first; two statements."""
    rows = Project.objects.public().filter(
        community=community, state__in=[ProjectState.DONE, ProjectState.STOPPED]
    )
    rows = rows.prefetch_related("parts")
    return keyset(rows, order=["-state_at", "-pk"], cursor=cursor, size=PAGE_SIZE)


def figures_of_projects(community: Community) -> Figures:
    """Projects that were finished, by way, and the estates they touched: one statement."""
    estate = Case(When(places__kind=PlaceKind.BUILDING, then=F("places__parent")), default=F("places"))
    found = Project.objects.filter(community=community, state=ProjectState.DONE).aggregate(
        done=Count("pk", distinct=True),
        estates=Count(estate, distinct=True),
        **{
            way.value: Count("pk", filter=Q(mechanisms__contains=[way.value]), distinct=True)
            for way in Mechanism
        },
    )
    ways = [(str(way.label), found[way.value]) for way in Mechanism if found[way.value]]
    return Figures(found["done"], found["estates"], ways)


def project_page(project: Project, at: datetime) -> dict[str, Any]:
    """One published project as everybody reads it; one statement."""
    parts = ProjectParts(project, PUBLIC)
    phases, blocks = parts.rows("phases"), parts.rows("blocks")
    budget, prices = parts.rows("budget"), parts.rows("prices")
    sessions, matters = parts.rows("sessions"), parts.rows("matters")
    return {
        "project": project,
        "places": places_words(project, parts.rows("places")),
        "partners": parts["partners"],
        "steps": _steps(phases, at),
        "parts": parts.rows("parts"),
        "budget": budget,
        "budget_total": sum((line.yuan for line in budget), Decimal(0)),
        "prices": [price for price in prices if price.is_in_force],
        "old_prices": [price for price in prices if not price.is_in_force],
        "drawings": [(one, one.takes_comments(timezone.localdate(at))) for one in parts.drawings()],
        "sessions": [session for session in sessions if session.announced_at],
        "held": sum(session.is_held for session in sessions),
        "polls": _polls(parts),
        "matters": [link for link in matters if _is_shown(link)],
        "complaints": sum(link.kind == MatterKind.COMPLAINT for link in matters),
        "topics": [topic for topic in parts.rows("topics") if _is_public(topic)],
        "blocks": [block for block in blocks if block.is_open],
        "events": _events(project, phases, parts.rows("moves"), blocks),
    }


def places_words(project: Project, places: Sequence[Place]) -> str:
    """翠微小区、一号小区 3号楼; the whole community where nothing is named. Reads `parent` of each."""
    return _("、").join(public_place(place) for place in places) or project.community.name


_WITH: Final = PreparedModel(
    lambda petition: (
        ProjectMatter.objects.filter(petition=petition, project__published_at__isnull=False)
        .exclude(kind=MatterKind.COMPLAINT)
        .select_related("project")
    ),
    petition=-1,
)
_TILED: Final = PreparedModel(
    lambda community: Project.objects.filter(
        community=community, state__in=[ProjectState.PLANNED, ProjectState.RUNNING, ProjectState.DONE]
    ).order_by("-state_at", "-pk")[:GOING_SHOWN],
    community=-1,
)


def projects_with(petition: Petition) -> list[ProjectMatter]:
    """The published projects that a matter led to or followed from; one statement (P-46)."""
    return _WITH.all(petition=petition.pk)


def tile_projects(request: HttpRequest) -> Tile | None:
    """What is being built, or was built last, on the home of a community; one statement."""
    community: Community | None = getattr(request, "community", None)
    if community is None:
        return None
    shown = _TILED.all(community=community.pk)
    if not shown:
        return None
    going = [project for project in shown if not project.is_done]
    newest = going[0] if going else shown[0]
    return Tile(
        title=_("身边的工程"),
        text=_("%(name)s（%(more)s）") % {"name": newest.title, "more": newest.get_state_display()},
        url=reverse("petitions:projects", args=[community.slug]),
        count=len(going),
        icon="hammer",
    )


def _steps(phases: Sequence[ProjectPhase], at: datetime) -> list[dict[str, str]]:
    """The phases as `_stepper.html` shows them: done, the first that is open, and what is to come."""
    today = timezone.localdate(at)
    now = next((phase for phase in phases if not phase.is_done), None)
    steps = []
    for phase in phases:
        state = "done" if phase.is_done else "now" if phase is now else "todo"
        if phase.done_at is not None:
            note = _("%s完成") % day(phase.done_at)
        else:
            note = _("%(begins)s – %(due)s") % {"begins": day(phase.begins_on), "due": day(phase.due_on)}
            note += _("，已超期") if phase.is_late(today) else ""
        steps.append({"label": phase.name, "state": state, "note": note})
    return steps


def _polls(parts: ProjectParts) -> list[tuple[Poll, str]]:
    """Polls that were opened; what came of each that is over."""
    votes = parts.by("tallies", "poll_id")
    known = [poll for poll in parts.rows("polls") if poll.opened_at is not None]
    return [
        (poll, outcome_of(poll, [tally.votes for tally in votes[poll.pk]]).sentence if poll.is_closed else "")
        for poll in known
    ]


def _is_shown(link: ProjectMatter) -> bool:
    """A matter that strangers know by an approved title, and that is no complaint."""
    petition = link.petition
    known = petition.is_shown_to_strangers and bool(petition.public_title)
    return known and link.kind != MatterKind.COMPLAINT


def _is_public(topic: AgendaItem) -> bool:
    """What people talk about next: public topics of announced sessions (P-46)."""
    is_chosen = topic.state == AgendaState.CHOSEN and topic.is_public
    return is_chosen and topic.session.announced_at is not None


def _events(
    project: Project,
    phases: Sequence[ProjectPhase],
    moves: Sequence[PhaseMove],
    blocks: Sequence[ProjectBlock],
) -> list[Event]:
    """What happened, the newest first."""
    found = [*_milestones(project)]
    found += [Event(phase.done_at, _("完成：%s") % phase.name) for phase in phases if phase.done_at]
    for block in blocks:
        found.append(Event(block.opened_at, _("受阻：%s") % block.words))
        if block.cleared_at is not None:
            found.append(Event(block.cleared_at, _("解除：%s") % block.words, block.outcome))
    names = {phase.pk: phase.name for phase in phases}
    for move in moves:
        if project.published_at is None or not move.is_delay or move.moved_at < project.published_at:
            continue
        words = {"phase": names[move.phase_id], "due": day(move.due_after)}
        found.append(Event(move.moved_at, _("“%(phase)s”延到%(due)s") % words, move.reason))
    return sorted(found, key=lambda event: event.when)[::-1]


def _milestones(project: Project) -> Iterator[Event]:
    named = (
        (project.published_at, _("公布工程"), ""),
        (project.budget_published_at, _("公布预算"), ""),
        (project.price_published_at, _("公布收费标准"), ""),
        (project.started_at, _("开工"), ""),
    )
    yield from (Event(when, title, text) for when, title, text in named if when is not None)
    if project.closed_at is not None:
        over = _("完工") if project.is_done else _("终止")
        yield Event(project.closed_at, over, project.result or project.stopped_reason)
