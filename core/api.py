"""The API's ground: one shape for errors, one way to page."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError
from rest_framework import exceptions
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView
from rest_framework.views import exception_handler as drf_exception_handler

from core import constraints, paging
from core.errors import DomainError


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
        fields = response.data if isinstance(response.data, dict) else {"non_field_errors": response.data}
        return {"code": "invalid_input", "message": _first(fields), "extra": {"fields": fields}}
    detail = response.data.get("detail", "") if isinstance(response.data, dict) else ""
    code = CODES.get(response.status_code, getattr(detail, "code", "refused"))
    wait = getattr(failure, "wait", None) if isinstance(failure, exceptions.Throttled) else None
    extra = {"retry_after": wait} if wait else {}
    return {"code": code, "message": str(detail), "extra": extra}


CODES = {403: "not_allowed", 404: "not_found", 429: "too_many_requests"}


def _first(errors: Any) -> str:
    """The first sentence among nested validation errors."""
    while isinstance(errors, dict | list) and errors:
        errors = next(iter(errors.values())) if isinstance(errors, dict) else errors[0]
    return str(errors)


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

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "nullable": True, "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, _view: Any) -> list[dict[str, Any]]:
        text, number = {"type": "string"}, {"type": "integer", "minimum": 1, "maximum": self.max_page_size}
        return [
            {"name": "cursor", "required": False, "in": "query", "schema": text},
            {"name": "page_size", "required": False, "in": "query", "schema": number},
        ]

    def _size(self, request: Request) -> int:
        asked = request.query_params.get("page_size", "")
        return min(int(asked), self.max_page_size) or self.page_size if asked.isdecimal() else self.page_size

    def _link(self, cursor: str | None) -> str | None:
        address = self.request.build_absolute_uri()
        return replace_query_param(address, "cursor", cursor) if cursor else None
