"""What holds projects up, for tests; made by the same actions as everything else."""

from __future__ import annotations

from datetime import datetime

from core.models import User
from petitions.actions.projects import blocks, persuading
from petitions.models import (
    BlockKind,
    PersuasionNote,
    PersuasionResult,
    PersuasionTask,
    Project,
    ProjectBlock,
)
from tests.cast import NOW
from tests.petitions.projects import DAY

WHOM = "3号楼402李女士"
SAID = "她担心孩子翻窗，愿意换成隐形护栏。"


def hold_up(project: Project, actor: User, *, at: datetime = NOW, **fields: object) -> ProjectBlock:
    given = {"kind": BlockKind.HOUSEHOLD, "words": "有一户窗户护栏还没有拆", **fields}
    return blocks.block_open(project_id=project.pk, actor=actor, obstacle=blocks.Obstacle(**given), at=at)


def talk(block: ProjectBlock, actor: User, *, at: datetime = NOW, **fields: object) -> PersuasionTask:
    given = {"whom": WHOM, "next_try_on": (at + DAY).date(), **fields}
    return persuading.persuasion_begin(block_id=block.pk, actor=actor, talks=persuading.Talks(**given), at=at)


def note(task: PersuasionTask, actor: User, *, at: datetime = NOW, **fields: object) -> PersuasionNote:
    given = {"text": SAID, "next_try_on": (at + 3 * DAY).date(), **fields}
    return persuading.persuasion_note(task_id=task.pk, actor=actor, at=at, **given)


def end(task: PersuasionTask, actor, *, at=NOW, result=PersuasionResult.AGREED, **fields) -> PersuasionTask:
    given = {"outcome": "换成隐形护栏，已同意拆除", **fields}
    return persuading.persuasion_end(task_id=task.pk, actor=actor, result=result, at=at, **given)
