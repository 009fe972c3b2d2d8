"""The door to the pages of those who work in grids."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Concatenate, Final, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from community.duties import Power
from community.models import Community, Place
from community.permissions import Scope, has_power, held_posts, powers_anywhere
from community.selectors.accounts import own_community
from core.errors import NotAllowedError
from core.models import User

P = ParamSpec("P")


REFUSAL: Final = gettext_lazy("这里是网格工作用的页面，您现在没有这样的任职。")


class FieldRequest(HttpRequest):
    """A request of somebody in post; `at` is its moment."""

    user: User
    at: datetime
    community: Community


def field_page(
    power: Power | None, refusal: str | Promise = REFUSAL, *, branded: bool = True
) -> Callable[[Callable[Concatenate[FieldRequest, P], HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Strangers are sent to sign in, whoever lacks this power everywhere is refused, nothing is cached.

    Without a power everybody in post comes in, and the view says what they see. `page.powers` is what the
    page asks for: a notice leads there only for those who hold it (`selectors.reach`). The page wears the
    brand of the person's community, unless its view sees to that (`branded` False).
    """

    def door(
        view: Callable[Concatenate[FieldRequest, P], HttpResponseBase],
    ) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        @never_cache
        def page(request: FieldRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path(), reverse("admin:login"))
            request.at = timezone.now()
            if not _comes_in(request, power):
                raise NotAllowedError(refusal)
            community = own_community(request.user, at=request.at) if branded else None
            if community is not None:
                request.community = community
            return view(request, *args, **kwargs)

        page.powers = frozenset() if power is None else frozenset({power})  # type: ignore[attr-defined]
        return page

    return door


def _comes_in(request: FieldRequest, power: Power | None) -> bool:
    if power is None:
        return bool(held_posts(request.user, at=request.at))
    return power in powers_anywhere(request.user, request.at)


def leads(request: FieldRequest, place: Place) -> bool:
    """Whether this person runs the grid at a place."""
    return has_power(request.user, Power.GRID_RUN, Scope(place.path), at=request.at)
