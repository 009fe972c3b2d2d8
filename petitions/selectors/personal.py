"""Likely personal data in a text that is about to become public: a guess, for a person to confirm (P-07).

It errs on the side of warning: staff read the text again and tick; nothing is refused by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What was found."""

    ID_NUMBER = "id_number", _("身份证号")
    PHONE = "phone", _("电话号码")
    PLATE = "plate", _("车牌号")
    ROOM = "room", _("门牌房号")
    NAME = "name", _("姓名")


@dataclass(frozen=True, slots=True)
class Finding:
    """Where in the text something personal seems to stand."""

    kind: Kind
    start: int
    end: int
    text: str


_WIDE: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
"""Full-width digits and letters read as their plain forms, one for one."""
_COMPOUND: Final = "欧阳|上官|司马|诸葛|司徒|东方|独孤|南宫|夏侯|皇甫|尉迟|公孙|慕容|令狐|宇文|长孙|端木|轩辕"
_SURNAMES: Final = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤"
    "尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦柳邢路岳齐梅莫庄辛管祝涂谷祁舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲游裴席卫屈鲍位覃霍翁隋植甘景薄包司柏宁柯阮"
    "桂闵解强柴华冉边辜吉饶刁瞿戚丘古池滕晋苑邬臧畅来嵺苟褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝巩稽井练仲虞卞封竺冼原衣楚佟栗匡宗台巫鞠僧桑荆谌银"
    "扬沙伏岑胥蔺"
)
_SURNAME: Final = f"(?:{_COMPOUND}|[{_SURNAMES}])"
_HAN: Final = r"[\u4e00-\u9fff]"
_TITLE: Final = (
    "女士|先生|小姐|太太|大爷|大妈|大娘|大婶|大叔|大伯|大哥|大姐|大嫂|阿姨|叔叔|奶奶|爷爷|婆婆|外婆|外公|伯伯|伯父|伯母|姥姥|姥爷"
    "|师傅|老师|同志|同学|老人|老太太|老太|老汉|老伯|婶婶|嫂子"
)
_ROLE: Final = (
    "业主|居民|住户|户主|租户|租客|房东|诉求人|反映人|投诉人|来电人|当事人|联系人|村民|邻居|老人|患者|家属"
    "|姓名|名叫|叫做"
)
_AFTER: Final = (
    r"(?=$|[\s,。、;:!?)》”’,.;:!?)(]|反映|投诉|来电|表示|说|称|家|的|住|等|和|与|及|在|向|要求"
    r"|提出|希望|认为|电话|手机|报修|同意|已)"
)
_SPEAKS: Final = r"(?=[\s,:(、]{0,2}(?:1[3-9]\d[- ]?\d{4}|电话|手机号)|反映|投诉|来电|报修|求助)"
"""What follows a name that stands without a word for who it is."""
_CALLED: Final = "王李张刘陈杨赵周吴徐孙胡朱郭何林罗郑梁宋谢韩唐冯董曹袁邓许彭吕蒋蔡贾魏薛"
_NO_NAME: Final = frozenset(
    {
        "方便",
        "高度",
        "安全",
        "常说",
        "应该",
        "向来",
        "任何",
        "时常",
        "连续",
        "都在",
        "都说",
        "都已",
        "和平",
        "来电",
        "来访",
    }
    | {
        "车辆",
        "房屋",
        "房产",
        "水管",
        "成功",
        "明白",
        "关心",
        "强烈",
        "全部",
        "全体",
        "文明",
        "常在",
        "常年",
        "原来",
        "解决",
    }
    | {
        "包括",
        "单独",
        "温暖",
        "经常",
        "时间",
        "向社",
        "计划",
        "来信",
        "高兴",
        "安心",
        "齐心",
        "谈话",
        "谈心",
        "应当",
        "成员",
        "代表",
    }
    | {
        "家属",
        "管理",
        "路过",
        "花费",
        "游玩",
        "盖章",
        "查看",
        "左右",
        "商量",
        "封闭",
        "简单",
        "宁可",
        "万一",
        "陆续",
        "许多",
        "金额",
    }
    | {
        "委员",
        "小区",
        "施工",
        "保证",
        "都",
        "和",
        "于",
        "向",
        "时",
        "在",
        "应",
        "来",
        "来说",
        "都表",
        "都希",
        "向我",
        "解释",
        "明确",
    }
    | {
        "路灯",
        "路口",
        "路面",
        "花坛",
        "花园",
        "井盖",
        "石凳",
        "管道",
        "高空",
        "高层",
    }
)
_PATTERNS: Final = (
    (
        Kind.ID_NUMBER,
        re.compile(r"(?<![0-9A-Za-z])[1-9]\d{5}(?:19|20)?\d{2}[01]\d[0-3]\d{4}[\dXx]?(?![0-9A-Za-z])"),
    ),
    (Kind.PHONE, re.compile(r"(?<![\d.])(?:(?:\+|00)86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)")),
    (Kind.PHONE, re.compile(r"(?<![\d.])(?:\(0\d{2,3}\)|0\d{2,3})[- ]?[2-9]\d{6,7}(?!\d)")),
    (
        Kind.PHONE,
        re.compile(
            r"(?:电话|座机|手机|微信|QQ)号?码?(?:是|为)?[:\s]*(?P<it>[1-9]\d{4,10})(?!\d)", re.IGNORECASE
        ),
    ),
    (
        Kind.PLATE,
        re.compile(
            r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Za-z][·•・\s-]?"
            r"(?:[A-HJ-NP-Za-hj-np-z0-9]{5,6}|[A-HJ-NP-Za-hj-np-z0-9]{4}[学警挂港澳])(?![0-9A-Za-z])"
        ),
    ),
    (
        Kind.ROOM,
        re.compile(
            r"(?:[0-9]{1,3}|[一二三四五六七八九十百]{1,4})(?:号?[楼栋幢座]|单元|门洞?)[\s-]*"
            r"(?:(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})(?:单元|门洞?|梯)[\s-]*)?"
            r"(?:(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})(?:层|楼)[\s-]*)?"
            r"(?:[0-9]{3,4}|[零〇一二三四五六七八九]{3,4})(?:号?房间?|室|户|号)?(?![0-9年元度米天人])"
        ),
    ),
    (Kind.ROOM, re.compile(r"(?<!\d)[0-9]{3,4}(?:号房|房间|室|住户|业主|家|户主)")),
    (Kind.ROOM, re.compile(r"(?<![\d-])[0-9]{1,3}-[0-9]{1,2}-[0-9]{3,4}(?![\d-])")),
    (
        Kind.ROOM,
        re.compile(r"(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})(?:层|楼)(?:东|西|南|北|左|右|中)户"),
    ),
    (Kind.NAME, re.compile(rf"{_SURNAME}(?!某)(?:(?!{_SURNAME}(?:{_TITLE})){_HAN}){{0,2}}?(?:{_TITLE})")),
    (
        Kind.NAME,
        re.compile(
            rf"(?:{_ROLE})(?:是|为|叫)?[:\s]?(?P<it>(?:{_COMPOUND}){_HAN}{{1,2}}?|[{_SURNAMES}](?!某){_HAN}{{1,2}}?){_AFTER}"
        ),
    ),
    (
        Kind.NAME,
        re.compile(
            rf"(?<!{_HAN})(?P<it>(?:{_COMPOUND}){_HAN}{{1,2}}?|[{_SURNAMES}](?!某){_HAN}{{1,2}}?){_SPEAKS}"
        ),
    ),
    (
        Kind.NAME,
        re.compile(
            rf"(?<!{_HAN})[老小阿][{_CALLED}](?![树同车期边某])|[老小阿][{_CALLED}](?=家|说|反映|来电|的电话)"
        ),
    ),
)


def personal_data_in(text: str, names: Iterable[str] = ()) -> list[Finding]:
    """Everything in `text` that looks like personal data, in the order of the text, without overlaps.

    `names` are known already: they are found wherever they stand, however ordinary they look.
    """
    found: list[Finding] = []
    for finding in (*_named(text, names), *_all(text)):
        if all(finding.end <= other.start or other.end <= finding.start for other in found):
            found.append(finding)
    return sorted(found, key=lambda finding: finding.start)


def _named(text: str, names: Iterable[str]) -> Iterator[Finding]:
    for name in names:
        if len(name) > 1 and not re.fullmatch(_ROLE, name):
            for match in re.finditer(re.escape(name), text):
                yield Finding(Kind.NAME, match.start(), match.end(), name)


def _all(text: str) -> Iterator[Finding]:
    plain = text.translate(_WIDE)
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(plain):
            start, end = match.span("it" if "it" in pattern.groupindex else 0)
            if not (kind == Kind.NAME and _is_word(plain[start:end])):
                yield Finding(kind, start, end, text[start:end])


def _is_word(name: str) -> bool:
    """Whether what stands after "业主" is an ordinary word that begins like a surname."""
    return name in _NO_NAME or name[:2] in _NO_NAME
