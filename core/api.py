"""The API's ground: one shape for errors, one way to page."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, inline_serializer
from rest_framework import authentication, exceptions, parsers, permissions
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import CharField, DictField, Serializer
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView
from rest_framework.views import exception_handler as drf_exception_handler

from core import constraints, paging, ratelimits
from core.errors import DomainError, InvalidInputError

MAX_DIGITS: Final = 6


def exception_handler(failure: Exception, context: dict[str, Any]) -> Response | None:
    """Every refusal as `{code, message, extra}`; anything unexpected stays a 500 and is logged."""
    error = constraints.explain(failure) if isinstance(failure, IntegrityError) else failure
    if isinstance(error, DomainError):
        return _response(error)
    response = drf_exception_handler(failure, context)
    if response is not None:
        response.data = _shape(failure, response)
    return response


def _response(error: DomainError) -> Response:
    body = {"code": error.code, "message": str(error.message), "extra": error.extra}
    response = Response(body, status=error.status)
    if "retry_after" in error.extra:
        response["Retry-After"] = str(error.extra["retry_after"])
    return response


def _shape(failure: Exception, response: Response) -> dict[str, Any]:
    if isinstance(failure, exceptions.ValidationError):
        response.status_code = InvalidInputError.status
        fields = response.data if isinstance(response.data, dict) else {"non_field_errors": response.data}
        return {"code": "invalid_input", "message": _first(fields), "extra": {"fields": fields}}
    detail = response.data.get("detail", "") if isinstance(response.data, dict) else ""
    code = CODES.get(response.status_code, getattr(detail, "code", "refused"))
    wait = getattr(failure, "wait", None) if isinstance(failure, exceptions.Throttled) else None
    extra = {"retry_after": wait} if wait else {}
    return {"code": code, "message": str(detail), "extra": extra}


CODES = {401: "not_signed_in", 403: "not_allowed", 404: "not_found", 429: "too_many_requests"}


def _first(errors: Any) -> str:
    """The first sentence among nested validation errors."""
    while isinstance(errors, dict | list) and errors:
        errors = next(iter(errors.values())) if isinstance(errors, dict) else errors[0]
    return str(errors)


class SessionAuthentication(authentication.SessionAuthentication):
    """The portal's own sign-in; without it the answer is 401, not 403."""

    def authenticate_header(self, _request: Request) -> str:
        return "Session"


class SessionScheme(OpenApiAuthenticationExtension):
    """The same, as OpenAPI says it."""

    target_class = "core.api.SessionAuthentication"
    name = "session"

    def get_security_definition(self, _auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


class JsonParser(parsers.JSONParser):
    """JSON that a program may send; what is nested deeper than can be read is as bad as a missing bracket."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as problem:
            raise exceptions.ParseError from problem


class ApiView(APIView):
    """What every operation shares: signed in, and not too often, counted for each account."""

    authentication_classes = (SessionAuthentication,)
    permission_classes = (permissions.IsAuthenticated,)

    def check_throttles(self, request: Request) -> None:
        reads = request.method in permissions.SAFE_METHODS
        limit = settings.API_READS_PER_MINUTE if reads else settings.API_WRITES_PER_MINUTE
        kind = "read" if reads else "write"
        ratelimits.hit(f"api.{kind}", str(request.user.pk), limit=limit, seconds=60)


class KeysetPagination(BasePagination):
    """Pages by key: `?cursor=` from `next` and `previous`, `?cursor=last`, `?page_size=`.

    The order is the view's `keyset_order`; without one, newest first.
    """

    page_size = 20
    max_page_size = 100
    order: tuple[str, ...] = ("-pk",)

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        self.request = request
        self.page = paging.keyset(
            queryset,
            order=getattr(view, "keyset_order", self.order),
            cursor=request.query_params.get("cursor"),
            size=self._size(request),
        )
        return self.page.items

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {"next": self._link(self.page.next), "previous": self._link(self.page.previous), "results": data}
        )

    @classmethod
    def schema_of(cls, output: type[Serializer[Any]]) -> Any:
        """The schema of one page of `output`."""
        link = CharField(allow_null=True, help_text=_("完整地址；没有则为 null。"))
        fields = {"next": link, "previous": CharField(allow_null=True), "results": output(many=True)}
        return inline_serializer(f"{output.__name__.removesuffix('Output')}Page", fields)

    @classmethod
    def parameters(cls) -> list[OpenApiParameter]:
        """What every list understands beside its filters."""
        cursor = OpenApiParameter(
            "cursor", str, description=_("来自 next 或 previous;last 为最后一页；读不懂的等于第一页。")
        )
        size = {"type": "integer", "minimum": 1, "maximum": cls.max_page_size, "default": cls.page_size}
        return [cursor, OpenApiParameter("page_size", size)]

    def _size(self, request: Request) -> int:
        asked = request.query_params.get("page_size", "")
        if not asked.isdecimal() or len(asked) > MAX_DIGITS:
            return self.page_size
        return min(int(asked), self.max_page_size) or self.page_size

    def _link(self, cursor: str | None) -> str | None:
        address = self.request.build_absolute_uri()
        return replace_query_param(address, "cursor", cursor) if cursor else None


class ErrorOutput(Serializer[Any]):
    """Every refusal: a stable code for programs, a sentence for people, and details."""

    code = CharField()
    message = CharField()
    extra = DictField()


SENTENCES: Final = {
    400: _("请求无法解析。"),
    401: _("未登录。"),
    403: _("任职不允许，或缺少跨站校验。"),
    404: _("没有，或您看不到。"),
    409: _("同一幂等键用于不同内容，或状态已变。"),
    413: _("请求过大。"),
    415: _("不支持的内容类型。"),
    422: _("内容不合要求。"),
    429: _("过于频繁。"),
}


def errors(*statuses: int) -> dict[int, Any]:
    """The refusals of an operation, for its schema."""
    return {
        status: OpenApiResponse(ErrorOutput, description=str(SENTENCES[status]))
        for status in sorted(statuses)
    }
