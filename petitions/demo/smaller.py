"""Two more communities of the demo, known for how they sit down together: 府西 at night, 稷王 on stools."""

from __future__ import annotations

from typing import Final

from community.models.estate import Renewal
from community.models.people import OrganisationKind as Body
from petitions.demo.plan import INVENTED, EstatePlan, Fact, TownPlan

FUXI: Final = TownPlan(
    slug="fuxi",
    name="府西社区",
    county="永济市",
    subdistrict="城西街道",
    hotline="0359-8020004",
    address="城西街道府西街 33 号",
    introduction=f"每周一个晚上，红色议事组到一个小区去，坐下来说、当场定。{INVENTED}",
    share=0.08,
    estates=(
        EstatePlan("电影公司家属院", 2, 1, "", Renewal.PLANNED),
        EstatePlan("府西新村", 2, 1, "府安物业"),
        EstatePlan("舜都花园", 2, 2, "府安物业"),
    ),
    bodies=(
        (Body.RESIDENTS_COMMITTEE, "府西社区居委会"),
        (Body.PROPERTY_COMPANY, "府安物业"),
        (Body.OWNERS_COMMITTEE, "舜都花园业委会"),
        (Body.DEPARTMENT, "市自来水公司"),
    ),
    points=(("council_hall", "府西夜话议事厅", 1), ("suggestion_box", "府西新村意见箱", 1)),
    stations=(("centre", "府西社区党群服务中心", None), ("station", "舜都花园服务站", 2)),
    facts=(
        Fact("talks", "府西夜话", "269", "期", beside="session.night_talk"),
        Fact("solved", "夜话办成的事", "196", "件", beside="answered"),
        Fact("solved-family", "其中家庭邻里", "70", "件", beside="category.family_neighbour"),
        Fact("solved-estate", "其中小区内部", "79", "件", beside="category.estate_internal"),
        Fact("solved-external", "其中外部", "47", "件", beside="category.external"),
    ),
    source="府西社区概况，媒体公开报道",
    staff=(("fuxi", "尉迟明", "community_secretary"), ("fuxi-clerk", "关山月", "clerk")),
    grids=(
        ("府西一网格", "fuxi1", "解语", "fuxi1l", "元稹安"),
        ("府西二网格", "fuxi2", "令狐青", "fuxi1l", ""),
    ),
)
JIWANG: Final = TownPlan(
    slug="jiwang",
    name="稷王社区",
    county="稷山县",
    subdistrict="稷峰街道",
    hotline="0359-5520005",
    address="稷峰街道稷王路 9 号",
    introduction=f"没有会议室，搬个小板凳，在楼下墙角就能议事。{INVENTED}",
    share=0.04,
    estates=(
        EstatePlan("锦都小区", 2, 1, "锦都物业"),
        EstatePlan("毓秀苑", 1, 1, ""),
        EstatePlan("吉祥苑", 1, 2, ""),
        EstatePlan("露天巷", 1, 2, "", Renewal.UNDERWAY),
    ),
    bodies=(
        (Body.RESIDENTS_COMMITTEE, "稷王社区居委会"),
        (Body.PROPERTY_COMPANY, "锦都物业"),
        (Body.PARTNER_UNIT, "县住建局"),
    ),
    points=(
        ("council_corner", "锦都车棚议事角", 0),
        ("council_corner", "毓秀苑凉亭议事角", 1),
        ("council_corner", "露天巷口议事角", 3),
        ("suggestion_box", "吉祥苑意见箱", 2),
    ),
    stations=(("centre", "稷王社区党群服务中心", None),),
    facts=(
        Fact("estates", "小区", "30", "个"),
        Fact("households", "住户", "2250", "户"),
        Fact("people", "居民", "7188", "人"),
    ),
    source="稷王社区概况，媒体公开报道",
    staff=(("jiwang", "南宫晴", "community_secretary"), ("jiwang-clerk", "端木和", "clerk")),
    grids=(
        ("锦都网格", "jiwang1", "司徒兰", "jiwang1l", "公孙望"),
        ("露天巷网格", "jiwang2", "东方晓", "jiwang1l", ""),
    ),
)
