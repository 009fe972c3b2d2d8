"""The tree of places, and the spots where people speak up or are served."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from community.querysets import PlaceQuerySet
from core.models import Labelled


class PlaceKind(models.TextChoices):
    """Levels of the tree (C-06). A grid hangs under its community, beside the estates."""

    COUNTY = "county", _("县（市、区）")
    SUBDISTRICT = "subdistrict", _("街道（乡镇）")
    COMMUNITY = "community", _("社区（村）")
    ESTATE = "estate", _("小区")
    BUILDING = "building", _("楼栋")
    ENTRANCE = "entrance", _("单元")
    GRID = "grid", _("网格")


PARENT_KINDS: dict[str, frozenset[str]] = {
    PlaceKind.COUNTY: frozenset(),
    PlaceKind.SUBDISTRICT: frozenset({PlaceKind.COUNTY}),
    PlaceKind.COMMUNITY: frozenset({PlaceKind.SUBDISTRICT, PlaceKind.COUNTY}),
    PlaceKind.ESTATE: frozenset({PlaceKind.COMMUNITY}),
    PlaceKind.BUILDING: frozenset({PlaceKind.ESTATE, PlaceKind.COMMUNITY}),
    PlaceKind.ENTRANCE: frozenset({PlaceKind.BUILDING}),
    PlaceKind.GRID: frozenset({PlaceKind.COMMUNITY, PlaceKind.GRID}),
}


class BuildingKind(models.TextChoices):
    """A villa is a building that may have no entrance (C-04)."""

    APARTMENT = "apartment", _("单元楼")
    VILLA = "villa", _("别墅")
    SHOP = "shop", _("商铺")
    OTHER = "other", _("其他")


class Place(Labelled):
    """One node of the tree county → subdistrict → community → estate → building → entrance, or a grid.

    `path` is the ids from the root, as `/1/5/17/`, so that everything under a place shares its prefix.
    """

    kind = models.CharField(_("层级"), max_length=12, choices=PlaceKind.choices)
    name = models.CharField(_("名称"), max_length=80)
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        verbose_name=_("上级"),
    )
    path = models.CharField(max_length=120, blank=True, editable=False)
    depth = models.PositiveSmallIntegerField(default=0, editable=False)
    code = models.CharField(_("编码"), max_length=40, blank=True)
    building_kind = models.CharField(_("楼栋类型"), max_length=12, choices=BuildingKind.choices, blank=True)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    order = models.PositiveIntegerField(_("顺序"), default=0)
    is_active = models.BooleanField(_("启用"), default=True)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("地点")
        verbose_name_plural = _("地点")
        ordering = ("path",)
        indexes = [
            models.Index(fields=["path"], name="place_path_prefix", opclasses=["text_pattern_ops"]),
            models.Index(fields=["parent", "order"], name="place_parent_order"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "kind", "name"],
                name="place_name_once_per_parent",
                violation_error_message=_("同一上级下已有同名地点。"),
            ),
            models.CheckConstraint(
                condition=models.Q(kind=PlaceKind.COUNTY) | models.Q(parent__isnull=False),
                name="place_has_parent",
                violation_error_message=_("除县（市、区）外，地点必须有上级。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def long_name(self) -> str:
        """The name from the estate down: 翠微小区 3号楼 1单元. Reads `parent__parent`."""
        names, node = [self.name], self
        while node.kind in (PlaceKind.BUILDING, PlaceKind.ENTRANCE) and node.parent is not None:
            node = node.parent
            names += [] if node.kind == PlaceKind.COMMUNITY else [node.name]
        return " ".join(reversed(names))

    @property
    def ancestor_ids(self) -> list[int]:
        """Ids from the root to the parent."""
        return [int(part) for part in self.path.strip("/").split("/")[:-1] if part]


class TalkPointKind(models.TextChoices):
    """Where people may speak up: each carries a QR code (P-06)."""

    HALL = "council_hall", _("议事厅")
    CORNER = "council_corner", _("议事角")
    PLATFORM = "talk_platform", _("说事台")
    BENCH = "talk_bench", _("说事凳")
    BOX = "suggestion_box", _("意见箱")
    BUILDING = "building", _("楼栋码")
    SNAP = "snap_report", _("随手拍码")


class TalkPoint(models.Model):
    """A spot with a QR code that opens the form with the place filled in.

    `token` is what the printed code carries; a new token makes the old print worthless.
    """

    community = models.ForeignKey(
        "community.Community", on_delete=models.PROTECT, related_name="talk_points", verbose_name=_("社区")
    )
    place = models.ForeignKey(
        Place, on_delete=models.PROTECT, related_name="talk_points", verbose_name=_("地点")
    )
    kind = models.CharField(_("类型"), max_length=20, choices=TalkPointKind.choices)
    name = models.CharField(_("名称"), max_length=80)
    token = models.CharField(max_length=32, unique=True, editable=False)
    is_active = models.BooleanField(_("启用"), default=True)
    looked_on = models.DateField(_("最近查看"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("说事点")
        verbose_name_plural = _("说事点")
        constraints = [
            models.UniqueConstraint(
                fields=["place"],
                condition=models.Q(kind="building"),
                name="talk_point_one_per_building",
                violation_error_message=_("该楼栋已有楼栋码。"),
            )
        ]

    def __str__(self) -> str:
        return self.name


class ServicePlaceKind(models.TextChoices):
    """党群服务中心 and the stations below it."""

    CENTRE = "centre", _("党群服务中心")
    STATION = "station", _("党群服务站")
    CONVENIENCE = "convenience", _("便民服务站")


class ServicePlace(models.Model):
    """A centre or station with its address and hours, shown to residents."""

    community = models.ForeignKey(
        "community.Community", on_delete=models.PROTECT, related_name="service_places"
    )
    place = models.ForeignKey(
        Place, on_delete=models.PROTECT, related_name="service_places", verbose_name=_("地点")
    )
    kind = models.CharField(_("类型"), max_length=12, choices=ServicePlaceKind.choices)
    name = models.CharField(_("名称"), max_length=80)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    phone = models.CharField(_("电话"), max_length=30, blank=True)
    hours = models.CharField(_("开放时间"), max_length=120, blank=True)
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("服务场所")
        verbose_name_plural = _("服务场所")

    def __str__(self) -> str:
        return self.name
