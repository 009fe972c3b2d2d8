"""The ground floor in the admin: working days, messages, and the trail to read."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core import actions, display
from core.admin_lists import AnyModelAdmin, KeysetAdminMixin, Orderings, OwnFiltersMixin
from core.models import AuditEntry, DayOverride, OutboxMessage
from core.registries import message_policies


class ReadOnlyAdmin(AnyModelAdmin):
    """A table to look at; what changes it are actions elsewhere."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(DayOverride)
class DayOverrideAdmin(OwnFiltersMixin, AnyModelAdmin):
    """Holidays and make-up days over the statutory calendar."""

    list_display = ("date", "is_working", "name")
    list_filter = ("is_working",)
    ordering = ("-date",)

    def save_model(self, request: Any, obj: DayOverride, form: Any, change: bool) -> None:
        actions.day_override_save(override=obj, actor=request.user, at=timezone.now())

    def delete_model(self, request: Any, obj: DayOverride) -> None:
        actions.day_override_delete(override_ids=[obj.pk], actor=request.user, at=timezone.now())

    def delete_queryset(self, request: Any, queryset: QuerySet[DayOverride]) -> None:
        ids = list(queryset.values_list("pk", flat=True))
        actions.day_override_delete(override_ids=ids, actor=request.user, at=timezone.now())


@admin.register(OutboxMessage)
class OutboxMessageAdmin(KeysetAdminMixin, ReadOnlyAdmin):
    """What was sent, what waits and what failed; failed messages can be sent again."""

    list_display = ("created_at", "title", "to", "channel", "state", "last_error")
    list_filter = ("state", "channel", "urgent")
    list_select_related = ("user",)
    fields = (
        *("channel", "kind_label", "to", "title", "shown_body", "shown_url", "state", "attempts"),
        *("created_at", "next_attempt_at", "sent_at", "sent_with", "last_error"),
    )
    actions = ("send_again",)

    @admin.display(description=_("类型"))
    def kind_label(self, message: OutboxMessage) -> str:
        policy = message_policies.get(message.kind)
        return str(policy.label) if policy else message.kind

    @admin.display(description=_("收件人"))
    def to(self, message: OutboxMessage) -> str:
        return display.masked_phone(message.phone) or str(message.user or _("工作群"))

    @admin.display(description=_("正文"))
    def shown_body(self, message: OutboxMessage) -> str:
        """What a message says is between sender and receiver: codes, links that open a matter, words of
        people. In the demo it is shown, since nothing is sent and codes are how one gets in.
        """
        return message.body if settings.DEMO else str(_("（保密）"))

    @admin.display(description=_("链接"))
    def shown_url(self, message: OutboxMessage) -> str:
        """A link that opens a matter without an account is as secret as the words."""
        return message.url if settings.DEMO else str(_("（保密）"))

    @admin.action(description=_("重新发送（仅失败的消息）"), permissions=["view"])
    def send_again(self, request: Any, queryset: QuerySet[OutboxMessage]) -> None:
        ids = list(queryset.values_list("pk", flat=True))
        count = actions.message_send_again(message_ids=ids, actor=request.user, at=timezone.now())
        text = ngettext("%(n)d 条消息将重新发送。", "%(n)d 条消息将重新发送。", count) % {"n": count}
        self.message_user(request, text, messages.SUCCESS if count else messages.WARNING)


@admin.register(AuditEntry)
class AuditEntryAdmin(KeysetAdminMixin, ReadOnlyAdmin):
    """The trail, to read."""

    keyset_orderings: ClassVar[Orderings] = {"new": (_("最新在前"), ("-id",))}
    list_display = ("at", "event", "actor", "post", "subject_type", "subject_id", "fields_changed")
    list_select_related = ("actor",)
    search_fields = ("subject_id",)
    search_help_text = _("按对象编号查找")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AuditEntry], search_term: str
    ) -> tuple[QuerySet[AuditEntry], bool]:
        """Exactly this number: the index finds it among any number of lines."""
        term = search_term.strip()
        return (queryset.filter(subject_id=term) if term else queryset), False

    @admin.display(description=_("改动字段"))
    def fields_changed(self, entry: AuditEntry) -> str:
        return ", ".join(entry.fields)
