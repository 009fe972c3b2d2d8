"""What the residents' pages share: who visits, and the pages behind a personal link."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from allauth.account.adapter import get_adapter
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from community.profiles import profile_from_row
from community.web import CommunityRequest
from core.models import User
from petitions.forms.base import Visitor
from petitions.models import Evaluation, Petition, PetitionReporter
from petitions.selectors import links

P = ParamSpec("P")


class TicketRequest(CommunityRequest):
    """A request under a reporter's own link."""

    reporter: PetitionReporter
    token: str


class JudgementRequest(CommunityRequest):
    """A request under the link with which a reporter judges."""

    evaluation: Evaluation
    token: str


def visitor_of(request: HttpRequest) -> Visitor:
    """The account, if any, the network address as far as the proxies are believed, and the moment."""
    user = request.user if isinstance(request.user, User) else None
    return Visitor(user, get_adapter().get_client_ip(request), timezone.now())


def ticket_page(
    view: Callable[Concatenate[TicketRequest, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Resolve `<token>` to `request.reporter`: 410 for a link that is forged or void."""

    @wraps(view)
    def page(request: TicketRequest, token: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        request.reporter, request.token = links.reporter_of(token), token
        _brand(request, request.reporter.petition)
        return keep_secret(view(request, *args, **kwargs))

    return page


def judgement_page(
    view: Callable[Concatenate[JudgementRequest, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Resolve `<token>` to `request.evaluation`: 410 for a link that is forged or void."""

    @wraps(view)
    def page(request: JudgementRequest, token: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        request.evaluation, request.token = links.evaluation_of(token), token
        _brand(request, request.evaluation.petition)
        return keep_secret(view(request, *args, **kwargs))

    return page


def keep_secret(response: HttpResponseBase) -> HttpResponseBase:
    """An address that opens somebody's matter is kept out of caches, search engines and other sites' logs.

    Not `no-referrer`: under that a browser hides its origin, and every form would be refused as foreign.
    """
    add_never_cache_headers(response)
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _brand(request: Any, petition: Petition) -> None:
    request.community = petition.community
    request.profile = profile_from_row(petition.community.profile)
