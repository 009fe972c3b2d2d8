"""晒事: echo wall, problem wall, and the public page of one matter (P-07)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from community.web import CommunityRequest, community_page
from petitions.selectors import walls
from petitions.selectors.asked import NOTHING, TYPED_MAX, Asked, asked
from petitions.selectors.chain import public_chain
from petitions.selectors.projects import projects_with
from petitions.selectors.public import public_card
from petitions.selectors.round import steps_of
from petitions.selectors.services import services_page
from petitions.workflow import UNANSWERED


@require_safe
@community_page
def echo_wall(request: CommunityRequest) -> HttpResponse:
    """Question and answer, before and after, and how satisfied people are, with n."""
    topic, what, cursor = _chosen(request)
    at = timezone.now()
    read = SimpleLazyObject(lambda: walls.echo_page(request.community, topic, what, cursor, at))
    return render(request, "petitions/echo_wall.html", _wall(request, topic, what, read))


@require_safe
@community_page
def problem_wall(request: CommunityRequest) -> HttpResponse:
    """What waits for an answer, the longest wait first."""
    topic, what, cursor = _chosen(request)
    at = timezone.now()
    read = SimpleLazyObject(lambda: walls.problem_page(request.community, topic, what, cursor, at))
    return render(request, "petitions/problem_wall.html", _wall(request, topic, what, read))


@require_safe
@community_page
def matter(request: CommunityRequest, number: str) -> HttpResponse:
    """What strangers may read of one matter; private, spam, withdrawn or returned is 404, a merged one leads
    to the one in which it runs.
    """
    petition = walls.known_matter(request.community, number)
    if petition is None:
        running = get_object_or_404(walls.running_with(request.community, number))
        return redirect("petitions:matter", request.community.slug, running.number)
    post = walls.shown_post(petition)
    is_told = bool(post or petition.public_title) and not petition.is_imported
    context = {
        "card": public_card(petition, timezone.now()),
        "post": walls.echo_card(post) if post else None,
        "steps": steps_of(petition, walls.public_events(petition)) if is_told else [],
        "is_open": petition.stage in UNANSWERED,
        "projects": projects_with(petition),
        "is_tracked": petition.is_tracked,
        "measure": getattr(petition, "prevention", None),
        "service": petition.service,
        "chain": [one for one in public_chain(petition) if one.number != number],
    }
    return render(request, "petitions/matter.html", context)


@require_safe
@community_page
def services_born(request: CommunityRequest) -> HttpResponse:
    """What grew from people's words, with the matters that it came from (P-43)."""
    cards, page = services_page(request.community, request.GET.get("cursor"), timezone.now())
    return render(request, "petitions/services_born.html", {"cards": cards, "page": page})


def _chosen(request: HttpRequest) -> tuple[str, Asked, str | None]:
    topic, typed = walls.topic_of(request.GET.get("topic", "")), request.GET.get("q", "")
    return topic, asked(typed, numbers=False), request.GET.get("cursor")


def _wall(request: CommunityRequest, topic: str, what: Asked, read: Any) -> dict[str, Any]:
    """A wall's context. The first page is kept for a minute; `read` asks the database only when it is not."""
    is_kept = not request.GET.get("cursor") and what is NOTHING
    return {
        "topics": walls.topic_choices(topic),
        "topic": topic,
        "asked": what,
        "typed": request.GET.get("q", "")[:TYPED_MAX],
        "read": read,
        "keep_seconds": walls.WALL_SECONDS if is_kept else 0,
        "version": walls.walls_version(request.community.pk) if is_kept else "",
    }
