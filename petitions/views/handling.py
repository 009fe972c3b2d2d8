"""The door to the pages of those who handle matters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from community.duties import Power
from community.models import Community
from community.permissions import powers_anywhere
from core.errors import NotAllowedError
from core.models import User

P = ParamSpec("P")


class HandlingRequest(HttpRequest):
    """A request of somebody whose current post lets them handle matters; `at` is its moment."""

    user: User
    at: datetime
    community: Community


def handling_page(
    view: Callable[Concatenate[HandlingRequest, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Strangers are sent to sign in, staff without such a post are refused, nothing is cached."""

    @wraps(view)
    @never_cache
    def page(request: HandlingRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        request.at = timezone.now()
        if Power.PETITION_HANDLE not in powers_anywhere(request.user, request.at):
            raise NotAllowedError(_("这里是办理诉求的工作人员用的页面，您现在没有这样的任职。"))
        return view(request, *args, **kwargs)

    return page
