"""The nine profiles that come with the portal, as data (C-08, P-01, P-15, P-21).

Labels stand only where the community has a word of its own; a stage left out of `modes` takes
`DEFAULT_MODES`. 议事 is optional where small matters may go straight from 理事 to 办事 (P-01): what must be
deliberated is said by the gates. Web form, QR code and a grid worker's patrol are the portal's own ways in
and open everywhere. Colours, where a source gives none, are ours; each has a contrast of 4.5:1 on white.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from community.workflow import Category, Channel, Duration, Gate, Limit, Mode, Stage

_OWN: Final = (Channel.WEB_FORM, Channel.QR_CODE, Channel.PATROL)


@dataclass(frozen=True, slots=True)
class ShippedCategory:
    """A community's own category and the county-wide one it counts as."""

    code: str
    label: str
    canonical: Category


COUNTY_CATEGORIES: Final = tuple(
    ShippedCategory(category.value.replace("_", "-"), str(category.label), category) for category in Category
)


@dataclass(frozen=True, slots=True)
class ShippedProfile:
    """One brand with its choices about the loop."""

    slug: str
    community: str
    brand_name: str
    slogan: str
    accent: str
    labels: Mapping[Stage, str]
    modes: Mapping[Stage, Mode]
    gates: tuple[Gate, ...]
    channels: tuple[Channel, ...]
    schedule_note: str
    limits: Mapping[Limit, Duration] = field(default_factory=dict)
    categories: tuple[ShippedCategory, ...] = COUNTY_CATEGORIES


DIECUI: Final = ShippedProfile(
    slug="diecui",
    community="叠翠社区",
    brand_name="小微说事",
    slogan="听民声、聚民智、议民事、解民忧",
    accent="#2d6a4f",
    labels={
        Stage.RECEIVED: "收事",
        Stage.TRIAGED: "理事",
        Stage.DELIBERATING: "议事",
        Stage.IN_PROGRESS: "办事",
        Stage.RESOLVED: "办结",
        Stage.FED_BACK: "反馈",
        Stage.PUBLISHED: "晒事",
        Stage.EVALUATED: "评事",
    },
    modes={
        Stage.DELIBERATING: Mode.OPTIONAL,
        Stage.PUBLISHED: Mode.ON,
        Stage.FOLLOWED_UP: Mode.OFF,
        Stage.EVALUATED: Mode.ON,
    },
    gates=(
        Gate.ROUTE_AT_TRIAGE,
        Gate.MINUTES_FOR_JOINT_MEETING,
        Gate.PARTIES_FOR_JOINT_ACTION,
        Gate.TEXT_AND_PHOTO_TO_PUBLISH,
        Gate.EVALUATION_BEFORE_ARCHIVE,
    ),
    channels=(
        *_OWN,
        Channel.CHAT_GROUP,
        Channel.TALK_POINT,
        Channel.SUGGESTION_BOX,
        Channel.STATION,
        Channel.HOTLINE,
        Channel.SESSION,
    ),
    schedule_note="每周三下午小微说事议事站；每月社情民意恳谈会和公开议事日",
)

FUXI: Final = ShippedProfile(
    slug="fuxi",
    community="府西社区",
    brand_name="府西夜话",
    slogan="夜话暖民心，议事解民忧",
    accent="#9a3412",
    labels={
        Stage.RECEIVED: "五个渠道",
        Stage.TRIAGED: "三色图谱",
        Stage.DELIBERATING: "夜话",
        Stage.IN_PROGRESS: "入户走访、协同解决",
        Stage.RESOLVED: "决议落实",
        Stage.FED_BACK: "民情反馈机制",
        Stage.PUBLISHED: "回音壁",
        Stage.EVALUATED: "民情评价机制",
    },
    modes={
        Stage.DELIBERATING: Mode.OPTIONAL,
        Stage.PUBLISHED: Mode.ON,
        Stage.FOLLOWED_UP: Mode.OFF,
        Stage.EVALUATED: Mode.ON,
    },
    gates=(Gate.CRITERIA_AT_TRIAGE, Gate.SUPERVISOR_ON_DECISION, Gate.EVALUATION_BEFORE_ARCHIVE),
    channels=(*_OWN, Channel.CHAT_GROUP, Channel.HOTLINE),
    schedule_note="每周一次，晚间，各小区轮流，按期编号",
)

XIJIAO: Final = ShippedProfile(
    slug="xijiao",
    community="西郊社区",
    brand_name="周二说事日",
    slogan="周二说事，件件有回音",
    accent="#1d4ed8",
    labels={
        Stage.RECEIVED: "网格问事",
        Stage.DELIBERATING: "商议说事",
        Stage.IN_PROGRESS: "具体解事",
        Stage.RESOLVED: "具体解事（完）",
        Stage.FED_BACK: "反馈息事",
        Stage.FOLLOWED_UP: "回访宁事",
        Stage.ARCHIVED: "归档完事",
    },
    modes={
        Stage.TRIAGED: Mode.AUTO,
        Stage.DELIBERATING: Mode.ON,
        Stage.PUBLISHED: Mode.OFF,
        Stage.FOLLOWED_UP: Mode.ON,
        Stage.EVALUATED: Mode.OFF,
        Stage.ARCHIVED: Mode.ON,
    },
    gates=(Gate.RETURN_VISIT_BEFORE_ARCHIVE,),
    channels=(*_OWN, Channel.VISIT, Channel.SESSION),
    schedule_note="每周二",
    categories=(
        ShippedCategory("livelihood", "生产生活", Category.EXTERNAL),
        ShippedCategory("facilities", "公共设施", Category.ESTATE_INTERNAL),
        ShippedCategory("disputes", "矛盾纠纷", Category.FAMILY_NEIGHBOUR),
        ShippedCategory("hardship", "困难帮扶", Category.FAMILY_NEIGHBOUR),
    ),
)

DALI: Final = ShippedProfile(
    slug="dali",
    community="大荔社区",
    brand_name="智慧党建服务平台",
    slogan="心声速递，接诉即办",
    accent="#b91c1c",
    labels={
        Stage.RECEIVED: "群众点单",
        Stage.TRIAGED: "组织建单·审批",
        Stage.DISPATCHED: "组织建单·分配",
        Stage.ACCEPTED: "党员接单",
        Stage.IN_PROGRESS: "线下办理",
        Stage.RESOLVED: "办结",
        Stage.FED_BACK: "结果反馈",
        Stage.EVALUATED: "评价",
    },
    modes={
        Stage.DELIBERATING: Mode.OFF,
        Stage.DISPATCHED: Mode.ON,
        Stage.ACCEPTED: Mode.ON,
        Stage.PUBLISHED: Mode.OFF,
        Stage.FOLLOWED_UP: Mode.OFF,
        Stage.EVALUATED: Mode.OPTIONAL,
    },
    gates=(Gate.APPROVAL_BEFORE_DISPATCH, Gate.SITE_INSPECTION),
    channels=(*_OWN, Channel.PARTNER_API),
    schedule_note="接诉即办，不设固定议事日",
)

JIWANG: Final = ShippedProfile(
    slug="jiwang",
    community="稷王社区",
    brand_name="小板凳议事会",
    slogan="坐下来提需求，议出来办成事",
    accent="#92400e",
    labels={
        Stage.RECEIVED: "坐下来提需求",
        Stage.DELIBERATING: "议出来",
        Stage.IN_PROGRESS: "落地",
        Stage.RESOLVED: "办结",
        Stage.FED_BACK: "反馈",
        Stage.PUBLISHED: "公开",
    },
    modes={
        Stage.TRIAGED: Mode.AUTO,
        Stage.DELIBERATING: Mode.OPTIONAL,
        Stage.PUBLISHED: Mode.OPTIONAL,
        Stage.FOLLOWED_UP: Mode.OFF,
        Stage.EVALUATED: Mode.OFF,
    },
    gates=(),
    channels=(*_OWN, Channel.DIARY, Channel.SESSION),
    schedule_note="随时，在议事角",
)

FUQIAN: Final = ShippedProfile(
    slug="fuqian",
    community="府前社区",
    brand_name="谋宣破聚",
    slogan="排查在前，整改到底",
    accent="#0f766e",
    labels={
        Stage.RECEIVED: "排查",
        Stage.TRIAGED: "立即改/复杂",
        Stage.DISPATCHED: "明确责任人+时限",
        Stage.IN_PROGRESS: "整改",
        Stage.RESOLVED: "整改完成",
        Stage.FED_BACK: "反馈",
        Stage.PUBLISHED: "公开",
        Stage.FOLLOWED_UP: "复查",
        Stage.ARCHIVED: "销号",
    },
    modes={
        Stage.DELIBERATING: Mode.OFF,
        Stage.DISPATCHED: Mode.ON,
        Stage.PUBLISHED: Mode.OPTIONAL,
        Stage.FOLLOWED_UP: Mode.ON,
        Stage.EVALUATED: Mode.OFF,
    },
    gates=(Gate.DEADLINE_AND_RESPONSIBLE, Gate.RETURN_VISIT_BEFORE_ARCHIVE),
    channels=(*_OWN, Channel.PARTY_GROUP, Channel.VISIT),
    schedule_note="按排查安排",
)

YONGJI: Final = ShippedProfile(
    slug="yongji",
    community="永济市政务服务大厅",
    brand_name="永心办",
    slogan="少跑腿，甚至不跑腿",
    accent="#0e7490",
    labels={
        Stage.RECEIVED: "直播间提出",
        Stage.TRIAGED: "现场研判",
        Stage.ACCEPTED: "当场接单",
        Stage.IN_PROGRESS: "帮办代办",
        Stage.RESOLVED: "办结",
        Stage.FED_BACK: "即时反馈",
        Stage.EVALUATED: "评价",
    },
    modes={
        Stage.DELIBERATING: Mode.OFF,
        Stage.ACCEPTED: Mode.ON,
        Stage.PUBLISHED: Mode.OFF,
        Stage.FOLLOWED_UP: Mode.OFF,
        Stage.EVALUATED: Mode.OPTIONAL,
    },
    gates=(
        Gate.EXPLAINED_BEFORE_RESOLVE,
        Gate.EXCHANGES_BEFORE_RESOLVE,
        Gate.COMPLETED_BEFORE_RESOLVE,
    ),
    channels=(*_OWN, Channel.LIVESTREAM),
    schedule_note="工作日 9:00–11:00 政务云直播",
)

JIANGSHAN: Final = ShippedProfile(
    slug="jiangshan",
    community="绛山社区",
    brand_name="网格微循环",
    slogan="小事不出网格，有派单就有回音",
    accent="#4d7c0f",
    labels={
        Stage.RECEIVED: "诉求收集",
        Stage.DELIBERATING: "座谈",
        Stage.DISPATCHED: "派单",
        Stage.ACCEPTED: "接单",
        Stage.IN_PROGRESS: "办理",
        Stage.RESOLVED: "解决",
        Stage.FED_BACK: "反馈",
        Stage.PUBLISHED: "社区风采",
        Stage.EVALUATED: "双评价",
    },
    modes={
        Stage.TRIAGED: Mode.AUTO,
        Stage.DELIBERATING: Mode.OPTIONAL,
        Stage.DISPATCHED: Mode.ON,
        Stage.ACCEPTED: Mode.ON,
        Stage.PUBLISHED: Mode.OPTIONAL,
        Stage.FOLLOWED_UP: Mode.OFF,
        Stage.EVALUATED: Mode.ON,
    },
    gates=(Gate.EVALUATION_BEFORE_ARCHIVE,),
    channels=(*_OWN, Channel.VISIT, Channel.SNAP_REPORT),
    schedule_note="每天早晚两次巡查",
)

WEILAI: Final = ShippedProfile(
    slug="weilai",
    community="未来小区",
    brand_name="红色议事厅",
    slogan="一起商量，限期办好",
    accent="#be123c",
    labels={
        Stage.RECEIVED: "党小组汇总",
        Stage.DELIBERATING: "红色议事厅协商",
        Stage.IN_PROGRESS: "限期清理",
        Stage.RESOLVED: "清理完成",
        Stage.FED_BACK: "反馈",
        Stage.PUBLISHED: "公开",
        Stage.FOLLOWED_UP: "复查",
    },
    modes={
        Stage.TRIAGED: Mode.AUTO,
        Stage.DELIBERATING: Mode.ON,
        Stage.PUBLISHED: Mode.OPTIONAL,
        Stage.FOLLOWED_UP: Mode.ON,
        Stage.EVALUATED: Mode.OFF,
    },
    gates=(Gate.RETURN_VISIT_BEFORE_ARCHIVE,),
    channels=(*_OWN, Channel.PARTY_GROUP, Channel.VISIT, Channel.SESSION),
    schedule_note="需要时召集",
)

_ALL: Final = (DIECUI, FUXI, XIJIAO, DALI, JIWANG, FUQIAN, YONGJI, JIANGSHAN, WEILAI)
SHIPPED: Final[Mapping[str, ShippedProfile]] = MappingProxyType({profile.slug: profile for profile in _ALL})
