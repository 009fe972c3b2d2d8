"""What is said to whom. Every function returns messages; the action queues them in its transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.display import absolute, moment
from core.language import in_house
from core.outbox import Message
from petitions.models import Assistance, Evaluation, ExportJob, ExportState, Petition, PetitionReporter
from petitions.selectors import links


def to_reporter(
    reporter: PetitionReporter,
    petition: Petition,
    kind: str,
    title: str,
    body: str,
    *,
    at: datetime,
    path: str = "",
) -> list[Message]:
    """One message to one person who asked; nothing for somebody without phone and account."""
    if not reporter.is_reachable:
        return []
    return [
        Message(
            kind=f"petition.{kind}",
            dedupe_key=f"petition.{kind}.{petition.pk}.{reporter.pk}.{at.timestamp():.3f}",
            title=title,
            body=body,
            at=at,
            user_id=reporter.user_id,
            phone=reporter.phone,
            url=absolute(path or links.ticket_path(reporter)),
        )
    ]


def to_reporters(
    reporters: Iterable[PetitionReporter],
    petition: Petition,
    kind: str,
    title: str,
    body: str,
    *,
    at: datetime,
) -> list[Message]:
    """The same message to everybody who asked."""
    return [
        message
        for reporter in reporters
        for message in to_reporter(reporter, petition, kind, title, body, at=at)
    ]


def to_staff(
    user_ids: Iterable[int | None],
    petition: Petition,
    kind: str,
    title: str,
    body: str,
    *,
    at: datetime,
    urgent: bool = False,
    key: str = "",
) -> list[Message]:
    """One message to each of these people in post, once each; vacant tiers are left out."""
    message = _for_staff(petition, kind, title, body, at=at, key=key)
    return replace(message, urgent=urgent).to_each(user_ids)


def to_group(
    petition: Petition, kind: str, title: str, body: str, *, at: datetime, key: str = ""
) -> list[Message]:
    """The same to the staff's group robot, where the community has one; never anything personal."""
    return _for_staff(petition, kind, title, body, at=at, key=key).to_group(petition.community.robot_url)


def _for_staff(petition: Petition, kind: str, title: str, body: str, *, at: datetime, key: str) -> Message:
    return Message(
        kind=f"petition.{kind}",
        dedupe_key=f"petition.{kind}.{petition.pk}.{key or format(at.timestamp(), '.3f')}",
        title=title,
        body=body,
        at=at,
        url=absolute(links.work_path(petition)),
    )


@in_house
def received(reporter: PetitionReporter, petition: Petition, *, at: datetime) -> list[Message]:
    """The receipt: number, tracking code and promise."""
    body = _("您反映的事已收到，编号 %(number)s，查询码 %(code)s。承诺 %(promise)s 前答复。") % {
        "number": petition.number,
        "code": links.tracking_code(reporter),
        "promise": moment(petition.promise_at),
    }
    return to_reporter(reporter, petition, "received", _("诉求已收到"), body, at=at)


@in_house
def code_again(reporter: PetitionReporter, petition: Petition, *, at: datetime) -> list[Message]:
    """A lost tracking code, to the phone on record."""
    body = _("您反映的事编号 %(number)s，查询码 %(code)s。") % {
        "number": petition.number,
        "code": links.tracking_code(reporter),
    }
    return to_reporter(reporter, petition, "code", _("查询码"), body, at=at)


@in_house
def invitation(
    evaluation: Evaluation, petition: Petition, *, at: datetime, reminder: bool = False
) -> list[Message]:
    """Asks one person to judge: once, and one reminder (P-47)."""
    if evaluation.reporter is None:
        return _invitation_to_table(evaluation, petition, at=at, reminder=reminder)
    body = _("您反映的“%(title)s”已办结并答复：%(outcome)s 请在 %(until)s 前评价是否满意。") % {
        "title": petition.shown_title,
        "outcome": _short(petition.outcome),
        "until": moment(evaluation.closes_at),
    }
    title = _("再次请您评价办理结果") if reminder else _("请您评价办理结果")
    kind = "judge_reminder" if reminder else "judge"
    return to_reporter(
        evaluation.reporter, petition, kind, title, body, at=at, path=links.judgement_path(evaluation)
    )


def _invitation_to_table(
    evaluation: Evaluation, petition: Petition, *, at: datetime, reminder: bool
) -> list[Message]:
    """The same to somebody who sat at a session about it: only what is public of the matter is repeated."""
    person = evaluation.participant
    assert person is not None
    body = _("您参加议事的“%(title)s”已办结。请在 %(until)s 前评价是否满意。") % {
        "title": petition.shown_title,
        "until": moment(evaluation.closes_at),
    }
    kind = "judge_reminder" if reminder else "judge"
    return [
        Message(
            kind=f"petition.{kind}",
            dedupe_key=f"petition.{kind}.{petition.pk}.e{evaluation.pk}",
            title=_("再次请您评价议事结果") if reminder else _("请您评价议事结果"),
            body=body,
            at=at,
            user_id=person.user_id,
            phone=person.phone,
            url=absolute(links.judgement_path(evaluation)),
        )
    ]


@in_house
def stage_changed(
    reporters: Sequence[PetitionReporter], petition: Petition, *, at: datetime, words: str = ""
) -> list[Message]:
    """Tells everybody who asked where the matter stands now."""
    body = _("您反映的事（%(number)s）现在处于“%(stage)s”。%(words)s") % {
        "number": petition.number,
        "stage": petition.stage_label,
        "words": words,
    }
    return to_reporters(reporters, petition, f"stage_{petition.stage}", _("诉求有新进展"), body, at=at)


@in_house
def merged(reporters: Sequence[PetitionReporter], target: Petition, *, at: datetime) -> list[Message]:
    """Tells the people of a merged matter with which one it goes on; of a private one only that it does."""
    body = _("您反映的事与同类诉求合并办理，进展和结果同样告诉您，原来的查询码和链接照常使用。")
    if not target.is_private:
        body = _(
            "您反映的事已并入 %(number)s 一起办理，进展和结果同样告诉您，原来的查询码和链接照常使用。"
        ) % {"number": target.number}
    return to_reporters(reporters, target, "merged", _("您反映的事合并办理"), body, at=at)


@in_house
def unmerged(reporters: Sequence[PetitionReporter], petition: Petition, *, at: datetime) -> list[Message]:
    """Tells them that their matter goes its own way again."""
    body = _("您反映的事(%(number)s)已重新单独办理，现在处于“%(stage)s”。") % {
        "number": petition.number,
        "stage": petition.stage_label,
    }
    return to_reporters(reporters, petition, "unmerged", _("您反映的事单独办理"), body, at=at)


@in_house
def slot_coming(row: Assistance, reporter: PetitionReporter, *, at: datetime) -> list[Message]:
    """The day before somebody comes, or is expected: to helper and resident."""
    petition = row.petition
    key = f"{row.slot:%Y%m%d%H%M}"
    body = _("%(number)s %(item)s：约在 %(slot)s。%(address)s") % {
        "number": petition.number,
        "item": row.item.title,
        "slot": moment(row.slot),
        "address": row.address,
    }
    said = _("您约的“%(item)s”在 %(slot)s，请准备好材料。") % {
        "item": row.item.title,
        "slot": moment(row.slot),
    }
    return [
        *to_staff([petition.assignee_id], petition, "slot", _("明天有约"), body, at=at, key=key),
        *to_reporter(reporter, petition, "slot", _("明天有约"), said, at=at),
    ]


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


@in_house
def snap_verified(
    reporters: Iterable[PetitionReporter], petition: Petition, words: str, *, is_true: bool, at: datetime
) -> list[Message]:
    """Whoever took the picture hears what was found (P-39)."""
    found = (
        _("您拍的 %s 已核实，接着办理，办好再告诉您。")
        if is_true
        else _("您拍的 %s 已去看过，没有看到您说的情况。")
    )
    body = f"{found % petition.number}{words}"
    return to_reporters(reporters, petition, "verified", _("随手拍已核实"), body, at=at)


@in_house
def snap_waits(
    petition: Petition, user_ids: Iterable[int | None], *, is_late: bool, at: datetime
) -> list[Message]:
    """Nobody has looked yet: at half the time, and when it is over."""
    late, soon = _("%s 还没有核实，已超过半个工作日。"), _("%s 等您到现场核实，拍照的人在等结果。")
    body = (late if is_late else soon) % petition.number
    key = "late" if is_late else "soon"
    return to_staff(user_ids, petition, "snap", _("随手拍待核实"), body, at=at, key=key)


INBOX_ONLY: Final[Mapping[str, Promise]] = {
    "filed": gettext_lazy("有新诉求"),
    "added": gettext_lazy("诉求人有补充"),
    "answered": gettext_lazy("诉求人已答复"),
    "snap": gettext_lazy("随手拍待核实"),
    "withdrawn": gettext_lazy("诉求已撤回"),
    "resolved": gettext_lazy("诉求待反馈"),
    "rerouted": gettext_lazy("诉求转来"),
    "merged_in": gettext_lazy("有诉求并入"),
    "merged_away": gettext_lazy("诉求已并入另一件"),
}
"""What staff find in the inbox without a text: it changes nobody's day before the next look at the desk."""


@in_house
def exported(job: ExportJob, *, at: datetime) -> list[Message]:
    """Whoever asked for a list of matters hears that it lies ready, or could not be made."""
    title, body = _("诉求清单导出好了"), _("共 %d 行，文件保留一天。") % job.done
    if job.state == ExportState.FAILED:
        title, body = _("诉求清单没有导出成功"), _("请重新导出。")
    url = absolute(reverse("admin:petitions_petition_exports"))
    key = f"job.export.{job.pk}.{job.state}"
    return [Message("job.export", key, title, body, at, user_id=job.owner_id, url=url)]
