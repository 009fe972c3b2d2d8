"""What is said about projects to whom. Every function returns messages; the action queues them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.display import absolute, day
from core.language import in_house
from core.models import User
from core.outbox import Message
from petitions.models import (
    DrawingComment,
    PersuasionTask,
    PetitionReporter,
    Project,
    ProjectBlock,
    ProjectPhase,
    ProjectPrice,
)
from petitions.selectors import links
from petitions.timetable import PhaseStep

People = Sequence[PetitionReporter]


def to_people(people: People, message: Message) -> list[Message]:
    """The same to everybody behind the linked matters; found by its key when a matter is erased."""
    key = message.dedupe_key.replace(".", "-")
    return [
        replace(
            message,
            dedupe_key=f"petition.{key}.{reporter.petition_id}.{reporter.pk}",
            user_id=reporter.user_id,
            phone=reporter.phone,
        )
        for reporter in people
    ]


@in_house
def phase_given(project: Project, phase: ProjectPhase, *, but: User, at: datetime) -> list[Message]:
    """Somebody else made them answer for it."""
    body = _("“%(project)s”的“%(phase)s”由您负责，%(due)s前完成。") % _named(project, phase)
    key = f"{phase.pk}.{at.timestamp():.0f}"
    message = _at_desk(project, "phase_given", _("工程阶段由您负责"), body, at=at, key=key)
    return message.to_each({phase.responsible_id} - {but.pk})


@in_house
def phase_moved(project: Project, phase: ProjectPhase, *, but: User, at: datetime) -> list[Message]:
    """Whoever answers for it hears of the new day from somebody else."""
    body = _("“%(project)s”的“%(phase)s”改到%(due)s前完成。") % _named(project, phase)
    key = f"{phase.pk}.{at.timestamp():.0f}"
    message = _at_desk(project, "phase_moved", _("工程阶段改期"), body, at=at, key=key)
    return message.to_each({phase.responsible_id} - {but.pk})


@in_house
def delayed(
    project: Project, phase: ProjectPhase, reason: str, people: People, *, at: datetime
) -> list[Message]:
    """It takes longer; the reason is published (P-34)."""
    said = {**_named(project, phase), "reason": reason}
    body = _("“%(project)s”的“%(phase)s”延到%(due)s：%(reason)s") % said
    key = f"{phase.pk}.{phase.due_on}"
    return _to_all(project, people, _public(project, "delayed", _("工程延期"), body, at=at, key=key))


@in_house
def phase_done(project: Project, phase: ProjectPhase, people: People, *, at: datetime) -> list[Message]:
    """One step further (P-09)."""
    body = _("“%(project)s”的“%(phase)s”已完成。") % _named(project, phase)
    message = _public(project, "phase_done", _("工程进展"), body, at=at, key=str(phase.pk))
    return to_people(people, message)


@in_house
def started(project: Project, people: People, *, at: datetime) -> list[Message]:
    """The works begin."""
    body = _("“%s”已开工。") % project.title
    return _to_all(project, people, _public(project, "started", _("工程开工"), body, at=at))


@in_house
def finished(project: Project, people: People, *, at: datetime) -> list[Message]:
    """All is done, with before and after to look at."""
    said = {"project": project.title, "result": _short(project.result)}
    body = _("“%(project)s”已完工：%(result)s") % said
    return _to_all(project, people, _public(project, "finished", _("工程完工"), body, at=at))


@in_house
def stopped(project: Project, people: People, *, at: datetime) -> list[Message]:
    """It will not be done, and why."""
    body = _("“%(project)s”终止：%(reason)s") % {
        "project": project.title,
        "reason": project.stopped_reason,
    }
    return _to_all(project, people, _public(project, "stopped", _("工程终止"), body, at=at))


@in_house
def phase_due(phase: ProjectPhase, step: PhaseStep, above: int | None, *, at: datetime) -> list[Message]:
    """Three days before, on the day, and the day after; whoever stands above reads the public page."""
    project, kind = phase.project, f"phase_{step.value}"
    body = _("“%(project)s”的“%(phase)s”期限是%(due)s，还没有记为完成。") % _named(project, phase)
    title, key = str(step.label), f"{phase.pk}.{phase.due_on}"
    return [
        *_at_desk(project, kind, title, body, at=at, key=key).to_each([phase.responsible_id]),
        *_public(project, kind, title, body, at=at, key=key).to_each([above]),
    ]


@in_house
def price_due(price: ProjectPrice, user_ids: Iterable[int | None], *, at: datetime) -> list[Message]:
    """A year has passed since it was published (P-30)."""
    body = _("“%(project)s”的“%(price)s”收费已满一年，请看看是否要调整；要改须经议事会。") % {
        "project": price.project.title,
        "price": price.name,
    }
    message = _at_desk(price.project, "price_due", _("收费标准满一年"), body, at=at, key=str(price.pk))
    return message.to_each(user_ids)


@in_house
def comment_came(
    project: Project, comment: DrawingComment, clerk: int | None, *, at: datetime
) -> list[Message]:
    """Somebody said something about a drawing; nobody sees it before it was looked at (P-34)."""
    body = _("“%s”的图纸有一条新意见，请审核、答复。") % project.title
    message = _at_desk(project, "comment", _("图纸有新意见"), body, at=at, key=str(comment.pk))
    return message.to_each([clerk])


@in_house
def comment_answered(project: Project, comment: DrawingComment, *, at: datetime) -> list[Message]:
    """The answer, to whoever left a number or has an account."""
    if not comment.is_reachable:
        return []
    body = _("您对“%(project)s”图纸的意见有答复：%(answer)s") % {
        "project": project.title,
        "answer": _short(comment.answer),
    }
    message = _public(project, "comment_answered", _("意见有答复"), body, at=at, key=str(comment.pk))
    return [replace(message, user_id=comment.user_id, phone=comment.phone)]


@in_house
def persuasion_given(task: PersuasionTask, *, but: User, at: datetime) -> list[Message]:
    """Somebody asks them to talk to a household; whom, stands on the page alone."""
    message = _about_talks(task, "talk_given", _("请您去沟通"), str(task.pk), at)
    return message.to_each({task.talker_id} - {but.pk})


@in_house
def persuasion_due(
    task: PersuasionTask, user_ids: Iterable[int | None], key: str, at: datetime
) -> list[Message]:
    """The day of the next try, and two days after it to the tier above."""
    return _about_talks(task, "talk_due", _("该去沟通了"), f"{task.pk}.{key}", at).to_each(user_ids)


@in_house
def block_quiet(
    block: ProjectBlock, user_ids: Iterable[int | None], days: int, *, key: str, at: datetime
) -> list[Message]:
    """Nobody has spoken for so many days of what holds it up (P-36)."""
    body = _("“%(project)s”受阻：%(words)s。已有 %(days)d 天没有人过问，请去谈一谈，或者写上最新进展。") % {
        "project": block.project.title,
        "words": block.words,
        "days": days,
    }
    message = _at_desk(
        block.project, "block_quiet", _("工程受阻没有人过问"), body, at=at, key=f"{block.pk}.{key}"
    )
    return message.to_each(user_ids)


@in_house
def unblocked(block: ProjectBlock, *, at: datetime) -> list[Message]:
    """Whoever answers for the phase, and who noted the block, read that it goes on."""
    body = _("“%(project)s”可以接着做：%(outcome)s") % {
        "project": block.project.title,
        "outcome": block.outcome,
    }
    message = _at_desk(block.project, "unblocked", _("受阻已解除"), body, at=at, key=str(block.pk))
    return message.to_each([block.phase.responsible_id if block.phase else None, block.opened_by_id])


def _about_talks(task: PersuasionTask, kind: str, title: str, key: str, at: datetime) -> Message:
    """Nothing of the household; the page is for those in confidence."""
    body = _("“%s”有一户需要沟通，详情见页面。") % task.block.project.title
    message = _public(task.block.project, kind, title, body, at=at, key=key)
    return replace(message, url=absolute(links.persuasion_path(task)))


def _to_all(project: Project, people: People, message: Message) -> list[Message]:
    """Everybody behind the linked matters, and the staff's group."""
    return [*to_people(people, message), *message.to_group(project.community.robot_url)]


def _public(
    project: Project, kind: str, title: str, body: str, *, at: datetime, key: str = "once"
) -> Message:
    """A message that leads to the public page, still without a reader."""
    return Message(
        kind=f"project.{kind}",
        dedupe_key=f"project.{kind}.{project.pk}.{key}",
        title=title,
        body=body,
        at=at,
        url=absolute(links.project_path(project)),
    )


def _at_desk(project: Project, kind: str, title: str, body: str, *, at: datetime, key: str) -> Message:
    """The same that leads to the desk."""
    message = _public(project, kind, title, body, at=at, key=key)
    return replace(message, url=absolute(links.project_desk_path(project)))


def _named(project: Project, phase: ProjectPhase) -> dict[str, str]:
    return {"project": project.title, "phase": phase.name, "due": day(phase.due_on)}


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"


INBOX_ONLY: Final[Mapping[str, Promise]] = {
    "project.phase_given": gettext_lazy("工程阶段由您负责"),
    "project.phase_moved": gettext_lazy("工程阶段改期"),
    "project.phase_done": gettext_lazy("工程进展"),
    "project.comment": gettext_lazy("图纸有新意见"),
    "project.talk_given": gettext_lazy("请您去沟通"),
    "project.block_quiet": gettext_lazy("工程受阻没有人过问"),
    "project.unblocked": gettext_lazy("受阻已解除"),
    "project.price_due": gettext_lazy("收费标准满一年"),
}
"""What people find in the inbox without a text."""

REFUSALS: Final[Mapping[str, Promise]] = {
    "project_title_once": gettext_lazy("已经有一个同名的工程。"),
    "project_budget_before_start": gettext_lazy("预算还没有公布，不能开工。"),
    "project_price_before_start": gettext_lazy("收费标准还没有公布，不能开工。"),
    "project_done_with_photos": gettext_lazy("完工须有施工前和施工后的照片。"),
    "project_stopped_with_reason": gettext_lazy("请写明为什么终止。"),
    "project_phase_once": gettext_lazy("这个阶段已经排好。"),
    "project_phase_ends_after_beginning": gettext_lazy("完成期限不能早于开始。"),
    "project_delay_with_reason": gettext_lazy("延期须写明原因。"),
    "project_part_once": gettext_lazy("这一项已经在进度里。"),
    "project_part_no_more_than_all": gettext_lazy("完成的不能多于一共。"),
    "project_part_has_some": gettext_lazy("一共须大于 0。"),
    "project_part_a_theme_each": gettext_lazy("主题不能多于一共的数目。"),
    "project_matter_once": gettext_lazy("这件诉求已经和工程连上。"),
    "budget_line_has_amount": gettext_lazy("金额不能是 0。"),
    "budget_changed_with_reason": gettext_lazy("调整预算须写明原因。"),
    "drawing_version_once": gettext_lazy("这一版图纸已经公开。"),
    "comment_shown_in_words": gettext_lazy("公开的意见须有文字。"),
    "block_open_once": gettext_lazy("这一项已经记为受阻。"),
    "block_not_by_itself": gettext_lazy("工程不能等它自己。"),
    "persuasion_one_at_a_time": gettext_lazy("已经有人在沟通，请先了结。"),
    "persuasion_by_somebody_who_agreed": gettext_lazy("请居民去谈，须本人同意。"),
    "price_not_negative": gettext_lazy("价格不能小于 0。"),
    "price_changed_by_session": gettext_lazy("改收费标准须选定作出决定的议事会。"),
    "price_first_once": gettext_lazy("这一项收费已经公布过，改价须选定议事会。"),
    "price_one_in_force": gettext_lazy("这一项收费已有现行标准。"),
}
"""What the database's refusals mean."""
