"""The ground floor's tables, limited to what one's posts cover."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from community.admin.base import paths_for
from community.admin.exporting import ExportMixin
from community.backends import GRANTS
from community.models import Post, Resident
from community.models.place import PlaceKind
from community.permissions import held_posts, powers_over_all
from community.querysets import below
from core.admin import AuditEntryAdmin, OutboxMessageAdmin
from core.models import AuditEntry, OutboxMessage

admin.site.unregister(AuditEntry)
admin.site.unregister(OutboxMessage)


@admin.register(AuditEntry)
class ScopedAuditEntryAdmin(ExportMixin, AuditEntryAdmin):
    """The trail of what happened under the person's posts; what binds all is read by posts over all."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        paths = paths_for(request, GRANTS["core.auditentry"].view)
        within = below(paths, "scope_path")
        if GRANTS["core.auditentry"].view & powers_over_all(request.user, timezone.now()):
            within |= Q(scope_path="")
        return super().get_queryset(request).filter(within)


@admin.register(OutboxMessage)
class ScopedOutboxMessageAdmin(ExportMixin, OutboxMessageAdmin):
    """Messages to people under the person's posts; whoever keeps a county or subdistrict sees all."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        wanted = GRANTS["core.outboxmessage"].view
        posts = [post for post in held_posts(request.user, at=timezone.now()) if wanted & post.powers]
        if any(post.place_kind in (PlaceKind.COUNTY, PlaceKind.SUBDISTRICT) for post in posts):
            return rows
        paths = [post.place_path for post in posts]
        staff = Post.objects.filter(below(paths, "place__path")).values("user_id")
        people = Resident.objects.filter(below(paths, "household__place__path"), user__isnull=False)
        return rows.filter(Q(user_id__in=staff) | Q(user_id__in=people.values("user_id")))
