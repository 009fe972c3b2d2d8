"""行动方案 of the demo: five projects, seventeen measures, sixty-three tasks; a third is done."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from community.actions.roll import record_save
from community.duties import Duty
from community.models import Community, Organisation, Post
from community.models.people import OrganisationKind
from grids.actions.action_plans import (
    PlanGiven,
    TaskGiven,
    action_measure_set,
    action_plan_set,
    action_task_add,
    action_task_done,
)

LEADS: Final = ("民政局", "教育局", "公安局", "卫生健康委", "团委", "妇联")
PROJECTS: Final = (
    ("精准帮扶", ("一年两排，摸清底数", "一人一档，动态更新", "分级评估，四色管理", "一月一访，按色走访")),
    ("监护提质", ("督促父母履行监护责任", "落实委托照护", "儿童主任培训")),
    ("安全防护", ("防溺水", "防性侵防欺凌", "交通和消防安全", "网络保护")),
    ("心理滋养", ("心理健康筛查", "亲情陪伴", "假期托管")),
    ("固本强基", ("关爱服务阵地", "社会力量参与", "救助与慈善衔接")),
)
"""Each project (工程) with its measures (举措): seventeen."""
STEPS: Final = ("定出名单和分工", "逐户落实", "检查一遍，补上缺口", "总结上报")
FOURS: Final = 12
"""So many measures have four tasks, the others three: sixty-three."""
DONE: Final = 21


def action_plans_play(community: Community, *, at: datetime) -> None:
    """The plan as it stands in its third year."""
    keeper = Post.objects.filter(place=community.place, duty=Duty.SECRETARY, ends_on=None).first()
    if keeper is None:
        return
    leads = [_body(community, name, at) for name in LEADS]
    year = at.year
    issued = PlanGiven(
        name="留守儿童和困境儿童关爱服务三年行动",
        issued_by="民政局等 16 个部门",
        starts_on=date(year - 2, 1, 1),
        ends_on=date(year + 1, 12, 31),
    )
    plan = action_plan_set(community=community, given=issued, actor=None, at=at)
    headings = [(project, title) for project, titles in PROJECTS for title in titles]
    count = 0
    for number, (project, title) in enumerate(headings, start=1):
        measure = action_measure_set(
            plan=plan, number=number, title=title, project=project, actor=None, at=at
        )
        for step, what in enumerate(STEPS[: 4 if number <= FOURS else 3], start=1):
            lead, joins = leads[(number + step) % 6], leads[(number + step + 1) % 6]
            due = date(year + (1 if step > 2 else 0), 3 * step, 28)
            given = TaskGiven(f"{title}：{what}", lead, due, [joins], keeper.user if count % 9 == 0 else None)
            task = action_task_add(measure=measure, number=step, given=given, actor=None, at=at)
            count += 1
            if due < at.date() - timedelta(days=60) and count <= DONE * 2:
                said = "已经完成，名单和记录存档。"
                action_task_done(task_id=task.pk, result=said, actor=keeper.user, at=at)


def _body(community: Community, name: str, at: datetime) -> Organisation:
    known = Organisation.objects.filter(community=community, name=name).first()
    made = Organisation(community=community, kind=OrganisationKind.DEPARTMENT, name=name)
    return known or record_save(row=made, actor=None, at=at)
