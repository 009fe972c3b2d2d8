"""The steps by name, and which of them is a page's main one."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as _step


class Step(models.TextChoices):
    """One thing that somebody in post can do with a matter; the code is the end of its address.

    What is called like a stage or an event says so: a button asks in English for other words than a record.
    """

    TRIAGE = "triage", _step("step", "理事")
    VERIFY = "verify", _step("step", "核实")
    CLAIM = "claim", _step("step", "认领")
    START = "start", _("开始办理")
    RESOLVE = "resolve", _step("step", "办结")
    FEED_BACK = "feed-back", _step("step", "反馈")
    PUBLISH = "publish", _step("step", "晒事")
    RETURN_VISIT = "return-visit", _step("step", "回访")
    RECORD_JUDGEMENT = "record-judgement", _("代为评价")
    PROGRESS = "progress", _("记进展")
    INSPECT = "inspect", _("现场查看")
    HAZARD = "hazard", _("登记为隐患")
    SETTLE = "settle", _step("step", "当场办结")
    ASK = "ask", _("询问诉求人")
    PAUSE = "pause", _("暂停计时")
    RESUME = "resume", _("恢复计时")
    ARRANGE = "arrange", _("定办理方式")
    EXPLAIN = "explain", _step("step", "六项说明")
    EXCHANGE = "exchange", _("记沟通")
    EXCUSE = "excuse", _("说明沟通少的原因")
    COMPLETE = "complete", _("登记办成")
    HAND_OVER = "hand-over", _step("step", "移交")
    ESCALATE = "escalate", _step("step", "上报上一级")
    APPROVE = "approve", _("批准派单")
    ASSIGN = "assign", _step("step", "指定经办人")
    DELIBERATE = "deliberate", _("记议事")
    SUPERVISOR = "supervisor", _("补监督人")
    PARTIES = "parties", _("定联动单位")
    MEDIATE = "mediate", _("转调解")
    MEDIATION_PARTY = "mediation-party", _("加当事方")
    MEDIATION_VISIT = "mediation-visit", _("约上门")
    MEDIATION_NOTE = "mediation-note", _("写调解笔记")
    MEDIATION_END = "mediation-end", _("结束调解")
    MEDIATION_CHECK = "mediation-check", _step("step", "调解回访")
    REGRADE = "regrade", _("调整定级")
    TITLE = "title", _("核定公开标题")
    MERGE_IN = "merge-in", _("并入相似诉求")
    MERGE = "merge", _("并到另一件")
    UNMERGE = "unmerge", _("拆出单办")
    PREVENT = "prevent", _("记长效机制")
    MEASURE_CHECK = "measure-check", _("记长效检查")
    FOLLOW_ON = "follow-on", _("提出后续话题")
    SERVICE = "service", _("促成新服务")
    SERVICE_OPEN = "service-open", _("新服务开办")
    URGE = "urge", _("催办")
    CHECK = "check", _("记督办")
    SUPERVISE = "supervise", _("列入督办")
    RESUPERVISE = "resupervise", _("调整督办")
    UNSUPERVISE = "unsupervise", _("结束督办")
    RETURN = "return", _step("step", "退回")
    HAND_ON = "hand-on", _("转出")
    REROUTE = "reroute", _("更正地点")
    PHONE = "phone", _("更正电话")
    TAKE_DOWN = "take-down", _("从回音壁撤下")
    ARCHIVE = "archive", _step("step", "归档")
    REOPEN = "reopen", _("决定重办")
    HIDE = "hide", _("改为不公开")
    SPAM = "spam", _step("step", "标记为无效")
    SPAM_UNDO = "spam-undo", _("取消无效标记")


MAIN: Final = (
    Step.RESUME,
    Step.REOPEN,
    Step.TRIAGE,
    Step.VERIFY,
    Step.APPROVE,
    Step.CLAIM,
    Step.START,
    Step.RESOLVE,
    Step.EXPLAIN,
    Step.COMPLETE,
    Step.EXCHANGE,
    Step.FEED_BACK,
    Step.PUBLISH,
    Step.RETURN_VISIT,
    Step.RECORD_JUDGEMENT,
    Step.PREVENT,
    Step.SPAM_UNDO,
)
"""What a page offers as its one main action: the first of these that is possible."""
INSTANT: Final = frozenset({Step.CLAIM, Step.START, Step.RESUME, Step.APPROVE, Step.URGE})
AFTER_THE_END: Final = frozenset(
    {
        *(Step.TAKE_DOWN, Step.SPAM_UNDO, Step.UNMERGE, Step.MEASURE_CHECK),
        *(Step.FOLLOW_ON, Step.SERVICE, Step.SERVICE_OPEN),
    }
)
"""Steps that remain when the matter is closed."""
