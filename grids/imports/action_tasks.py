"""任务: a whole plan's tasks at once, each with exactly one lead."""

from __future__ import annotations

import re
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.duties import Power
from community.models import Community, Organisation
from community.sheet_kinds import Column, ImportKind, Row, Writer, day_of, number_of, one_by_one
from core.errors import InvalidInputError
from grids.actions.action_plans import TaskGiven, action_measure_set, action_task_add
from grids.models import ActionPlan, ActionTask

SEPARATORS: Final = re.compile(r"[、，,;；]\s*")


def lead_of(text: str) -> str:
    """One name.

    Raises:
        InvalidInputError: several.
    """
    if len(names_of(text)) > 1:
        raise InvalidInputError(_("牵头单位只能有一个，其他单位写在参与单位里。"))
    return text.strip()


def names_of(text: str) -> list[str]:
    """Names between 、"""
    return list(dict.fromkeys(name.strip() for name in SEPARATORS.split(text) if name.strip()))


def _body(community: Community, name: str) -> Organisation:
    found = Organisation.objects.filter(community=community, name=name, is_active=True).first()
    if found is None:
        raise InvalidInputError(_("组织机构里没有“%s”，请先登记。") % name)
    return found


def _write(writer: Writer, row: Row) -> bool:
    """A task with this number of its measure is left as it is."""
    community = writer.community
    plan = ActionPlan.objects.filter(community=community, name=row["plan"]).first()
    if plan is None:
        raise InvalidInputError(_("没有名叫“%s”的行动方案，请先登记。") % row["plan"])
    by: dict[str, Any] = {"actor": writer.actor, "at": writer.at}
    given = TaskGiven(
        text=row["text"],
        lead=_body(community, row["lead"]),
        joining=[_body(community, name) for name in row["joining"]],
        due_on=row["due_on"],
    )
    heading: dict[str, Any] = {"title": row["measure"], "project": row["project"]}
    measure = action_measure_set(plan=plan, number=row["measure_number"], **heading, **by)
    if ActionTask.objects.filter(measure=measure, number=row["number"]).exists():
        return False
    action_task_add(measure=measure, number=row["number"], given=given, **by)
    return True


ACTION_TASKS: Final = ImportKind(
    code="action_tasks",
    label=gettext_lazy("行动方案的任务"),
    power=Power.GRID_RUN,
    columns=(
        Column("plan", "方案", needed=True),
        Column("project", "工程", 40),
        Column("measure_number", "举措序号", 3, needed=True, parse=number_of),
        Column("measure", "举措", 120, needed=True),
        Column("number", "任务序号", 3, needed=True, parse=number_of),
        Column("text", "任务", 300, needed=True),
        Column("lead", "牵头单位", needed=True, parse=lead_of),
        Column("joining", "参与单位", 300, parse=names_of),
        Column("due_on", "完成时限", 20, needed=True, parse=day_of),
    ),
    key=("plan", "measure_number", "number"),
    write=one_by_one(_write),
    notes=(
        gettext_lazy("每项任务有且只有一个牵头单位；参与单位有几个就用顿号隔开。"),
        gettext_lazy("方案和单位要先登记。序号相同的任务算同一项，已有的不改。"),
    ),
    example=(
        *("关爱服务三年行动", "精准帮扶", "1", "摸清底数", "1"),
        *("每半年集中摸排一次", "民政局", "教育局、公安局", "2026-12-31"),
    ),
)
