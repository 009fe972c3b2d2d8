"""List, one matter, its history: what the posts of the signed-in account cover, and nothing else."""

from __future__ import annotations

from typing import Any, Final

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from community.workflow import Channel, Severity, Stage, Topic
from core.api import ApiView, KeysetPagination, errors
from petitions.api.rows import brief, full, full_rows, rows
from petitions.api.schema import EventOutput, PetitionFullOutput, PetitionOutput
from petitions.models import Petition, PetitionEvent, PetitionPhoto
from petitions.querysets import PetitionQuerySet
from petitions.workflow import Event

COLUMNS: Final = {
    "stage": "stage",
    "severity": "severity",
    "topic": "topic",
    "channel": "channel",
    "community": "community__slug",
    "since": "filed_at__gte",
}
CODES: Final = {
    "stage": frozenset(Stage.values),
    "severity": frozenset(Severity.values),
    "topic": frozenset(Topic.values),
    "channel": frozenset(Channel.values),
}


def visible(request: Request) -> PetitionQuerySet:
    """What this account's current posts cover; the same for lists and single matters."""
    return Petition.objects.visible_to(request.user, at=timezone.now())


class PetitionListApi(ApiView):
    """Newest first, by key; filters are combined."""

    keyset_order = ("-filed_at", "-id")

    class Filters(serializers.Serializer[Any]):
        """What a list may be narrowed to."""

        stage = serializers.ChoiceField(choices=Stage.choices, required=False)
        severity = serializers.ChoiceField(choices=Severity.choices, required=False)
        topic = serializers.ChoiceField(choices=Topic.choices, required=False)
        channel = serializers.ChoiceField(choices=Channel.choices, required=False)
        community = serializers.SlugField(max_length=30, required=False)
        since = serializers.DateTimeField(required=False)

    @extend_schema(
        operation_id="petitions_list",
        summary="诉求列表",
        description="按反映时间从新到旧；只含当前账号任职范围内的诉求。",
        parameters=[Filters, *KeysetPagination.parameters()],
        responses={200: KeysetPagination.schema_of(PetitionOutput), **errors(401, 422, 429)},
    )
    def get(self, request: Request) -> Response:
        pages = KeysetPagination()
        found = rows(visible(request).filter(**self._wanted(request)))
        page = pages.paginate_queryset(found, request, self)
        return pages.get_paginated_response([brief(row) for row in page])

    def _wanted(self, request: Request) -> dict[str, Any]:
        """The filters as columns; codes that are known need no serializer."""
        given = {name: request.query_params[name] for name in COLUMNS if request.query_params.get(name)}
        if not all(value in CODES.get(name, ()) for name, value in given.items()):
            filters = self.Filters(data=given)
            filters.is_valid(raise_exception=True)
            given = filters.validated_data
        return {COLUMNS[name]: value for name, value in given.items()}


class PetitionDetailApi(ApiView):
    """One matter; 404 for what is not there and for what is not visible."""

    @extend_schema(
        operation_id="petitions_read",
        summary="一件诉求",
        description="不含诉求人的姓名和电话；看不到的与不存在的同样答 404。",
        responses={200: PetitionFullOutput, **errors(401, 404, 429)},
    )
    def get(self, request: Request, number: str) -> Response:
        row = full_rows(visible(request).filter(number=number)).first()
        if row is None:
            raise Http404
        photos = PetitionPhoto.objects.filter(petition_id=row.id)
        return Response(full(row, [_photo(photo) for photo in photos]))


def _photo(photo: PetitionPhoto) -> dict[str, Any]:
    return {
        "kind": photo.kind,
        "is_public": photo.is_public,
        "url": reverse("petitions:photo", args=[photo.image_id, "full"]),
        "added_at": photo.added_at,
    }


class PetitionHistoryApi(ApiView):
    """Every line of a matter's history, oldest first."""

    keyset_order = ("id",)

    @extend_schema(
        operation_id="petitions_history",
        summary="办理记录",
        description="从早到晚；只写岗位，不写人名。",
        parameters=KeysetPagination.parameters(),
        responses={200: KeysetPagination.schema_of(EventOutput), **errors(401, 404, 429)},
    )
    def get(self, request: Request, number: str) -> Response:
        known = visible(request).filter(number=number)
        row = known.values_list("id", "community__profile__stage_labels").first()
        if row is None:
            raise Http404
        pk, labels = row
        pages = KeysetPagination()
        page = pages.paginate_queryset(PetitionEvent.objects.filter(petition_id=pk), request, self)
        return pages.get_paginated_response([_line(event, labels) for event in page])


def _line(event: PetitionEvent, labels: dict[str, str]) -> dict[str, Any]:
    same = ("at", "event", "stage", "round", "duty", "post_place", "audience", "note")
    return {
        **{name: getattr(event, name) for name in same},
        "event_label": str(Event(event.event).label),
        "stage_label": labels.get(event.stage) or str(Stage(event.stage).label),
    }
