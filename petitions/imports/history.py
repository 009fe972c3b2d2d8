"""旧档: past matters of one community, as a clerk keeps them on paper or in a list of their own.

Names and phones of those who asked have no column: what nobody will be told or asked needs none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.duties import Power
from community.imports.places import place_named
from community.models import CategorySetting, Community, Place
from community.sheet_kinds import (
    YES_NO,
    Column,
    ImportKind,
    Outcome,
    Problem,
    Row,
    Texts,
    Writer,
    day_of,
)
from community.workflow import Channel, Severity, Topic
from core.errors import InvalidInputError
from petitions.actions.importing import OUTCOME_MAX, Past, past_matters_add, past_matters_judge
from petitions.models.imported import HANDLER_MAX, OLD_NUMBER_MAX
from petitions.models.petition import TEXT_MAX, TITLE_MAX

CHANNELS: Final = {
    "网上填报": Channel.WEB_FORM.value,
    "扫码": Channel.QR_CODE.value,
    "微信群": Channel.CHAT_GROUP.value,
    "电话热线": Channel.HOTLINE.value,
    "意见箱": Channel.SUGGESTION_BOX.value,
    "说事点": Channel.TALK_POINT.value,
    "服务站": Channel.STATION.value,
    "巡查发现": Channel.PATROL.value,
    "入户走访": Channel.VISIT.value,
    "民情日记": Channel.DIARY.value,
    "议事会": Channel.SESSION.value,
    "党小组": Channel.PARTY_GROUP.value,
    "随手拍": Channel.SNAP_REPORT.value,
    "政务直播": Channel.LIVESTREAM.value,
    "合作平台": Channel.PARTNER_API.value,
}
TOPICS: Final = {
    "": Topic.OTHER.value,
    "电动车充电": Topic.E_BIKE_CHARGING.value,
    "电梯": Topic.LIFT.value,
    "漏水渗水": Topic.LEAK.value,
    "停车": Topic.PARKING.value,
    "道路": Topic.ROAD.value,
    "路灯楼道灯": Topic.LAMP.value,
    "垃圾清运": Topic.WASTE.value,
    "绿化": Topic.GREENING.value,
    "楼道堆物": Topic.CLUTTER.value,
    "水费": Topic.WATER_BILL.value,
    "养老服务": Topic.ELDER_SUPPORT.value,
    "墙砖脱落": Topic.FALLING_TILES.value,
    "物业费": Topic.PROPERTY_FEE.value,
    "噪音": Topic.NOISE.value,
    "其他": Topic.OTHER.value,
}
COLOURS: Final = {
    "": "",
    "蓝色": Severity.BLUE.value,
    "黄色": Severity.YELLOW.value,
    "红色": Severity.RED.value,
}
SCALES: Final = {"": None, "1": 1, "2": 2, "3": 3}
SATISFIED: Final = {"": None, "是": True, "否": False, "不清楚": None}


def _people(text: str) -> int:
    """How many asked; one where nothing is said.

    Raises:
        InvalidInputError: not a whole number.
    """
    if not text:
        return 1
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise InvalidInputError(_("请填写人数，如 3。"))
    return int(text)


def _gaps(texts: Texts) -> list[Problem]:
    """Nothing becomes public by a tick alone."""
    if texts["is_public"] == "是" and not texts["public_title"]:
        return [("公开标题", _("“公开”填了“是”，就必须填公开标题。"))]
    return []


Action = Callable[..., list[Outcome]]


def _by(action: Action) -> Callable[[Writer, Sequence[Row]], list[Outcome]]:
    return partial(_batch, action)


def _batch(action: Action, writer: Writer, rows: Sequence[Row]) -> list[Outcome]:
    """Find places and categories once for the whole batch; what was found goes through one action."""
    places = _looked_up(lambda name: place_named(writer.community, name), {row["place"] for row in rows})
    categories = _categories(writer.community)
    outcomes: dict[int, Outcome] = {}
    sound: dict[int, Past] = {}
    for at, row in enumerate(rows):
        place, category = places[row["place"]], categories.get(row["category"])
        if isinstance(place, str):
            outcomes[at] = Outcome(problem=place, column="地点")
        elif category is None and row["category"]:
            known = _("、").join(categories) or _("无")
            words = _("本社区没有“%(name)s”这个类别，可以填：%(known)s。")
            problem = words % {"name": row["category"], "known": known}
            outcomes[at] = Outcome(problem=problem, column="类别")
        else:
            sound[at] = _past(row, place, category)
    added = action(community=writer.community, matters=list(sound.values()), actor=writer.actor, at=writer.at)
    outcomes |= dict(zip(sound, added, strict=True))
    return [outcomes[at] for at in range(len(rows))]


def _looked_up(find: Any, names: set[str]) -> dict[str, Place | str]:
    """Each name with its place, or with the sentence that says why there is none."""
    found: dict[str, Place | str] = {}
    for name in names:
        try:
            found[name] = find(name)
        except InvalidInputError as refusal:
            found[name] = str(refusal.message)
    return found


def _categories(community: Community) -> dict[str, CategorySetting]:
    rows = CategorySetting.objects.filter(profile__community=community, is_active=True)
    return {row.label: row for row in rows}


def _past(row: Mapping[str, Any], place: Place, category: CategorySetting | None) -> Past:
    return Past(
        place=place,
        category=category,
        **{name: row[name] for name in row if name not in {"place", "category"}},
    )


HISTORY: Final = ImportKind(
    code="history",
    label=gettext_lazy("旧档（以前办完的事）"),
    power=Power.HISTORY_IMPORT,
    columns=(
        Column("old_number", "旧编号", OLD_NUMBER_MAX, needed=True),
        Column("received_on", "收到日期", 24, needed=True, parse=day_of),
        Column("channel", "渠道", 10, needed=True, choices=tuple(CHANNELS), parse=CHANNELS.__getitem__),
        Column("topic", "事项", 10, choices=tuple(TOPICS)[1:], parse=TOPICS.__getitem__),
        Column("category", "类别", 30),
        Column("place", "地点", 200),
        Column("text", "原话", TEXT_MAX, needed=True),
        Column("reporters", "反映人数", 6, parse=_people),
        Column("handler", "经办", HANDLER_MAX),
        Column("outcome", "办理结果", OUTCOME_MAX, needed=True),
        Column("finished_on", "办结日期", 24, needed=True, parse=day_of),
        Column("promised_on", "应办结日期", 24, parse=day_of),
        Column("severity", "定级", 4, choices=tuple(COLOURS)[1:], parse=COLOURS.__getitem__),
        Column("scale", "规模", 2, choices=tuple(SCALES)[1:], parse=SCALES.__getitem__),
        Column("is_satisfied", "满意", 4, choices=tuple(SATISFIED)[1:], parse=SATISFIED.__getitem__),
        Column("is_public", "公开", 4, choices=("是", "否"), parse=YES_NO.__getitem__),
        Column("public_title", "公开标题", TITLE_MAX),
    ),
    key=("old_number",),
    write=_by(past_matters_add),
    judge=_by(past_matters_judge),
    gaps=_gaps,
    notes=(
        gettext_lazy("一行一件已经办完的事；没有办完的请直接登记，不要放在这里。旧编号在本社区不能重复。"),
        gettext_lazy("不要填反映人的姓名、电话和门牌；这张表没有这些列，导入后也不会再联系任何人。"),
        gettext_lazy(
            "日期如 2021-03-05。地点留空是本社区；要填就写已有的小区、楼栋或网格。事项留空按“其他”。"
        ),
        gettext_lazy("类别写本社区自己的类别。经办写单位或岗位。规模填 1 到 3，定级填颜色，不清楚就留空。"),
        gettext_lazy(
            "“公开”填“是”，公开标题和办理结果会上回音壁，任何人都看得到；留空或填“否”，只有工作人员看得到。"
        ),
        gettext_lazy(
            "“满意”照旧档写，单独统计，不并入系统里居民的评价。办结超过保存期限的，只留编号、日期、地点和类别。"
        ),
    ),
    example=(
        *("2021-037", "2021-03-05", "电话热线", "路灯楼道灯", "小区内部", "翠微小区 3号楼"),
        *("三单元楼道灯不亮，晚上看不清。", "2", "翠微物业", "已更换声控灯。", "2021-03-08", "2021-03-12"),
        *("蓝色", "1", "是", "是", "3号楼楼道灯修好了"),
    ),
)
