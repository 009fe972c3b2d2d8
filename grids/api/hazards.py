"""List, one hazard, and 报整改完成: what the company of the signed-in account answers for, nothing else."""

from __future__ import annotations

from typing import Any, cast

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import parsers, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core import uploads
from core.api import ApiView, KeysetPagination, errors
from core.display import absolute
from core.models import User
from grids.actions.hazards.filing import PHOTOS
from grids.actions.hazards.rectifying import hazard_done
from grids.models import Hazard, HazardEventKind, HazardState
from grids.selectors.companies import TOLD, hazard_answered, hazards_answered

NOTE_MAX = 300


class HazardOutput(serializers.Serializer[Any]):
    """A hazard in a list. Closed is what somebody else has seen to be gone."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    community = serializers.SlugField()
    company = serializers.CharField()
    type = serializers.CharField()
    place = serializers.CharField()
    spot = serializers.CharField(allow_blank=True)
    text = serializers.CharField()
    state = serializers.ChoiceField(choices=HazardState.choices)
    is_overdue = serializers.BooleanField(help_text=_("未销号且已过整改时限。"))
    rectify_by = serializers.DateField(allow_null=True)
    filed_at = serializers.DateTimeField()
    done_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)


class HazardPhotoOutput(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=HazardEventKind.choices)
    url = serializers.CharField(help_text=_("照片地址，读取权限与隐患相同。"))


class HazardEventOutput(serializers.Serializer[Any]):
    """One line of the history, without who wrote it."""

    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(choices=HazardEventKind.choices)
    kind_label = serializers.CharField()
    note = serializers.CharField(allow_blank=True)


class HazardFullOutput(HazardOutput):
    """A hazard on its own."""

    photos = HazardPhotoOutput(many=True)
    history = HazardEventOutput(many=True)


class HazardListApi(ApiView):
    """Newest first, by key."""

    class Filters(serializers.Serializer[Any]):
        """What a list may be narrowed to."""

        state = serializers.ChoiceField(choices=HazardState.choices, required=False)

    @extend_schema(
        operation_id="hazards_list",
        summary="本单位负责的隐患",
        description="从新到旧；只含当前账号代表的物业服务企业在其小区负责的隐患。",
        parameters=[Filters, *KeysetPagination.parameters()],
        responses={200: KeysetPagination.schema_of(HazardOutput), **errors(401, 422, 429)},
    )
    def get(self, request: Request) -> Response:
        asked = self.Filters(data=request.query_params)
        asked.is_valid(raise_exception=True)
        pages = KeysetPagination()
        rows = hazards_answered(cast(User, request.user), at=timezone.now())
        page = pages.paginate_queryset(rows.filter(**asked.validated_data), request, self)
        return pages.get_paginated_response([brief(row) for row in page])


class HazardDetailApi(ApiView):
    """One hazard; 404 for what is not there and for another company's."""

    @extend_schema(
        operation_id="hazards_read",
        summary="一处隐患",
        description="别的单位的与不存在的同样答 404。",
        responses={200: HazardFullOutput, **errors(401, 404, 429)},
    )
    def get(self, request: Request, hazard_id: str) -> Response:
        found = hazard_answered(cast(User, request.user), int(hazard_id), at=timezone.now())
        return Response(full(found))


class HazardDoneApi(ApiView):
    """报整改完成, with a photo; somebody of the grid looks again and closes it."""

    parser_classes = (parsers.MultiPartParser,)

    class HazardDone(serializers.Serializer[Any]):
        """What was done, and what it looks like now."""

        note = serializers.CharField(max_length=NOTE_MAX)
        photos = serializers.ListField(child=serializers.FileField(), min_length=1, max_length=PHOTOS)

    @extend_schema(
        operation_id="hazards_done",
        summary="报整改完成",
        description="须有整改后的照片，用 multipart 上传。不能销号：由网格人员复查后销号。已报过的答 409。",
        request={"multipart/form-data": HazardDone},
        responses={200: HazardFullOutput, **errors(400, 401, 403, 404, 409, 415, 422, 429)},
    )
    def post(self, request: Request, hazard_id: str) -> Response:
        actor, at = cast(User, request.user), timezone.now()
        found = hazard_answered(actor, int(hazard_id), at=at)
        given = self.HazardDone(data=request.data)
        given.is_valid(raise_exception=True)
        photos = [uploads.image_store(file=file, by=actor, at=at) for file in given.validated_data["photos"]]
        hazard_done(hazard_id=found.pk, note=given.validated_data["note"], photos=photos, actor=actor, at=at)
        return Response(full(hazard_answered(actor, found.pk, at=at)))


def brief(hazard: Hazard) -> dict[str, Any]:
    """One hazard in a list."""
    is_unsafe = hazard.closed_at is None and hazard.rectify_by is not None
    return {
        "id": hazard.pk,
        "number": hazard.number,
        "community": hazard.community.slug,
        "company": str(hazard.responsible_body),
        "type": hazard.type.name,
        "place": hazard.place.long_name,
        "spot": hazard.spot,
        "text": hazard.text,
        "state": hazard.state,
        "is_overdue": is_unsafe and cast(Any, hazard.rectify_by) < timezone.localdate(),
        "rectify_by": hazard.rectify_by,
        "filed_at": hazard.filed_at,
        "done_at": hazard.done_at,
        "closed_at": hazard.closed_at,
    }


def full(hazard: Hazard) -> dict[str, Any]:
    """One hazard with photos and history."""
    events = [event for event in hazard.events.all() if event.kind in TOLD]
    return brief(hazard) | {
        "photos": [
            {
                "kind": photo.kind,
                "url": absolute(reverse("grids:company_photo", args=[hazard.pk, photo.pk])),
            }
            for photo in hazard.photos.all()
        ],
        "history": [
            {"at": event.at, "kind": event.kind, "kind_label": event.get_kind_display(), "note": event.note}
            for event in events
        ],
    }
