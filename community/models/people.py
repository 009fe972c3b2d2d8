"""Households, residents and organisations, with as little personal data as works."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from community.models.community import Community
from community.models.place import Place
from community.querysets import ResidentQuerySet


class Household(models.Model):
    """A door: a building or entrance, and the room number."""

    place = models.ForeignKey(
        Place, on_delete=models.PROTECT, related_name="households", verbose_name=_("楼栋或单元")
    )
    room = models.CharField(_("户号"), max_length=20)
    is_active = models.BooleanField(_("在册"), default=True)

    class Meta:
        ordering = ("pk",)
        verbose_name = _("住户")
        verbose_name_plural = _("住户")
        constraints = [
            models.UniqueConstraint(
                fields=["place", "room"],
                name="household_once_per_door",
                violation_error_message=_("该楼栋（单元）已有此户号。"),
            )
        ]

    def __str__(self) -> str:
        return self.room

    @property
    def long_name(self) -> str:
        """The door with its place: 翠微小区 3号楼 1单元 301. Reads `place__parent__parent`."""
        return f"{self.place.long_name} {self.room}"


class Standing(models.TextChoices):
    """Whether a resident may still be written to. Deceased or moved away silences everything at once."""

    PRESENT = "present", _("在住")
    MOVED_OUT = "moved_out", _("已搬离")
    DECEASED = "deceased", _("已故")


class Resident(models.Model):
    """A person on the roll, with 0..1 account. Name and phone only; no identity number, no birth date."""

    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, related_name="residents", verbose_name=_("住户")
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="resident",
        verbose_name=_("账号"),
    )
    name = models.CharField(_("姓名"), max_length=40)
    phone = models.CharField(_("手机号"), max_length=20, blank=True, db_index=True)
    is_tenant = models.BooleanField(_("租户"), default=False)
    standing = models.CharField(_("状态"), max_length=12, choices=Standing.choices, default=Standing.PRESENT)
    refuses_messages = models.BooleanField(_("不愿接收消息"), default=False)

    objects = ResidentQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        verbose_name = _("居民")
        verbose_name_plural = _("居民")

    def __str__(self) -> str:
        return self.name

    @property
    def is_silent(self) -> bool:
        """Dead or moved away: on no list, in no figure, told of nothing."""
        return self.standing != Standing.PRESENT

    @property
    def may_be_written_to(self) -> bool:
        """Staff who moved away are still told of their work."""
        works_here = self.standing == Standing.MOVED_OUT and self.user is not None and self.user.is_staff
        return not self.refuses_messages and (works_here or not self.is_silent)

    @property
    def silence_reason(self) -> str:
        """Why nothing may be sent, in words for staff."""
        return (
            str(_("不愿接收消息")) if self.standing == Standing.PRESENT else str(self.get_standing_display())
        )


class OrganisationKind(models.TextChoices):
    """Bodies that take part: committees, companies, offices, partners."""

    RESIDENTS_COMMITTEE = "residents_committee", _("居委会")
    OWNERS_COMMITTEE = "owners_committee", _("业委会")
    PROPERTY_MGMT_COMMITTEE = "property_mgmt_committee", _("物管会")
    PROPERTY_COMPANY = "property_company", _("物业服务企业")
    JUDICIAL_OFFICE = "judicial_office", _("司法所")
    DEPARTMENT = "department", _("职能部门")
    PARTNER_UNIT = "partner_unit", _("共建单位")
    OTHER = "other", _("其他")


class Organisation(models.Model):
    """A body at a place that can be a party to a matter."""

    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="organisations", verbose_name=_("社区")
    )
    place = models.ForeignKey(
        Place, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("地点")
    )
    kind = models.CharField(_("类型"), max_length=24, choices=OrganisationKind.choices)
    name = models.CharField(_("名称"), max_length=80)
    phone = models.CharField(_("电话"), max_length=30, blank=True)
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("组织机构")
        verbose_name_plural = _("组织机构")
        constraints = [models.UniqueConstraint(fields=["community", "name"], name="organisation_name_once")]

    def __str__(self) -> str:
        return self.name
