"""Messages on their way out, and the in-app inbox."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models.account import User
from core.models.labelled import Labelled
from core.querysets import InboxQuerySet, OutboxQuerySet


class MessageChannel(models.TextChoices):
    """How a message leaves the portal."""

    SMS = "sms", _("短信")
    ROBOT = "robot", _("群机器人")


class MessageState(models.TextChoices):
    """Where a message stands. `sending` is a lease that ends at `next_attempt_at`."""

    QUEUED = "queued", _("待发")
    SENDING = "sending", _("发送中")
    SENT = "sent", _("已发")
    FAILED = "failed", _("失败")
    DROPPED = "dropped", _("不再发送")


PENDING = (MessageState.QUEUED, MessageState.SENDING)


class OutboxMessage(Labelled):
    """One message for one address, written in the transaction of the change that it announces."""

    channel = models.CharField(_("渠道"), max_length=8, choices=MessageChannel.choices)
    kind = models.CharField(_("类型"), max_length=60)
    dedupe_key = models.CharField(max_length=150)
    user = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("账号")
    )
    phone = models.CharField(_("手机号"), max_length=20, blank=True)
    robot_url = models.CharField(max_length=300, blank=True)
    title = models.CharField(_("标题"), max_length=120, blank=True)
    body = models.TextField(_("正文"), blank=True)
    url = models.CharField(_("链接"), max_length=300, blank=True)
    urgent = models.BooleanField(_("紧急"), default=False)
    secret = models.BooleanField(_("保密"), default=False)
    state = models.CharField(
        _("状态"), max_length=8, choices=MessageState.choices, default=MessageState.QUEUED
    )
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    created_at = models.DateTimeField(_("产生时间"))
    next_attempt_at = models.DateTimeField(_("下次尝试"))
    sent_at = models.DateTimeField(_("发出时间"), null=True, blank=True)
    sent_with = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("合并于")
    )
    request_id = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    """The request that queued it, for the log."""
    last_error = models.CharField(_("原因"), max_length=200, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("消息")
        verbose_name_plural = _("消息")
        constraints = [
            models.UniqueConstraint(fields=["channel", "dedupe_key"], name="message_once_per_channel")
        ]
        indexes = [
            models.Index(
                fields=["-urgent", "next_attempt_at", "id"],
                name="message_due",
                condition=models.Q(state__in=PENDING),
            ),
            models.Index(fields=["phone"], name="message_due_phone", condition=models.Q(state__in=PENDING)),
            models.Index(fields=["user"], name="message_due_user", condition=models.Q(state__in=PENDING)),
            models.Index(fields=["state", "-id"], name="message_by_state"),
            models.Index(fields=["phone", "-id"], name="message_by_phone", condition=models.Q(phone__gt="")),
            models.Index(
                fields=["user", "-id"], name="message_by_user", condition=models.Q(user__isnull=False)
            ),
            models.Index(fields=["created_at"], name="message_created"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class InboxItem(models.Model):
    """A notice that a person finds in the portal, whatever else was sent."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60)
    dedupe_key = models.CharField(max_length=150)
    title = models.CharField(max_length=120)
    body = models.TextField(blank=True)
    url = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    objects = InboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("站内消息")
        verbose_name_plural = _("站内消息")
        constraints = [models.UniqueConstraint(fields=["user", "dedupe_key"], name="inbox_item_once")]
        indexes = [
            models.Index(fields=["user", "-id"], name="inbox_by_user"),
            models.Index(fields=["user"], name="inbox_unread", condition=models.Q(read_at=None)),
            models.Index(fields=["created_at"], name="inbox_created"),
        ]

    def __str__(self) -> str:
        return self.title
