"""What can happen to a petition, and who may read of it."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy


class Event(models.TextChoices):
    """What can happen to a petition; each is a line of its history."""

    FILED = "filed", gettext_lazy("提交诉求")
    JOINED = "joined", gettext_lazy("邻居加入")
    ADDED = "added", gettext_lazy("补充")
    CORRECTED = "corrected", gettext_lazy("更正")
    WITHDRAWN = "withdrawn", gettext_lazy("撤回")
    TRIAGED = "triaged", gettext_lazy("理事")
    REGRADED = "regraded", gettext_lazy("调整定级")
    TITLE_APPROVED = "title_approved", gettext_lazy("核定公开标题")
    RETURNED = "returned", gettext_lazy("退回")
    HANDED_ON = "handed_on", gettext_lazy("转出")
    REROUTED = "rerouted", gettext_lazy("更正地点")
    ASKED = "asked", gettext_lazy("询问诉求人")
    ANSWERED = "answered", gettext_lazy("诉求人答复")
    PAUSED = "paused", gettext_lazy("暂停计时")
    RESUMED = "resumed", gettext_lazy("恢复计时")
    DELIBERATED = "deliberated", gettext_lazy("议事")
    PARTIES_SET = "parties_set", gettext_lazy("确定联动单位")
    APPROVED = "approved", gettext_lazy("审批")
    DISPATCHED = "dispatched", gettext_lazy("派单")
    ASSIGNED = "assigned", gettext_lazy("指定经办人")
    CLAIMED = "claimed", gettext_lazy("认领")
    STARTED = "started", gettext_lazy("开始办理")
    INSPECTED = "inspected", gettext_lazy("现场查看")
    VERIFIED = "verified", gettext_lazy("现场核实")
    PROGRESSED = "progressed", gettext_lazy("办理进展")
    HANDED_OVER = "handed_over", gettext_lazy("移交经办人")
    ESCALATED = "escalated", gettext_lazy("上报上一级")
    RESOLVED = "resolved", gettext_lazy("办结")
    FED_BACK = "fed_back", gettext_lazy("反馈")
    PUBLISHED = "published", gettext_lazy("晒事")
    TAKEN_DOWN = "taken_down", gettext_lazy("撤下公开内容")
    RETURN_VISITED = "return_visited", gettext_lazy("回访")
    JUDGED = "judged", gettext_lazy("评价")
    REOPENED = "reopened", gettext_lazy("重办")
    NOBODY_ASKED = "nobody_asked", gettext_lazy("评事：巡查发现，无人可问")
    EVALUATED = "evaluated", gettext_lazy("评事")
    ARCHIVED = "archived", gettext_lazy("归档")
    MERGED = "merged", gettext_lazy("并案")
    MERGED_IN = "merged_in", gettext_lazy("并入诉求")
    UNMERGED = "unmerged", gettext_lazy("拆出单办")
    SUPERVISED = "supervised", gettext_lazy("列入督办")
    CHECKED = "checked", gettext_lazy("督办检查")
    URGED = "urged", gettext_lazy("催办")
    UNSUPERVISED = "unsupervised", gettext_lazy("结束督办")
    NEGLECTED = "neglected", gettext_lazy("疏忽提示")
    PREVENTED = "prevented", gettext_lazy("记长效机制")
    MEASURE_CHECKED = "measure_checked", gettext_lazy("长效机制检查")
    FOLLOWED_ON = "followed_on", gettext_lazy("后续话题")
    SERVICE_LINKED = "service_linked", gettext_lazy("促成新服务")
    HAZARD_LINKED = "hazard_linked", gettext_lazy("关联隐患")
    PASSED = "passed", gettext_lazy("自动通过")
    SPAM_MARKED = "spam_marked", gettext_lazy("标记为无效")
    SPAM_UNDONE = "spam_undone", gettext_lazy("取消无效标记")
    PHONE_CORRECTED = "phone_corrected", gettext_lazy("更正联系电话")
    CODE_SENT = "code_sent", gettext_lazy("重发查询码")
    HIDDEN = "hidden", gettext_lazy("改为不公开")
    MEDIATION = "mediation", gettext_lazy("调解")
    MEDIATION_VISIT = "mediation_visit", gettext_lazy("约定上门调解")
    MEDIATION_END = "mediation_end", gettext_lazy("调解结束")
    MEDIATION_CHECK = "mediation_check", gettext_lazy("调解回访")
    ARRANGED = "arranged", gettext_lazy("定办理方式")
    EXPLAINED = "explained", gettext_lazy("六项说明")
    EXCHANGED = "exchanged", gettext_lazy("沟通")
    COMPLETED = "completed", gettext_lazy("办成")
    IMPORTED = "imported", gettext_lazy("旧档导入")


class Audience(models.TextChoices):
    """Who may read a line of the history."""

    PUBLIC = "public", gettext_lazy("公开")
    REPORTER = "reporter", gettext_lazy("诉求人")
    STAFF = "staff", gettext_lazy("工作人员")


BY_REPORTERS: Final[frozenset[Event]] = frozenset(
    {
        Event.FILED,
        Event.JOINED,
        Event.ADDED,
        Event.CORRECTED,
        Event.WITHDRAWN,
        Event.ANSWERED,
        Event.JUDGED,
        Event.REOPENED,
    }
)
"""Lines that may repeat the words of one of the people who asked."""
