"""Addresses that refuse, for the tests of refusals."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from rest_framework import exceptions, serializers
from rest_framework.decorators import api_view
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from core import errors
from core.api import KeysetPagination
from core.models import User

REFUSALS = {error.code: error for error in vars(errors).values() if hasattr(error, "code")}
DRF = {
    "validation": exceptions.ValidationError({"text": ["太长"], "items": [{"phone": ["不对"]}]}),
    "list": exceptions.ValidationError(["不可以"]),
    "missing": exceptions.NotFound(),
    "anonymous": exceptions.NotAuthenticated(),
    "forbidden": exceptions.PermissionDenied(),
    "throttled": exceptions.Throttled(wait=30),
    "method": exceptions.MethodNotAllowed("PUT"),
}


def refuse(request: HttpRequest, code: str) -> HttpResponse:
    extra = {"retry_after": 7} if code == "too_many_requests" else {"gate": "g1"}
    raise REFUSALS[code](f"不行：<b>{code}</b>", extra=extra)


def twice(request: HttpRequest, field: str) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE core_user SET {field} = NULL" if field == "password" else TWICE)
    return HttpResponse()


TWICE = "INSERT INTO core_reminderclaim (kind, stage, subject_id, claimed_at) SELECT 'k', 's', 1, now() FROM generate_series(1, 2)"


@api_view(["GET"])
def api_refuse(request: Request, code: str) -> Response:
    return refuse(request._request, code)


@api_view(["GET"])
def api_drf(request: Request, name: str) -> Response:
    raise DRF[name]


@api_view(["GET"])
def api_twice(request: Request, field: str) -> Response:
    return twice(request._request, field)


class UserSerializer(serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields: Any = ["username"]


class Users(ListAPIView[User]):
    queryset = User.objects.all()
    serializer_class = UserSerializer
    pagination_class = KeysetPagination
    keyset_order = ("username",)


urlpatterns = [
    path("refuse/<code>/", refuse),
    path("twice/<field>/", twice),
    path("api/refuse/<code>/", api_refuse),
    path("api/drf/<name>/", api_drf),
    path("api/twice/<field>/", api_twice),
    path("api/users/", Users.as_view()),
    path("", include("config.urls")),
]
