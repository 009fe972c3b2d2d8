"""The audit trail: who did what, when, in which post. Appended only; the database refuses the rest."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models.account import User
from core.models.labelled import Labelled


class Audience(models.TextChoices):
    """Who may be shown an entry of the trail."""

    PUBLIC = "public", _("公开")
    REPORTER = "reporter", _("诉求人")
    STAFF = "staff", _("工作人员")
    CHARGE = "charge", _("负责人")


class AuditEntry(Labelled):
    """One line of the trail, without personal data: ids, codes and names of fields.

    The account is kept by its number, without a foreign key in the database, so that the line
    outlives everything it names. `AuditSeal` chains the lines.
    """

    at = models.DateTimeField(_("时间"))
    event = models.CharField(_("事项"), max_length=60)
    actor = models.ForeignKey(
        User,
        null=True,
        on_delete=models.PROTECT,
        db_constraint=False,
        related_name="+",
        verbose_name=_("操作人"),
    )
    post = models.CharField(_("当时任职"), max_length=80, blank=True)
    subject_type = models.CharField(_("对象类型"), max_length=60)
    subject_id = models.CharField(_("对象编号"), max_length=40)
    scope_path = models.CharField(_("范围"), max_length=200, blank=True)
    audience = models.CharField(
        _("可见范围"), max_length=10, choices=Audience.choices, default=Audience.STAFF
    )
    fields = ArrayField(models.CharField(max_length=60), verbose_name=_("改动字段"), default=list)

    class Meta:
        verbose_name = _("留痕记录")
        verbose_name_plural = _("留痕记录")
        indexes = [
            models.Index(fields=["subject_id", "subject_type", "id"], name="audit_by_subject"),
            models.Index(fields=["-id"], name="audit_charge", condition=models.Q(audience="charge")),
            models.Index(
                fields=["actor", "-id"], name="audit_charge_actor", condition=models.Q(audience="charge")
            ),
            models.Index(
                fields=["event", "-id"], name="audit_charge_event", condition=models.Q(audience="charge")
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(event__regex=r"^[a-z][a-z0-9_.]*$")
                & models.Q(post__regex=r"^([a-z_]+@[0-9]+)?$")
                & models.Q(subject_type__regex=r"^[a-z_.]+$")
                & models.Q(subject_id__regex=r"^[0-9a-f-]+$")
                & models.Q(scope_path__regex=r"^[0-9/]*$"),
                name="audit_codes_and_numbers_only",
            )
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.subject_type} {self.subject_id}"


class SensitiveAccess(AuditEntry):
    """Lines of the trail for the person in charge: looks at what is sensitive, exports, erasures."""

    class Meta:
        proxy = True
        verbose_name = _("敏感信息查看")
        verbose_name_plural = _("敏感信息查看")


class AuditSeal(models.Model):
    """One link of the hash chain: the entries numbered above `after_id` up to `upto_id`.

    When a seal is made, no entry with a number in its range can still appear. Guarded like the trail itself.
    """

    ordinal = models.PositiveBigIntegerField(primary_key=True)
    after_id = models.BigIntegerField(unique=True)
    upto_id = models.BigIntegerField(unique=True)
    entry_ids = ArrayField(models.BigIntegerField())
    digests = models.BinaryField()
    sealed_at = models.DateTimeField(_("时间"))
    previous = models.CharField(max_length=64, unique=True)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name = _("留痕封签")
        verbose_name_plural = _("留痕封签")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(after_id__lt=models.F("upto_id"), ordinal__gt=0),
                name="audit_seal_forwards",
            )
        ]

    def __str__(self) -> str:
        return f"{self.ordinal}:{self.hash[:12]}"
