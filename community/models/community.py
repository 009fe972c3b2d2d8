"""A community: the tenant boundary under which brand, channels and rules hang."""

from __future__ import annotations

from datetime import time
from typing import Final

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from community.models.place import Place
from community.querysets import CommunityQuerySet
from community.workflow import Channel as ChannelKind

PRIVACY_WORDS = 1
"""The version of what every community's page says of purposes; raise it when those words change."""


class CommunityKind(models.TextChoices):
    """社区 or 村."""

    URBAN = "urban", _("社区")
    VILLAGE = "village", _("村")


class Community(models.Model):
    """One community, found at `/<slug>/` (C-01). Shares its primary key with its place."""

    place = models.OneToOneField(
        Place, on_delete=models.PROTECT, primary_key=True, related_name="community", verbose_name=_("地点")
    )
    slug = models.SlugField(_("网址名"), max_length=30, unique=True)
    kind = models.CharField(
        _("类型"), max_length=8, choices=CommunityKind.choices, default=CommunityKind.URBAN
    )
    name = models.CharField(_("名称"), max_length=60)
    introduction = models.TextField(_("简介"), max_length=2000, blank=True)
    hotline = models.CharField(_("热线电话"), max_length=30, blank=True)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    founded_on = models.DateField(_("成立日期"), null=True, blank=True)
    morning_from = models.TimeField(_("上午上班"), default=time(8, 30))
    morning_to = models.TimeField(_("上午下班"), default=time(12))
    afternoon_from = models.TimeField(_("下午上班"), default=time(14, 30))
    afternoon_to = models.TimeField(_("下午下班"), default=time(18))
    robot_url = models.URLField(_("企业微信群机器人地址"), max_length=400, blank=True)
    is_active = models.BooleanField(_("启用"), default=True)
    privacy_officer = models.CharField(
        _("个人信息负责人"), max_length=60, blank=True, help_text=_("职务和姓氏；留空则写“社区书记”。")
    )
    privacy_phone = models.CharField(
        _("个人信息事务电话"), max_length=30, blank=True, help_text=_("留空则用热线电话。")
    )
    keep_matters_months = models.PositiveSmallIntegerField(
        _("诉求办结后保留（月）"),
        default=36,
        validators=[MinValueValidator(6), MaxValueValidator(120)],
        help_text=_("到期后抹去原话、姓名、电话和照片，只留编号、阶段、日期、事项和楼栋。6 到 120 个月。"),
    )
    privacy_version = models.PositiveIntegerField(default=1, editable=False)

    objects = CommunityQuerySet.as_manager()

    class Meta:
        verbose_name = _("社区")
        verbose_name_plural = _("社区")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(morning_from__lt=models.F("morning_to"))
                & models.Q(morning_to__lt=models.F("afternoon_from"))
                & models.Q(afternoon_from__lt=models.F("afternoon_to")),
                name="community_office_hours_in_order",
                violation_error_message=_("上下班时间须依次递增。"),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def privacy_notice(self) -> str:
        """The version of the page on personal data as people read it now, as a consent keeps it."""
        return f"{PRIVACY_WORDS}.{self.privacy_version}"

    @property
    def matters_kept(self) -> str:
        """How long closed matters keep what is personal, in words."""
        years, months = divmod(self.keep_matters_months, 12)
        return str((_("%d 个月") % self.keep_matters_months) if months else (_("%d 年") % years))

    @property
    def privacy_contact(self) -> str:
        """The post in charge of personal data."""
        return self.privacy_officer or str(_("社区书记"))

    @property
    def privacy_call(self) -> str:
        """Where the person in charge is reached."""
        return self.privacy_phone or self.hotline


class Qualifier(models.TextChoices):
    """How exact a figure is; always shown (C-31)."""

    EXACT = "exact", ""
    OVER = "over", _("余")
    NEARLY = "nearly", _("近")
    ABOUT = "about", _("约")


SAID: Final = {
    Qualifier.EXACT: "%(n)s",
    Qualifier.OVER: _("%(n)s余"),
    Qualifier.NEARLY: _("近%(n)s"),
    Qualifier.ABOUT: _("约%(n)s"),
}
"""How a figure and its qualifier are said together."""


class CommunityFact(models.Model):
    """A dated figure as it was published, with its source. Never a live sum (C-01, C-31).

    `beside` names the count of the records beside which it is shown; without it, the figure belongs to the
    community's profile. `sample` is the n of a rate. Where it `goes_on`, what was recorded in the months
    after it is said as well, and both together under its qualifier (P-38); else it is added to nothing.
    """

    community = models.ForeignKey(
        Community, on_delete=models.CASCADE, related_name="facts", verbose_name=_("社区")
    )
    code = models.SlugField(_("代码"), max_length=40)
    label = models.CharField(_("名称"), max_length=40)
    value = models.DecimalField(_("数值"), max_digits=14, decimal_places=2)
    unit = models.CharField(_("单位"), max_length=20, blank=True)
    qualifier = models.CharField(_("修饰"), max_length=8, choices=Qualifier.choices, default=Qualifier.EXACT)
    sample = models.PositiveIntegerField(
        _("人数（n）"), null=True, blank=True, help_text=_("比率是多少人评出来的；来源没有写就留空。")
    )
    since = models.DateField(_("自"), null=True, blank=True)
    as_of = models.DateField(_("截至"))
    source = models.CharField(_("来源"), max_length=120)
    beside = models.CharField(
        _("和哪项统计并列"),
        max_length=40,
        blank=True,
        db_default="",
        help_text=_("公布的数字和系统记录的统计并排列出，互不相加；留空则列在社区概况里。"),
    )
    goes_on = models.BooleanField(
        _("系统接着数"),
        default=False,
        db_default=False,
        help_text=_("从截至日期的下个月起，系统记录的数接着往上加，合计照样带修饰。比率不能接着数。"),
    )
    order = models.PositiveSmallIntegerField(_("顺序"), default=0)

    class Meta:
        verbose_name = _("公布的数字")
        verbose_name_plural = _("公布的数字")
        ordering = ("order", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["community", "code", "as_of"], name="community_fact_once_per_day"
            ),
            models.CheckConstraint(
                condition=models.Q(since__isnull=True) | models.Q(since__lte=models.F("as_of")),
                name="community_fact_period_in_order",
                violation_error_message=_("开始日期不能晚于截至日期。"),
            ),
            models.CheckConstraint(
                condition=models.Q(sample__isnull=True) | models.Q(sample__gt=0),
                name="community_fact_sample_is_somebody",
                violation_error_message=_("人数要大于零；来源没有写就留空。"),
            ),
            models.CheckConstraint(
                condition=models.Q(goes_on=False) | models.Q(beside__gt="") & ~models.Q(unit="%"),
                name="community_fact_goes_on_from_a_count",
                violation_error_message=_("接着数的须选一项并列的统计，比率不能接着数。"),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def figure(self) -> str:
        """The value as it is written: 8, 0.39, 3,219."""
        return f"{self.value.normalize():,f}"

    @property
    def said(self) -> str:
        """The value with its qualifier, never without: 近150, 1,000余."""
        return self.said_with(0)

    def said_with(self, more: int) -> str:
        """Together with what came after, under the same qualifier: 2,680余 and 3 are 2,683余."""
        together = f"{(self.value + more).normalize():,f}"
        return str(SAID[Qualifier(self.qualifier)]) % {"n": together}


class PortalBoard(models.Model):
    """One of the home page's nine boards (C-26). `target` is a path below the community or a full path."""

    community = models.ForeignKey(
        Community, on_delete=models.CASCADE, related_name="boards", verbose_name=_("社区")
    )
    name = models.CharField(_("名称"), max_length=20)
    hint = models.CharField(_("说明"), max_length=40, blank=True)
    icon = models.CharField(_("图标"), max_length=40, default="circle")
    target = models.CharField(_("去向"), max_length=120, blank=True)
    order = models.PositiveSmallIntegerField(_("顺序"), default=0)
    is_active = models.BooleanField(_("显示"), default=True)

    class Meta:
        verbose_name = _("首页板块")
        verbose_name_plural = _("首页板块")
        ordering = ("order", "pk")

    def __str__(self) -> str:
        return self.name

    def href(self, slug: str) -> str:
        """Where the board leads; empty while it leads nowhere yet."""
        inside = self.target and not self.target.startswith(("/", "https://"))
        return f"/{slug}/{self.target}" if inside else self.target


class Channel(models.Model):
    """A way in that the community keeps open, such as chat group no. 7 (P-05, P-15)."""

    community = models.ForeignKey(
        Community, on_delete=models.CASCADE, related_name="channels", verbose_name=_("社区")
    )
    kind = models.CharField(_("渠道"), max_length=16, choices=ChannelKind.choices)
    name = models.CharField(_("名称"), max_length=60)
    number = models.PositiveSmallIntegerField(_("序号"), null=True, blank=True)
    estate = models.ForeignKey(
        Place, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("小区")
    )
    round_the_clock = models.BooleanField(_("全天候"), default=False)
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("渠道")
        verbose_name_plural = _("渠道")
        ordering = ("kind", "number", "pk")

    def __str__(self) -> str:
        return self.name
