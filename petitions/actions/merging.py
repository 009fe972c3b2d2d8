"""并案: several reports of one matter run as one, and one of them comes out again (P-28, P-37).

Whoever reported stays with their own matter and follows the one in which it runs: informed of every stage,
answered, and asked to judge. The number of statements does not depend on how many are merged.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final

from django.db import transaction

from community.duties import Power
from community.permissions import require_power
from community.workflow import Stage
from core.errors import ConflictError, InvalidInputError, RepeatedError
from core.language import gettext as _
from core.models import User
from petitions import deadlines, notices, workflow
from petitions.actions.base import Work, refuse_closed, text_of
from petitions.actions.family import Family, family_finish, family_lock
from petitions.actions.walls import problems_changed
from petitions.models import Petition, PetitionMerger, PetitionPhoto, Question
from petitions.workflow import Audience, Event

AT_ONCE: Final = 50
"""So many matters are merged at a time."""


@transaction.atomic
def petitions_merge(*, petition_ids: Collection[int], into_id: int, actor: User, at: datetime) -> Petition:
    """Merge matters into another one, all of them or none; returns the one that goes on.

    Where the other one was merged itself, they go where that one went. What had been merged into one of
    them comes along.

    Raises:
        NotAllowedError: `actor` may not sort one of them.
        RepeatedError: they run there already.
        ConflictError: another community, answered already, or a public matter into a private one.
    """
    chosen = {*petition_ids} - {into_id}
    if not 0 < len(chosen) <= AT_ONCE:
        raise InvalidInputError(_("请选择要并入的诉求，一次最多 %d 件。") % AT_ONCE)
    family = family_lock({*chosen, into_id})
    main = _work(family.running(into_id), actor, at)
    target = main.petition
    works = [_work(source, actor, at) for source in _sources(family, chosen, target)]
    _check_target(target)
    for work in works:
        _check_source(work, target)
    coming = [one for work in works for one in family.below(work.petition)]
    PetitionMerger.objects.bulk_create(
        PetitionMerger(
            petition=work.petition,
            into=family.get(into_id),
            stage=work.petition.stage,
            merged_at=at,
            merged_by=actor,
        )
        for work in works
    )
    for work in works:
        _merge(work, main)
    for one in coming:
        one.merged_into = target
    family.count(target)
    Question.objects.filter(
        petition__in=[work.petition.pk for work in works], answered_at=None, lapsed_at=None
    ).update(lapsed_at=at)
    sources = [work.petition for work in works]
    main.note(Event.MERGED_IN, "、".join(one.number for one in sources)[:1000])
    main.tell(notices.merged(family.people(target, [*sources, *coming]), target, at=at))
    _tell_handler(main, len(works))
    family_finish(main, works, coming, Event.MERGED)
    problems_changed(target.community_id)
    return target


@transaction.atomic
def petition_unmerge(*, petition_id: int, actor: User, reason: str, at: datetime) -> Petition:
    """Take a matter out again: at the stage where it was, with what was left of its clock, its own people,
    what had been merged into it before, and what its people added meanwhile.

    Raises:
        NotAllowedError: `actor` may not sort one of the two.
        ConflictError: it is not merged, or its people have been answered with the others.
    """
    family = family_lock([petition_id])
    petition = family.get(petition_id)
    if petition.merged_into_id is None:
        raise ConflictError(_("这件诉求没有并案，不用拆出。"))
    work, main = _work(petition, actor, at), _work(family.running(petition_id), actor, at)
    target = main.petition
    if target.stage not in workflow.UNANSWERED:
        raise ConflictError(_("合并办理的诉求已经答复，不能再拆出。"))
    if petition.anonymised_at is not None:
        raise ConflictError(_("这件诉求的个人信息已抹去，不能再拆出。"))
    words = text_of(reason, limit=200, name=_("拆出原因"))
    came_along = separate(family, main, work, words)
    family_finish(main, [work], came_along, Event.UNMERGED)
    problems_changed(target.community_id)
    return petition


def separate(family: Family, main: Work, work: Work, words: str) -> list[Petition]:
    """Let a merged matter go its own way; returns what had been merged into it before. Nothing is saved but
    the end of the merger and what its people sent.
    """
    petition, target, at = work.petition, main.petition, work.at
    mergers = family.mergers
    own = next(merger for merger in mergers if merger.petition_id == petition.pk)
    PetitionMerger.objects.filter(pk=own.pk).update(undone_at=at, undone_by=work.actor)
    leaving = [family.get(pk) for pk in _merged_below(petition.pk, mergers)]
    for one in leaving:
        one.merged_into = petition
    petition.merged_into, petition.closed_at = None, None
    family.count(target)
    family.count(petition)
    people = family.people(petition, [petition, *leaving])
    _take_along(work, target, [one.pk for one in family.reporters_of([petition, *leaving])])
    petition.stage = Stage(own.stage)
    deadlines.clock_go_on(petition, at=at, clock=work.clock)
    work.note(Event.UNMERGED, words, audience=Audience.REPORTER)
    work.tell(notices.unmerged(people, petition, at=at))
    body = _("%s 从并案中拆出，请继续办理。") % petition.number
    work.tell(notices.to_staff([petition.assignee_id], petition, "unmerged", _("诉求重新单办"), body, at=at))
    main.note(Event.UNMERGED, petition.number)
    return leaving


def separate_all(family: Family, main: Work, words: str) -> tuple[list[Work], list[Petition]]:
    """Let everything that was merged into a matter go its own way, by the system."""
    direct = [merger.petition_id for merger in family.mergers if merger.into_id == main.petition.pk]
    works = [Work(family.get(pk), None, None, main.at) for pk in direct]
    return works, [one for work in works for one in separate(family, main, work, words)]


def _work(petition: Petition, actor: User, at: datetime) -> Work:
    return Work(petition, actor, require_power(actor, Power.PETITION_TRIAGE, petition.scope, at=at), at)


def _sources(family: Family, chosen: Iterable[int], target: Petition) -> list[Petition]:
    """The chosen matters that do not run there yet."""
    found = [family.get(pk) for pk in sorted(chosen)]
    if target in found:
        raise ConflictError(_("%s 已经并入其中一件，不能反过来并。") % target.number)
    fresh = [one for one in found if one.merged_into_id != target.pk]
    if not fresh:
        raise RepeatedError(_("已经并入 %s。") % target.number)
    return fresh


def _refuse_application(petition: Petition) -> None:
    """What one person is helped with is theirs alone."""
    if petition.service_minutes is not None:
        raise ConflictError(_("%s 是个人的办理事项，不能并案。") % petition.number)


def _check_target(target: Petition) -> None:
    refuse_closed(target)
    _refuse_application(target)
    if target.spam_marked_at is not None:
        raise ConflictError(_("%s 已标记为无效，不能并案。") % target.number)
    if target.stage not in workflow.UNANSWERED:
        raise ConflictError(_("%s 已经答复，不能再并入。") % target.number)


def _check_source(work: Work, target: Petition) -> None:
    source = work.petition
    refuse_closed(source)
    _refuse_application(source)
    workflow.passage(work.profile, Stage(source.stage), Stage.MERGED)
    if source.spam_marked_at is not None:
        raise ConflictError(_("%s 已标记为无效，不能并案。") % source.number)
    if source.community_id != target.community_id:
        raise ConflictError(_("%s 不在同一个社区，不能并案。") % source.number)
    if target.is_private and not source.is_private:
        raise ConflictError(_("%s 是公开的，不能并入不公开的诉求。") % source.number)


def _merge(work: Work, main: Work) -> None:
    """The matter stands still with its clock while it runs with the other one."""
    source, target = work.petition, main.petition
    deadlines.clock_hold(source, at=work.at, clock=main.clock)
    source.stage, source.closed_at, source.merged_into = Stage.MERGED, work.at, target
    with_what = _("同类诉求") if target.is_private else target.number
    work.note(Event.MERGED, _("与%s合并办理") % with_what, audience=Audience.REPORTER)
    if source.assignee_id not in {None, target.assignee_id, main.actor and main.actor.pk}:
        body = _("%(number)s 已并入 %(target)s，由其经办人一起办理。") % {
            "number": source.number,
            "target": target.number,
        }
        title = _("诉求已并入另一件")
        work.tell(notices.to_staff([source.assignee_id], source, "merged_away", title, body, at=work.at))


def _tell_handler(main: Work, number: int) -> None:
    target = main.petition
    body = _("%(number)s 并入了 %(n)d 件，现有 %(people)d 人反映。") % {
        "number": target.number,
        "n": number,
        "people": target.reporters_count,
    }
    people = [target.assignee_id] if main.actor is None or target.assignee_id != main.actor.pk else []
    main.tell(notices.to_staff(people, target, "merged_in", _("有诉求并入"), body, at=main.at))


def _merged_below(pk: int, mergers: Iterable[PetitionMerger]) -> list[int]:
    """What was merged into this matter, and into that in turn, as it was decided then."""
    direct = [merger.petition_id for merger in mergers if merger.into_id == pk]
    return [*direct, *(deeper for each in direct for deeper in _merged_below(each, mergers))]


def _take_along(work: Work, target: Petition, reporter_ids: Collection[int]) -> None:
    """What these people sent to the other matter meanwhile belongs to their own again."""
    sent = PetitionPhoto.objects.filter(petition=target, reporter__in=reporter_ids)
    sent.update(petition=work.petition)
    added = target.events.filter(event=Event.ADDED, reporter__in=reporter_ids)
    for line in added:
        copy = work.note(Event.ADDED, line.note, audience=Audience(line.audience))
        copy.at, copy.reporter_id = line.at, line.reporter_id
