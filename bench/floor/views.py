"""What each floor does, and nothing else."""

from __future__ import annotations

import io

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from PIL import Image
from rest_framework import generics, pagination, serializers

from bench.floor.models import Item

WORDS = "三单元楼道灯坏了两周,晚上老人上下楼看不清,请尽快派人来修。"


def insert_item() -> Item:
    return Item.objects.create(title="楼道灯不亮", text=WORDS, state="open", created_at=timezone.now())


@require_GET
def hello(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("hello")


@require_POST
def insert(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(insert_item().pk)


@require_POST
def five_inserts(_request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        items = [insert_item() for _ in range(5)]
    return HttpResponse(items[-1].pk)


@require_GET
def read(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "floor/item.html", {"item": get_object_or_404(Item, pk=pk)})


@require_POST
def encode(request: HttpRequest) -> HttpResponse:
    """One bare re-encoding of the uploaded photo to the size at which the portal keeps photos."""
    with Image.open(request.FILES["photo"]) as image:
        image.thumbnail((1920, 1920))
        out = io.BytesIO()
        image.convert("RGB").save(out, "JPEG", quality=82)
    return HttpResponse(str(out.tell()))


class ItemSerializer(serializers.ModelSerializer):
    class Meta:
        model = Item
        fields = ("id", "title", "text", "state", "created_at")


class ByKey(pagination.CursorPagination):
    ordering = ("-created_at", "-id")
    page_size = 20


class Items(generics.ListCreateAPIView):
    queryset = Item.objects.all()
    serializer_class = ItemSerializer
    pagination_class = ByKey
