"""隐患台账: what was found dangerous, who puts it right by when, and who has looked again (G-18, G-19)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community.models import Community, Organisation, Place
from core.models import StoredImage
from grids.querysets import HazardQuerySet


class HazardType(models.Model):
    """A kind of hazard: the portal's own (`community` empty), or one that a community adds."""

    community = models.ForeignKey(
        Community,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="hazard_types",
        verbose_name=_("社区"),
    )
    name = models.CharField(_("名称"), max_length=30)
    days = models.PositiveSmallIntegerField(_("通常整改天数"), default=7)
    order = models.PositiveSmallIntegerField(_("顺序"), default=100)
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        ordering = ("order", "pk")
        verbose_name = _("隐患类型")
        verbose_name_plural = _("隐患类型")
        constraints = [
            models.UniqueConstraint(
                fields=["community", "name"], name="hazard_type_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(days__gte=1, days__lte=365), name="hazard_type_days_plausible"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class HazardState(models.TextChoices):
    """Where a hazard stands. Overdue is no state: it is what the deadline says on the day."""

    FIXED = "fixed", _("当场整改")
    OPEN = "open", _("整改中")
    DONE = "done", _("待复查")
    CLOSED = "closed", _("已销号")


OLD_NUMBER_MAX = 40
OLD_NAME_MAX = 40
UNSAFE = (HazardState.OPEN, HazardState.DONE)
"""As long as nobody has looked again, the danger counts as there."""


class Hazard(models.Model):
    """One line of the ledger. `scope` is where it belongs: its grid's place, else its community's.

    `photo` is what was seen, `recheck_photo` that it is gone. `round` grows with every recheck in vain, and
    with every other deadline or person, so that reminders begin anew. The database refuses one that is
    neither fixed on the spot nor in somebody's hands with a day, and one that its responsible person closes.
    Photos and words go once it is `anonymised_at`, long after its end; what it was, where and when stays.

    One of an older ledger has its `old_number` there, and who found it in words alone; no photo of it is
    asked for. `is_past` was over when it came: nobody of the portal answered for it (decision 0034).
    """

    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="hazards", verbose_name=_("社区")
    )
    scope = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", verbose_name=_("网格"))
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="hazards", verbose_name=_("地点"))
    spot = models.CharField(_("具体位置"), max_length=100, blank=True)
    is_public_area = models.BooleanField(_("公共区域"), default=False)
    type = models.ForeignKey(
        HazardType, on_delete=models.PROTECT, related_name="hazards", verbose_name=_("类型")
    )
    text = models.CharField(_("情况"), max_length=500)
    photo = models.OneToOneField(
        StoredImage, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    state = models.CharField(_("状态"), max_length=8, choices=HazardState.choices, default=HazardState.OPEN)
    rectify_by = models.DateField(_("整改时限"), null=True, blank=True)
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="hazards_to_rectify",
        verbose_name=_("责任人"),
    )
    responsible_body = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="hazards",
        verbose_name=_("责任单位"),
    )
    responsible_name = models.CharField(_("责任人（没有账号）"), max_length=40, blank=True)
    found_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("排查人"),
    )
    old_number = models.CharField(
        _("旧编号"), max_length=OLD_NUMBER_MAX, blank=True, default="", db_default="", editable=False
    )
    old_finder = models.CharField(
        max_length=OLD_NAME_MAX, blank=True, default="", db_default="", editable=False
    )
    is_past = models.BooleanField(default=False, db_default=False, editable=False)
    found_at = models.DateTimeField(_("发现时间"))
    filed_at = models.DateTimeField(_("登记时间"))
    done_at = models.DateTimeField(_("报整改完成"), null=True, blank=True)
    rechecked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("复查人"),
    )
    recheck_photo = models.OneToOneField(
        StoredImage, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    closed_at = models.DateTimeField(_("销号时间"), null=True, blank=True)
    anonymised_at = models.DateTimeField(null=True, blank=True, editable=False)
    round = models.PositiveSmallIntegerField(default=1, editable=False)
    sweep_on = models.DateField(null=True, blank=True, editable=False)
    stop = models.ForeignKey(
        "grids.SweepStop",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="hazards",
        editable=False,
        verbose_name=_("摸排点"),
    )
    key = models.UUIDField(unique=True, editable=False)

    objects = HazardQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("隐患")
        verbose_name_plural = _("隐患台账")
        indexes = [
            models.Index(fields=["scope", "rectify_by"], name="hazard_due", condition=Q(state__in=UNSAFE)),
            models.Index(fields=["scope", "-id"], name="hazard_scope"),
            models.Index(fields=["state", "-id"], name="hazard_state"),
            models.Index(fields=["type", "-id"], name="hazard_type"),
            models.Index(fields=["sweep_on"], name="hazard_sweep", condition=Q(sweep_on__isnull=False)),
            models.Index(
                fields=["community", "closed_at"],
                name="hazard_kept",
                condition=Q(closed_at__isnull=False, anonymised_at=None),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=HazardState.FIXED)
                | Q(is_past=True)
                | Q(rectify_by__isnull=False)
                & (
                    Q(responsible__isnull=False) | Q(responsible_body__isnull=False) | ~Q(responsible_name="")
                ),
                name="hazard_has_deadline_and_person",
            ),
            models.CheckConstraint(
                condition=Q(state=HazardState.CLOSED, rechecked_by__isnull=False)
                & (Q(recheck_photo__isnull=False) | Q(anonymised_at__isnull=False))
                | (~Q(state=HazardState.CLOSED) | Q(is_past=True)) & Q(rechecked_by=None, recheck_photo=None),
                name="hazard_closed_by_recheck",
            ),
            models.CheckConstraint(
                condition=Q(rechecked_by=None) | Q(responsible=None) | ~Q(rechecked_by=F("responsible")),
                name="hazard_rechecked_by_another",
            ),
            models.CheckConstraint(
                condition=Q(photo__isnull=False) | Q(anonymised_at__isnull=False) | Q(old_number__gt=""),
                name="hazard_photo_while_kept",
            ),
            models.CheckConstraint(
                condition=Q(anonymised_at=None) | Q(closed_at__isnull=False),
                name="hazard_anonymised_after_its_end",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[HazardState.FIXED, HazardState.CLOSED], closed_at__isnull=False)
                | Q(state__in=UNSAFE, closed_at=None),
                name="hazard_closed_at_a_moment",
            ),
            models.UniqueConstraint(
                fields=["old_number", "community"],
                condition=Q(old_number__gt=""),
                name="hazard_old_number_once",
            ),
            models.CheckConstraint(
                condition=Q(found_by__isnull=False, old_number="", old_finder="")
                | Q(found_by=None, old_number__gt=""),
                name="hazard_found_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(is_past=False)
                | Q(
                    old_number__gt="",
                    closed_at__isnull=False,
                    responsible=None,
                    responsible_body=None,
                    sweep_on=None,
                ),
                name="hazard_past_is_over",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.type}"

    @property
    def number(self) -> str:
        """How people call it."""
        return f"YH{self.pk:06d}"

    @property
    def answerable(self) -> str:
        """Who has to put it right, in words."""
        return str(self.responsible or self.responsible_body or self.responsible_name)

    @property
    def finder(self) -> str:
        """Who found it, in words."""
        return str(self.found_by) if self.found_by is not None else self.old_finder


class HazardEventKind(models.TextChoices):
    """What happened to a hazard."""

    FILED = "filed", _("登记")
    DONE = "done", _("报整改完成")
    MOVED = "moved", _("改了责任人或时限")
    IN_VAIN = "in_vain", _("复查不通过")
    CLOSED = "closed", _("复查通过，销号")
    IMPORTED = "imported", _("从旧台账导入")


class HazardEvent(models.Model):
    """One line of a hazard's history."""

    hazard = models.ForeignKey(Hazard, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=8, choices=HazardEventKind.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("pk",)
        verbose_name = _("隐患经过")
        verbose_name_plural = _("隐患经过")

    def __str__(self) -> str:
        return self.get_kind_display()


class HazardPhoto(models.Model):
    """A photo of a hazard; `kind` is the event that it was taken for."""

    hazard = models.ForeignKey(Hazard, on_delete=models.CASCADE, related_name="photos")
    kind = models.CharField(max_length=8, choices=HazardEventKind.choices)
    image = models.OneToOneField(StoredImage, on_delete=models.PROTECT, related_name="hazard_photo")

    class Meta:
        ordering = ("pk",)
        verbose_name = _("隐患照片")
        verbose_name_plural = _("隐患照片")

    def __str__(self) -> str:
        return str(self.image_id)
