"""How matters go: all the way round, twice, not at all, or as far as today."""

from __future__ import annotations

from datetime import timedelta

from community.workflow import Mode, Stage
from core.models import User
from petitions.actions import evaluating, hiding, reporting, rerouting, settling
from petitions.demo import desk, field, intake
from petitions.demo.matter import STEP, Matter
from petitions.demo.stage import Story, daytime
from petitions.demo.texts import Aside
from petitions.models import Evaluation, VisitWay
from petitions.selectors.handlers import handlers_of


def onward(matter: Matter) -> Story:
    """From filing to the stage at which the matter stands now, or to the answer."""
    stop = matter.options.stop
    steps = (
        ("received", (intake.file, intake.join, intake.echo, intake.add_words)),
        ("triaged", (desk.sort,)),
        ("deliberating", (desk.confer,)),
        ("dispatched", (desk.dispatch,)),
        ("accepted", (field.claim,)),
        ("in_progress", (field.begin,)),
        ("work", (field.work,)),
        ("resolved", (field.resolve,)),
        ("fed_back", (desk.answer,)),
        ("published", (desk.publish,)),
    )
    for name, parts in steps:
        for part in parts:
            yield from part(matter)
        if stop == name and not (name == "in_progress" and matter.options.detour):
            return
        if stop == "in_progress" and name == "work":
            return


def round_again(matter: Matter) -> Story:
    """What was refused is done again by the tier above, and answered and shown again."""
    for part in (field.claim, field.resolve, desk.answer, desk.publish):
        yield from part(matter)


def visit(matter: Matter, *, holds: bool = True) -> Story:
    """回访 by somebody else, where the profile asks for it."""
    if matter.profile.mode(Stage.FOLLOWED_UP) != Mode.ON:
        return
    yield matter.reach("followed_up", 100, 900)
    evaluating.petition_return_visit(
        petition_id=matter.pk,
        actor=_asker(matter),
        way=matter.random.choice(VisitWay.values),
        holds=holds,
        words=matter.say("visits") if holds else matter.say("grumble"),
        at=matter.at,
    )


def judge(matter: Matter, *, satisfied: bool, share: float = 1.0) -> Story:
    """Those who asked judge, each at a time of their own; for people without a phone, staff ask."""
    asked = Evaluation.objects.filter(petition_id=matter.pk, answered_at=None, closed_at=None)
    for pk in list(asked.order_by("pk").values_list("pk", flat=True)):
        if matter.random.random() >= share:
            continue
        hours = matter.random.uniform(1, 60) if matter.past else 0.3
        matter.at = daytime(matter.at + timedelta(hours=hours)) if matter.past else matter.wait(STEP, STEP)
        yield matter.at
        evaluation = asked.select_related("reporter", "participant").filter(pk=pk).first()
        if evaluation is None or evaluation.round != matter.petition.round:
            continue
        if evaluation.closes_at <= matter.at:
            return  # of many who were asked, the last ones let the window pass
        evaluating.petition_judge(
            evaluation_id=pk,
            is_satisfied=satisfied,
            comment=matter.say("praise" if satisfied else "grumble"),
            recorded_by=None if evaluation.person.is_reachable else _asker(matter),
            at=matter.at,
        )
        if not satisfied:
            return


def _asker(matter: Matter) -> User:
    """Somebody who did not handle it: the desk, the secretary, or the subdistrict."""
    petition, town = matter.petition, matter.town
    handlers = handlers_of(petition) | {petition.assignee_id}
    people = [town.desk, town.secretary, *town.deputies, town.supervisor]
    return next((user for user in people if user.pk not in handlers), town.supervisor)


def praised(matter: Matter) -> Story:
    """All the way round, and everybody is satisfied."""
    yield from onward(matter)
    yield from visit(matter)
    yield from judge(matter, satisfied=True)


def mixed(matter: Matter) -> Story:
    """Some judge, some stay silent until the window closes."""
    yield from onward(matter)
    yield from visit(matter)
    yield from judge(matter, satisfied=True, share=0.6)


def silent(matter: Matter) -> Story:
    """Answered, and nobody says anything; the window closes by itself."""
    yield from onward(matter)
    yield from visit(matter)


def refused_once(matter: Matter) -> Story:
    """The first "not satisfied" reopens it at once, a tier up; the second answer holds."""
    yield from onward(matter)
    yield from judge(matter, satisfied=False)
    if matter.petition.round == 1:
        return  # found on patrol: nobody was there to refuse it
    yield from round_again(matter)
    yield from visit(matter)
    yield from judge(matter, satisfied=True)


def reopened(matter: Matter) -> Story:
    """Refused the other day, and back with the tier above."""
    yield from onward(matter)
    yield from judge(matter, satisfied=False)


def visited(matter: Matter) -> Story:
    """Answered and visited; those who asked have not judged yet."""
    yield from onward(matter)
    yield from visit(matter)


def refused_twice(matter: Matter) -> Story:
    """Refused again: the subdistrict decides."""
    yield from onward(matter)
    yield from judge(matter, satisfied=False)
    if matter.petition.round == 1:
        return  # found on patrol: nobody was there to refuse it
    yield from round_again(matter)
    yield from visit(matter)
    yield from judge(matter, satisfied=False)
    if not matter.past:
        return
    yield matter.wait(60, 400)
    evaluating.petition_reopen(
        petition_id=matter.pk,
        actor=matter.town.supervisor,
        reason="请社区书记牵头，当面核实后重办",
        at=matter.at,
    )
    yield from round_again(matter)
    yield from visit(matter)
    yield from judge(matter, satisfied=True)


def on_the_spot(matter: Matter) -> Story:
    """A worker sees it, puts it right, and writes it down."""
    yield from intake.file(matter)
    yield matter.wait(10, 60)
    settling.petition_settle_on_spot(
        petition_id=matter.pk,
        actor=matter.found_by,
        outcome=matter.case.outcome,
        photos=matter.photos(after=True),
        at=matter.at,
    )
    yield from desk.answer(matter)
    yield from desk.publish(matter)
    yield from visit(matter)
    yield from judge(matter, satisfied=True, share=0.5)


def set_aside(matter: Matter, aside: Aside) -> Story:
    """Returned, handed on, withdrawn, or no matter at all."""
    yield from intake.file(matter)
    yield matter.wait(30, 240)
    desk, pk, at = matter.town.desk, matter.pk, matter.at
    if aside.kind == "returned":
        rerouting.petition_return(petition_id=pk, actor=desk, reason=aside.reason, at=at)
    elif aside.kind == "handed_on":
        rerouting.petition_hand_on(petition_id=pk, actor=desk, to=aside.to, reason=aside.reason, at=at)
    elif aside.kind == "spam":
        hiding.spam_mark(petition_id=pk, actor=desk, reason=aside.reason, at=at)
    else:
        reporting.petition_withdraw(reporter=matter.first, reason=aside.reason, at=at)
