"""身边的工程 on the web: what is being built, and one page a project. No account needed."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from community.web import CommunityRequest, community_page
from core.models import StoredImage
from core.uploads import image_response
from petitions.models import Project
from petitions.selectors import projects as shown


@require_safe
@community_page
def projects(request: CommunityRequest) -> HttpResponse:
    """What is prepared or built, and what is over, the latest first."""
    context = {
        "going": shown.projects_going(request.community),
        "page": shown.projects_over(request.community, request.GET.get("cursor")),
        "figures": shown.figures_of_projects(request.community),
    }
    return render(request, "petitions/projects.html", context)


@require_safe
@community_page
def project(request: CommunityRequest, pk: int) -> HttpResponse:
    """One project: phases, parts, money, meetings, what happened, before and after."""
    found = project_of(request, pk)
    return render(request, "petitions/project.html", shown.project_page(found, timezone.now()))


@require_safe
def project_photo(request: HttpRequest, image_id: UUID, size: str) -> HttpResponseBase:
    """A photo of a published project; 404 for any other."""
    public = Project.objects.public().filter(community__is_active=True)
    mine = Q(project_before__in=public) | Q(project_after__in=public)
    found = get_object_or_404(StoredImage.objects.filter(mine), pk=image_id)
    return image_response(found, thumbnail=size == "small", request=request)


def project_of(request: CommunityRequest, pk: int) -> Project:
    """A published project of this community, or 404."""
    known = Project.objects.public().select_related("before", "after")
    found = get_object_or_404(known, community=request.community, pk=pk)
    found.community = request.community
    return found
