"""身边的工程 on the web: what is being built, and one page a project. No account needed."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from community.web import CommunityRequest, community_page
from core.models import StoredImage
from core.uploads import image_response
from petitions.forms.drawings import CommentForm
from petitions.models import Project
from petitions.selectors import projects as shown
from petitions.selectors.drawings import comments_shown
from petitions.views.visitor import visitor_of


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


@require_http_methods(["GET", "HEAD", "POST"])
@community_page
def drawing(request: CommunityRequest, pk: int, drawing_id: int) -> HttpResponse:
    """One drawing with what was said about it; before the works anybody may say something."""
    known = project_of(request, pk).drawings.select_related("image", "project")
    found = get_object_or_404(known, pk=drawing_id)
    visitor = visitor_of(request)
    form = CommentForm(request.POST or None)
    if form.is_valid() and form.submit(found, visitor):
        messages.success(request, _("意见已提交，社区审核后公开，开工前会答复。"))
        return redirect("petitions:drawing", request.community.slug, pk, drawing_id)
    context = {
        "drawing": found,
        "page": comments_shown(found, request.GET.get("cursor")),
        "takes_comments": found.takes_comments(timezone.localdate(visitor.at)),
        "form": form,
    }
    return render(request, "petitions/drawing.html", context, status=form.status)


@require_safe
def project_photo(request: HttpRequest, image_id: UUID, size: str) -> HttpResponseBase:
    """A photo of a published project; 404 for any other."""
    public = Project.objects.public().filter(community__is_active=True)
    mine = Q(project_before__in=public) | Q(project_after__in=public)
    mine |= Q(project_drawing__project__in=public)
    found = get_object_or_404(StoredImage.objects.filter(mine), pk=image_id)
    return image_response(found, thumbnail=size == "small", request=request)


def project_of(request: CommunityRequest, pk: int) -> Project:
    """A published project of this community, or 404."""
    known = Project.objects.public().select_related("before", "after")
    found = get_object_or_404(known, community=request.community, pk=pk)
    found.community = request.community
    return found
