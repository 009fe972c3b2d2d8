"""The three communities of the demo, as data: places, bodies, figures, and who is in post."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from community.models.estate import Renewal, UseMix
from community.models.people import OrganisationKind as Body

INVENTED: Final = "本站为演示：人物、电话和诉求均为虚构。"
PASSWORD: Final = "Huiyin-2026-demo"  # noqa: S105 - printed for everybody who tries the demo
RESIDENT_PHONE: Final = "13900000001"


@dataclass(frozen=True)
class EstatePlan:
    """An estate with so many buildings; `grid` is the number of the grid that looks after it."""

    name: str
    buildings: int
    grid: int
    company: str = ""
    renewal: str = Renewal.NONE
    use_mix: str = UseMix.RESIDENTIAL
    villas: int = 0


@dataclass(frozen=True)
class Fact:
    """A figure as it was published, never a live sum."""

    code: str
    label: str
    value: str
    unit: str
    qualifier: str = "exact"
    beside: str = ""
    """The count of the records beside which it stands; without one, it is part of the profile."""
    goes_on: bool = False


@dataclass(frozen=True)
class TownPlan:
    """One community: everything but its matters."""

    slug: str
    name: str
    county: str
    subdistrict: str
    hotline: str
    address: str
    introduction: str
    share: float
    estates: tuple[EstatePlan, ...]
    bodies: tuple[tuple[str, str], ...]
    points: tuple[tuple[str, str, int], ...]
    stations: tuple[tuple[str, str, int | None], ...]
    facts: tuple[Fact, ...]
    source: str
    staff: tuple[tuple[str, str, str], ...]
    """(username, name, duty) at the community."""
    grids: tuple[tuple[str, str, str, str, str], ...]
    """(grid, worker's username and name, leader's username and name); an empty name is a vacant post."""
    tiers: tuple[tuple[str, str, str, str], ...] = ()
    """Who works in, and leads, a grid above those, one below the first, and one for the market alone."""
    founded_on: date | None = None
    chat_groups: int = 0
    groups_of: tuple[str, ...] = field(default_factory=tuple)


DIECUI: Final = TownPlan(
    slug="diecui",
    name="叠翠社区",
    county="河津市",
    subdistrict="清涧街道",
    hotline="0359-5020001",
    address="清涧街道叠翠路 18 号",
    introduction=f"八个小区、六个网格，大小事都从“小微说事”说起。{INVENTED}",
    founded_on=date(2021, 12, 1),
    share=0.5,
    estates=(
        EstatePlan("翠微小区", 4, 1, "清安物业", Renewal.DONE),
        EstatePlan("清涧苑", 3, 2, "清安物业", Renewal.UNDERWAY),
        EstatePlan("松石里", 2, 3, "和顺物业", Renewal.DONE),
        EstatePlan("桃李园", 2, 3, "和顺物业"),
        EstatePlan("汾岸小区", 2, 4, "和顺物业", Renewal.PLANNED),
        EstatePlan("银杏里", 2, 5, "清安物业", Renewal.DONE, villas=2),
        EstatePlan("铝苑小区", 2, 6, "", Renewal.PLANNED),
        EstatePlan("东巷院", 1, 6, "", use_mix=UseMix.MIXED),
    ),
    bodies=(
        (Body.RESIDENTS_COMMITTEE, "叠翠社区居委会"),
        (Body.PROPERTY_MGMT_COMMITTEE, "叠翠社区物管会"),
        (Body.OWNERS_COMMITTEE, "清涧苑业委会"),
        (Body.PROPERTY_COMPANY, "清安物业"),
        (Body.PROPERTY_COMPANY, "和顺物业"),
        (Body.JUDICIAL_OFFICE, "清涧司法所"),
        (Body.DEPARTMENT, "消防救援大队"),
        (Body.DEPARTMENT, "住建局物业科"),
        (Body.PARTNER_UNIT, "市供电公司"),
        (Body.PARTNER_UNIT, "铝厂退休职工服务站"),
    ),
    points=(
        ("council_hall", "小微说事议事站", 0),
        ("talk_platform", "广场说事台", 0),
        ("talk_bench", "凉亭说事凳", 1),
        ("talk_bench", "银杏树下说事凳", 5),
        ("suggestion_box", "翠微小区意见箱", 0),
        ("suggestion_box", "铝苑小区意见箱", 6),
    ),
    stations=(
        ("centre", "叠翠社区党群服务中心", None),
        ("station", "翠微小区党群服务站", 0),
        ("station", "清涧苑党群服务站", 1),
        ("station", "松石里党群服务站", 2),
        ("station", "银杏里党群服务站", 5),
        ("station", "汾岸小区党群服务站", 4),
    ),
    facts=(
        Fact("estates", "小区", "8", "个"),
        Fact("households", "住户", "3219", "户"),
        Fact("people", "居民", "8400", "人"),
        Fact("members", "党员", "386", "名"),
        Fact("branches", "党支部", "7", "个"),
        Fact("grids", "网格", "6", "个"),
        Fact("area", "面积", "0.39", "平方公里"),
        Fact("stations-renewed", "服务站完成升级", "5", "个小区"),
        Fact("open-days", "公开议事", "36", "场", beside="session.open_day"),
        Fact("opinions", "收集梳理意见", "58", "条", beside="opinions"),
        Fact("disputes", "化解矛盾", "19", "件", beside="agreed"),
        Fact("hazards", "处理安全隐患", "21", "件", beside="safety"),
        Fact("satisfaction", "群众满意率", "99.5", "%", beside="satisfaction"),
    ),
    source="叠翠社区概况，媒体公开报道",
    staff=(
        ("secretary", "程景明", "community_secretary"),
        ("clerk", "乔若兰", "clerk"),
        ("clerk2", "池念安", "clerk"),
        ("child", "俞采薇", "child_officer"),
    ),
    grids=(
        ("第一网格", "worker", "方小满", "leader", "罗启航"),
        ("第二网格", "diecui2", "葛文静", "diecui2l", "孟怀礼"),
        ("第三网格", "diecui3", "晏子衿", "diecui3l", "申知秋"),
        ("第四网格", "diecui4", "路遥川", "leader", ""),
        ("第五网格", "diecui5", "温如许", "diecui5l", "祁连枝"),
        ("第六网格", "", "", "diecui6l", "柏青山"),
    ),
    chat_groups=12,
)

XIJIAO: Final = TownPlan(
    slug="xijiao",
    name="西郊社区",
    county="大荔县",
    subdistrict="西城街道",
    hotline="0913-3020002",
    address="西城街道槐北路 6 号",
    introduction=f"每周二坐下来说事，件件有回访、事事能归档。{INVENTED}",
    share=0.25,
    estates=(
        EstatePlan("槐北小区", 3, 1, "槐荫物业", Renewal.DONE),
        EstatePlan("洛滨花园", 2, 2, "槐荫物业"),
        EstatePlan("杏林巷", 2, 3, "", Renewal.UNDERWAY, UseMix.MIXED),
    ),
    bodies=(
        (Body.RESIDENTS_COMMITTEE, "西郊社区居委会"),
        (Body.PROPERTY_COMPANY, "槐荫物业"),
        (Body.OWNERS_COMMITTEE, "洛滨花园业委会"),
        (Body.JUDICIAL_OFFICE, "西城司法所"),
        (Body.DEPARTMENT, "城管西城中队"),
        (Body.PARTNER_UNIT, "县自来水公司"),
    ),
    points=(
        ("council_corner", "槐树下议事角", 0),
        ("talk_bench", "巷口说事凳", 2),
        ("suggestion_box", "洛滨花园意见箱", 1),
    ),
    stations=(("centre", "西郊社区党群服务中心", None), ("convenience", "槐北便民服务站", 0)),
    facts=(
        Fact("solved", "周二说事办成的事", "32", "件", beside="answered"),
        Fact("kinds", "事项类别", "4", "类"),
        Fact("lanes", "一巷一主题改造", "9", "条巷"),
    ),
    source="西郊社区概况，媒体公开报道",
    staff=(("xijiao", "秦望舒", "community_secretary"), ("xijiao-clerk", "夏满仓", "clerk")),
    grids=(
        ("槐北网格", "xijiao1", "雷春生", "xijiao1l", "毛敬轩"),
        ("洛滨网格", "xijiao2", "白露", "xijiao2l", "常念慈"),
        ("杏林网格", "xijiao3", "余庆年", "xijiao1l", ""),
    ),
)

DALI: Final = TownPlan(
    slug="dali",
    name="大荔社区",
    county="大荔县",
    subdistrict="西城街道",
    hotline="0913-3020003",
    address="西城街道洛川大街 21 号",
    introduction=f"群众点单、组织建单、党员接单，指尖上的智慧党建服务平台。{INVENTED}",
    share=0.25,
    estates=(
        EstatePlan("荔园小区", 3, 1, "荔安物业"),
        EstatePlan("同州新居", 2, 2, "荔安物业", Renewal.DONE),
        EstatePlan("沙苑家园", 2, 3, "沙苑物业", Renewal.PLANNED),
    ),
    bodies=(
        (Body.RESIDENTS_COMMITTEE, "大荔社区居委会"),
        (Body.PROPERTY_COMPANY, "荔安物业"),
        (Body.PROPERTY_COMPANY, "沙苑物业"),
        (Body.DEPARTMENT, "县市场监管局特种设备股"),
        (Body.PARTNER_UNIT, "县电力局"),
        (Body.OTHER, "红黄蓝志愿服务队"),
    ),
    points=(("council_hall", "荔园议事厅", 0), ("suggestion_box", "同州新居意见箱", 1)),
    stations=(("centre", "大荔社区党群服务中心", None), ("station", "同州新居服务站", 1)),
    facts=(
        Fact("tier-1", "全县一级网格", "2397", "个"),
        Fact("tier-2", "全县二级网格", "7284", "个"),
        Fact("tier-3", "全县三级网格", "1316", "个"),
        Fact("tier-dedicated", "全县专属网格", "1409", "个"),
        Fact("workers", "全县网格员", "12406", "名"),
        Fact("voices", "心声速递办成的事", "1200", "件", "over", beside="answered", goes_on=True),
    ),
    source="大荔县智慧党建服务平台，媒体公开报道",
    staff=(
        ("dali", "韩若愚", "community_secretary"),
        ("dispatcher", "陆一鸣", "dispatcher"),
        ("dali-clerk", "苗可心", "clerk"),
    ),
    grids=(
        ("荔园网格", "dali1", "屈向阳", "dali1l", "彭致远"),
        ("同州网格", "dali2", "景秋实", "dali2l", "安知意"),
        ("沙苑网格", "dali3", "麦小冬", "dali1l", ""),
    ),
    tiers=(
        ("dali-whole", "闻一川", "dali-wholel", "庄敬之"),
        ("dali-small", "段小雨", "", ""),
        ("dali-market", "康市清", "dali2l", "安知意"),
    ),
)

SUPERVISORS: Final = {
    "清涧街道": ("supervisor", "穆清和"),
    "西城街道": ("supervisor2", "易水寒"),
    "城西街道": ("supervisor3", "闻人达"),
    "稷峰街道": ("supervisor4", "夏侯宁"),
}
ADMINISTRATOR: Final = ("admin", "管宁远")
SIGN_INS: Final = (
    ("网格员", "worker"),
    ("网格长", "leader"),
    ("社区书记", "secretary"),
    ("街道督办", "supervisor"),
    ("系统管理员", "admin"),
)
