"""节日必访 and 礼包: who is visited before a festival, and what is brought to whom, once (G-12, G-15)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community.models import Community, Household
from core.models import StoredImage
from grids.models.colour import SchemeColour
from grids.models.visit import Visit


class Festival(models.TextChoices):
    """What is celebrated; the days stand in `grids.festivals`."""

    NEW_YEAR = "new_year", _("元旦")
    SPRING = "spring", _("春节")
    LANTERN = "lantern", _("元宵节")
    QINGMING = "qingming", _("清明节")
    DRAGON_BOAT = "dragon_boat", _("端午节")
    MID_AUTUMN = "mid_autumn", _("中秋节")
    NATIONAL = "national", _("国庆节")
    DOUBLE_NINTH = "double_ninth", _("重阳节")
    SOLSTICE = "solstice", _("冬至")


class FestivalVisitRule(models.Model):
    """So many days before a festival, households are put on the list: where somebody lives who bears one of
    the `colours`; without colours those with a standing visit."""

    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="festival_rules", verbose_name=_("社区")
    )
    festival = models.CharField(_("节日"), max_length=12, choices=Festival.choices)
    days_before = models.PositiveSmallIntegerField(_("提前几天"), default=7)
    colours = models.ManyToManyField(SchemeColour, blank=True, related_name="+", verbose_name=_("走访哪些人"))
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        ordering = ("pk",)
        verbose_name = _("节日走访规则")
        verbose_name_plural = _("节日走访规则")
        constraints = [
            models.UniqueConstraint(fields=["community", "festival"], name="festival_rule_once"),
            models.CheckConstraint(condition=Q(days_before__lte=60), name="festival_rule_within_two_months"),
        ]

    def __str__(self) -> str:
        return self.get_festival_display()


class FestivalVisit(models.Model):
    """A household to be visited before one festival; `visit` is the visit that did it."""

    rule = models.ForeignKey(FestivalVisitRule, on_delete=models.PROTECT, related_name="visits")
    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="festival_visits")
    festival_on = models.DateField(_("节日"))
    visit = models.ForeignKey(
        Visit, null=True, blank=True, on_delete=models.PROTECT, related_name="festival_visits"
    )

    class Meta:
        ordering = ("festival_on", "pk")
        verbose_name = _("节日走访")
        verbose_name_plural = _("节日走访")
        indexes = [
            models.Index(fields=["household"], name="festival_visit_open", condition=Q(visit=None)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["rule", "festival_on", "household"], name="festival_visit_once")
        ]

    def __str__(self) -> str:
        return f"{self.household} {self.festival_on}"


class GiftCampaign(models.Model):
    """Something that is brought to listed households within some days, once to each."""

    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="gift_campaigns", verbose_name=_("社区")
    )
    name = models.CharField(_("名称"), max_length=40)
    items = models.CharField(_("礼包里有什么"), max_length=200)
    colours = models.ManyToManyField(SchemeColour, blank=True, related_name="+", verbose_name=_("送给哪些人"))
    starts_on = models.DateField(_("起"))
    ends_on = models.DateField(_("止"))
    needs_photo = models.BooleanField(_("送到时要拍照"), default=False)

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("礼包发放")
        verbose_name_plural = _("礼包发放")
        constraints = [
            models.UniqueConstraint(fields=["community", "name"], name="gift_campaign_name_once"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="gift_campaign_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class GiftPack(models.Model):
    """A household on the list of a campaign."""

    campaign = models.ForeignKey(GiftCampaign, on_delete=models.CASCADE, related_name="packs")
    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="gift_packs")

    class Meta:
        ordering = ("pk",)
        verbose_name = _("礼包")
        verbose_name_plural = _("礼包")
        constraints = [models.UniqueConstraint(fields=["campaign", "household"], name="gift_pack_once")]

    def __str__(self) -> str:
        return f"{self.campaign} {self.household}"


class GiftDelivery(models.Model):
    """A pack that was handed over, and to whom. Its key is the pack's: a second handing over is no row.

    `needs_photo` is what its campaign asked for then; `photo_dropped_at` is when the proof was thrown away,
    long after.
    """

    pack = models.OneToOneField(GiftPack, on_delete=models.PROTECT, primary_key=True, related_name="delivery")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("送到时间"))
    signed_by = models.CharField(_("签收人"), max_length=40, blank=True)
    needs_photo = models.BooleanField(default=False, editable=False)
    photo = models.OneToOneField(
        StoredImage,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="gift_delivery",
        editable=False,
    )
    photo_dropped_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("pk",)
        verbose_name = _("礼包送达")
        verbose_name_plural = _("礼包送达")
        indexes = [models.Index(fields=["at"], name="gift_photo_kept", condition=Q(photo__isnull=False))]
        constraints = [
            models.CheckConstraint(
                condition=Q(needs_photo=False) | Q(photo__isnull=False) | Q(photo_dropped_at__isnull=False),
                name="gift_photo_where_asked",
            )
        ]

    def __str__(self) -> str:
        return str(self.pack)
