"""A matter is filed by program, by somebody in post, for a person who spoke up elsewhere."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, Final, cast
from uuid import UUID, uuid4

from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import parsers, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from community.duties import Power
from community.models import Community, Place
from community.permissions import powers_anywhere
from community.web import community_of
from community.workflow import Channel, Topic
from core import uploads
from core.api import ApiView, JsonParser, errors
from core.display import absolute
from core.errors import ConflictError, InvalidInputError, NotAllowedError
from core.models import User
from core.phones import phone_of
from petitions.actions import filing
from petitions.actions.base import text_of
from petitions.api.schema import ReceiptOutput
from petitions.models import Origin
from petitions.models.petition import TEXT_MAX
from petitions.selectors import links
from petitions.selectors.places import place_of

KEY_MAX: Final = 200


class PetitionFileApi(ApiView):
    """Files a matter. The same `Idempotency-Key` and body give the same receipt; another body is refused."""

    parser_classes = (JsonParser, parsers.MultiPartParser)

    class Input(serializers.Serializer[Any]):
        """What is reported, and as much about the person as they chose to say."""

        class Reporter(serializers.Serializer[Any]):
            name = serializers.CharField(max_length=40, required=False, allow_blank=True)
            phone = serializers.CharField(max_length=20, required=False, allow_blank=True)
            on_behalf_of = serializers.CharField(max_length=40, required=False, allow_blank=True)
            has_consented = serializers.BooleanField(required=False, default=False)

        community = serializers.SlugField(max_length=30)
        place = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
        text = serializers.CharField(max_length=TEXT_MAX)
        spot = serializers.CharField(max_length=100, required=False, allow_blank=True)
        topic = serializers.ChoiceField(choices=Topic.choices, default=Topic.OTHER)
        channel = serializers.ChoiceField(choices=Channel.choices, default=Channel.HOTLINE)
        is_private = serializers.BooleanField(default=False)
        received_at = serializers.DateTimeField(required=False)
        reporter = Reporter(required=False)
        photos = serializers.ListField(
            child=serializers.FileField(), max_length=filing.MAX_PHOTOS, required=False
        )

    @extend_schema(
        operation_id="petitions_file",
        summary="登记诉求",
        description="须有登记权限。阶段不能写入：新诉求总从收事开始。照片用 multipart 上传。",
        parameters=[
            OpenApiParameter(
                "Idempotency-Key", str, OpenApiParameter.HEADER, description=f"1–{KEY_MAX} 个字符"
            )
        ],
        request={"application/json": Input, "multipart/form-data": Input},
        responses={200: ReceiptOutput, 201: ReceiptOutput, **errors(400, 401, 403, 409, 415, 422, 429)},
    )
    def post(self, request: Request) -> Response:
        given = _input().run_validation(request.data)
        filed = _file(cast(User, request.user), _key(request), given)
        return Response(_receipt(filed), status=201 if filed.is_new else 200)


@cache
def _input() -> PetitionFileApi.Input:
    """One for all requests: it keeps nothing of a request, and making its fields takes half a millisecond."""
    return PetitionFileApi.Input()


def _file(actor: User, key: UUID, given: dict[str, Any]) -> filing.Filed:
    """File it once; photos are kept only for a key that was not used yet."""
    at = timezone.now()
    if Power.PETITION_ENTER not in powers_anywhere(actor, at):
        raise NotAllowedError(_("您的任职不允许登记诉求。"))
    community, place = _where(given)
    sent, digest = given.get("photos", []), _digest(place, given)
    filed = filing.filed_before(key) if sent else None
    if filed is None:
        report = filing.Report(
            text=given["text"],
            place=place,
            channel=given["channel"],
            spot=given.get("spot", ""),
            topic=given["topic"],
            is_private=given["is_private"],
            photos=[uploads.image_store(file=file, by=actor, at=at) for file in sent],
            origin=Origin.PROACTIVE if given["channel"] == Channel.PATROL else Origin.REPORTED,
            received_at=given.get("received_at"),
            digest=digest,
        )
        person = filing.Person(**given.get("reporter", {}))
        filed = filing.petition_file(
            community=community, report=report, person=person, key=key, actor=actor, at=at
        )
    if not filed.is_new:
        _refuse_other_body(filed, digest)
    return filed


def _where(given: dict[str, Any]) -> tuple[Community, Place]:
    """The named community and place.

    Raises:
        InvalidInputError: there is no such community or place.
    """
    community, place = community_of(given["community"]), place_of(given["place"])
    if community is None or place is None:
        raise InvalidInputError(_("没有这个社区或地点。"))
    return community, place


def _key(request: Request) -> UUID:
    """The key that the sender chose, for this account alone; without one, every request is new.

    Keyed by the secret: whoever guesses somebody's choice must not reach their receipt through the form.
    """
    chosen = request.headers.get("Idempotency-Key", "")
    if not chosen:
        return uuid4()
    if len(chosen) > KEY_MAX:
        raise InvalidInputError(_("幂等键最多 %d 个字符。") % KEY_MAX)
    digest = salted_hmac("petitions.api.key", f"{request.user.pk}/{chosen}", algorithm="sha256").digest()
    return UUID(bytes=digest[:16])


def _digest(place: Place, given: dict[str, Any]) -> str:
    """Of what makes it this matter and no other, as it was sent: people may correct the record since."""
    person = given.get("reporter", {})
    sent = (
        text_of(given["text"], limit=TEXT_MAX, name=_("诉求内容")),
        place.pk,
        given["channel"],
        given["is_private"],
        phone_of(person["phone"]) if person.get("phone") else "",
    )
    return salted_hmac("petitions.api.body", json.dumps(sent), algorithm="sha256").hexdigest()


def _refuse_other_body(filed: filing.Filed, digest: str) -> None:
    """Raise ConflictError when the key was used for something else."""
    kept = filed.petition.filing_digest
    if kept and not constant_time_compare(kept, digest):
        raise ConflictError(_("这个幂等键已用于另一件诉求。"), extra={"number": filed.petition.number})


def _receipt(filed: filing.Filed) -> dict[str, Any]:
    petition = filed.petition
    return {
        "number": petition.number,
        "stage": petition.stage,
        "stage_label": petition.stage_label,
        "promise_at": petition.promise_at,
        "url": absolute(links.work_path(petition)),
        "is_new": filed.is_new,
    }
