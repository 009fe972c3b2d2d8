"""Expected refusals become one page."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core import constraints
from core.errors import DomainError

logger = logging.getLogger(__name__)


class DomainErrorMiddleware:
    """Turns a `DomainError`, or a known constraint of the database, into `error.html`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, failure: Exception) -> HttpResponse | None:
        error = constraints.explain(failure) if isinstance(failure, IntegrityError) else failure
        if not isinstance(error, DomainError):
            return None
        logger.info("refused: %s %s", error.code, request.path)
        return error_page(request, error)


def error_page(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The page for a refusal, with its status and, for a rate limit, when to come back."""
    context = {"code": error.code, "message": error.message, "status": error.status, "extra": error.extra}
    response = render(request, "error.html", context, status=error.status)
    if "retry_after" in error.extra:
        response["Retry-After"] = str(error.extra["retry_after"])
    return response
