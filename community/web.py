"""What every page of a community needs: which community it is, and how it looks."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from community.models import Community, WorkflowProfile
from community.profiles import profile_from_row
from community.workflow import Profile
from core.display import is_large
from core.prepared import PreparedModel

P = ParamSpec("P")

_OF_SLUG: Final = PreparedModel(
    lambda slug: (
        Community.objects.active().select_related("place", "profile").filter(slug=slug, profile__isnull=False)
    ),
    slug="?",
)


class CommunityRequest(HttpRequest):
    """A request below `/<slug>/`."""

    community: Community
    profile: Profile


def community_page(
    view: Callable[Concatenate[CommunityRequest, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Resolve `<slug>` to `request.community` and `request.profile` in one statement, or answer 404.

    The view is called without the slug.
    """

    @wraps(view)
    def page(request: CommunityRequest, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        community_set(request, slug)
        return view(request, *args, **kwargs)

    return page


def community_of(slug: str) -> Community | None:
    """The active community of this slug, with place and profile joined; one statement."""
    return _OF_SLUG.first(slug=slug)


def community_set(request: Any, slug: str) -> Community:
    """Put the community of this slug, with place and profile joined, on the request; 404 if there is none."""
    community = community_of(slug)
    if community is None:
        raise Http404
    request.community = community
    request.profile = profile_from_row(community.profile)
    return community


def brand_css_url(community: Community, row: WorkflowProfile) -> str:
    """The address of the brand's style sheet; it changes with the profile's version."""
    return f"{reverse('community:brand_css', args=[community.slug])}?v={row.version}"


def brand_style(accent: str) -> str:
    """The brand's custom properties: the accent, text on it, its tint and its darker sister."""
    red, green, blue = (int(accent[at : at + 2], 16) for at in (1, 3, 5))
    soft = "#" + "".join(f"{255 - (255 - part) * 8 // 100:02x}" for part in (red, green, blue))
    strong = "#" + "".join(f"{part * 80 // 100:02x}" for part in (red, green, blue))
    properties = {
        "--accent": accent,
        "--accent-ink": "#ffffff",
        "--accent-soft": soft,
        "--accent-strong": strong,
    }
    return ":root{" + ";".join(f"{name}:{value}" for name, value in properties.items()) + "}\n"


def brand(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `community`, `profile`, `brand_css_url`, `large`. Costs no statement of its own."""
    community: Community | None = getattr(request, "community", None)
    return {
        "community": community,
        "profile": getattr(request, "profile", None),
        "brand_css_url": brand_css_url(community, community.profile) if community else "",
        "large": is_large(request),
    }
