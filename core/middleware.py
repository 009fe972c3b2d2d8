"""Expected refusals become one page."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views import defaults
from prometheus_client import CONTENT_TYPE_LATEST

from core import constraints, language, metrics, tracing
from core.errors import DomainError, InvalidInputError, TooLargeError
from core.logs import route_of

logger = logging.getLogger(__name__)

SPOKEN = ("text/html", "text/plain", "text/calendar", "text/javascript")
"""What is written in a language; the rest is the same for everybody."""
FORWARDED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_REAL_IP", "HTTP_VIA")


class TraceMiddleware:
    """Outermost: every request has an id, which the answer names, and is counted and logged by its route."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began, name = time.perf_counter(), tracing.request_named(request.headers.get(tracing.HEADER))
        with tracing.tracing(request=name):
            response = self.get_response(request)
            seconds, route = time.perf_counter() - began, route_of(request)
            told = {"route": route, "method": request.method, "status": response.status_code}
            logger.info("answered", extra={**told, "ms": round(seconds * 1000, 1)})
        metrics.request_done(
            route=route, method=str(request.method), status=response.status_code, seconds=seconds
        )
        response[tracing.HEADER] = name
        return response


class MetricsMiddleware:
    """`/metrics`: for whoever shows METRICS_TOKEN, or from loopback if METRICS_ON_LOOPBACK; else 404."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path != "/metrics":
            return self.get_response(request)
        if not self._is_open(request):
            return HttpResponseNotFound()
        return HttpResponse(metrics.page(), CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})

    def _is_open(self, request: HttpRequest) -> bool:
        shown, wanted = request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}"
        if settings.METRICS_TOKEN and constant_time_compare(shown, wanted):
            return True
        forwarded = any(name in request.META for name in FORWARDED)
        local = request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"} and not forwarded
        return bool(settings.METRICS_ON_LOOPBACK) and local


class NulMiddleware:
    """No text column holds a NUL: a path with one is refused, a query loses it, a cookie with one is none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path:
            return refusal(request, InvalidInputError(_("地址不对，请检查后再试。")))
        request.META["QUERY_STRING"] = request.META.get("QUERY_STRING", "").replace("%00", "")
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if "\0" not in value}
        return self.get_response(request)


class LanguageMiddleware:
    """Every page in the language that was chosen on this device, and nobody else's copy of it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = language.chosen(request)
        with translation.override(chosen):
            response = self.get_response(request)
        if response.get("Content-Type", "").startswith(SPOKEN):
            response.headers.setdefault("Content-Language", chosen)
            patch_vary_headers(response, ("Cookie",))
        return response


class BodyLimitMiddleware:
    """Refuses a request by its announced size, before anything reads it and fills the disk."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) <= settings.MAX_BODY_BYTES:
            return self.get_response(request)
        megabytes = settings.MAX_BODY_BYTES // 1_000_000
        return refusal(request, TooLargeError(_("一次最多上传%d兆，请减少照片后再试。") % megabytes))


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
        logger.info("refused", extra={"code": error.code, "route": route_of(request)})
        return refusal(request, error)


def refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The refusal in the shape its sender expects: an object for a program or a script, else a page."""
    if request.path.startswith("/api/") or request.headers.get("Accept") == "application/json":
        told = {"code": error.code, "message": error.message, "extra": error.extra}
        return JsonResponse(told, status=error.status)
    return error_page(request, error)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's `handler400`: what is too much says so; anything else is Django's own page."""
    if isinstance(exception, TooManyFilesSent):
        most = int(settings.DATA_UPLOAD_MAX_NUMBER_FILES or 0)
        return refusal(request, TooLargeError(_("一次最多上传 %d 个文件，请少选一些再提交。") % most))
    if isinstance(exception, RequestDataTooBig):
        return refusal(request, TooLargeError(_("填写的内容太长，请删减后再提交。")))
    return defaults.bad_request(request, exception)


def error_page(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The page for a refusal, with its status and, for a rate limit, when to come back."""
    context = {"code": error.code, "message": error.message, "status": error.status, "extra": error.extra}
    response = render(request, "error.html", context, status=error.status)
    if "retry_after" in error.extra:
        response["Retry-After"] = str(error.extra["retry_after"])
    return response
