"""接单, 办事, 办结 in the demo: what is done on the spot."""

from __future__ import annotations

from datetime import datetime

from community.workflow import Gate, Mode, Stage
from petitions import workflow
from petitions.actions import handling, reporting, settling
from petitions.demo.matter import Matter
from petitions.demo.stage import Story


def claim(matter: Matter) -> Story:
    """In one tap, by whoever holds it."""
    accepts = matter.profile.mode(Stage.ACCEPTED) == Mode.ON
    yield matter.reach("accepted" if accepts else "in_progress", 15, 240)
    handling.petition_claim(petition_id=matter.pk, actor=matter.actor(), at=matter.at)


def begin(matter: Matter) -> Story:
    """Look at it on site where that comes first, and begin."""
    if matter.profile.has(Gate.SITE_INSPECTION) and matter.case.topic in workflow.BUILDING_TOPICS:
        yield matter.wait(20, 120)
        handling.petition_inspect(
            petition_id=matter.pk, actor=matter.actor(), note=matter.case.progress, photos=[], at=matter.at
        )
    if matter.profile.mode(Stage.ACCEPTED) == Mode.ON:
        yield matter.reach("in_progress", 10, 120)
        handling.petition_start(petition_id=matter.pk, actor=matter.actor(), at=matter.at)


def work(matter: Matter) -> Story:
    """A note on the way; a question, a pause, a step up the ladder or a hand-over, now and then."""
    yield matter.wait(30, 200)
    handling.petition_progress(
        petition_id=matter.pk, actor=matter.actor(), note=matter.case.progress, photos=[], at=matter.at
    )
    for detour in (_ask, _pause, _escalate, _hand_over):
        yield from detour(matter)
        if matter.options.detour == detour.__name__.strip("_"):
            return


def _ask(matter: Matter) -> Story:
    """A question to the first reporter; the clock stands still until the answer."""
    if not (matter.case.ask and matter.first.phone and _takes(matter, "ask", 0.6)):
        return
    yield matter.wait(10, 60)
    question = matter.case.ask
    handling.petition_ask(petition_id=matter.pk, actor=matter.actor(), question=question, at=matter.at)
    if matter.options.detour:
        return
    yield matter.wait(60, 700)
    if matter.petition.is_paused:
        reporting.petition_answer(reporter=matter.first, answer=matter.case.reply, at=matter.at)


def _pause(matter: Matter) -> Story:
    """Something has to come first: a part, dry weather."""
    if matter.petition.is_paused or not (matter.case.hold and _takes(matter, "pause", 0.5)):
        return
    yield matter.wait(10, 60)
    reason = matter.case.hold
    handling.petition_pause(petition_id=matter.pk, actor=matter.actor(), reason=reason, at=matter.at)
    if matter.options.detour:
        return
    yield matter.wait(200, 1500)
    if matter.petition.is_paused:
        handling.petition_resume(petition_id=matter.pk, actor=matter.actor(), at=matter.at)


def _escalate(matter: Matter) -> Story:
    """Beyond the worker's means: the next tier takes it."""
    if not _takes(matter, "escalate", 0.04):
        return
    yield matter.wait(30, 90)
    reason = matter.say("escalations")
    handling.petition_escalate(petition_id=matter.pk, actor=matter.actor(), reason=reason, at=matter.at)
    if matter.options.detour:
        return
    yield matter.wait(10, 60)
    handling.petition_claim(petition_id=matter.pk, actor=matter.actor(), at=matter.at)


def _hand_over(matter: Matter) -> Story:
    """To a colleague who goes on with it."""
    if not _takes(matter, "hand_over", 0.03):
        return
    yield matter.wait(30, 90)
    town, actor = matter.town, matter.actor()
    to = town.desk if actor != town.desk else town.secretary
    reason = matter.say("handovers")
    handling.petition_hand_over(petition_id=matter.pk, actor=actor, to=to, reason=reason, at=matter.at)


def _takes(matter: Matter, detour: str, chance: float) -> bool:
    """Whether this matter goes this way: as planned for today's, by chance for those of the past."""
    return matter.options.detour == detour or (matter.past and matter.random.random() < chance)


def resolve(matter: Matter) -> Story:
    """Done, with a picture of the result where the wall will want one."""
    if matter.past:
        matter.at = max(matter.at, _finish_by(matter))
    yield matter.reach("resolved", 15, 60)
    share = 1.0 if matter.profile.mode(Stage.PUBLISHED) == Mode.ON else 0.4
    settling.petition_resolve(
        petition_id=matter.pk,
        actor=matter.actor(),
        outcome=matter.case.outcome,
        photos=matter.photos(after=True, share=share),
        at=matter.at,
    )


def _finish_by(matter: Matter) -> datetime:
    """When the work is done: within the limit as a rule, past it when this one is late."""
    used = matter.random.uniform(1.05, 1.6) if matter.options.late else matter.random.uniform(0.25, 0.9)
    petition = matter.petition
    minutes = int(petition.clock_minutes * used)
    return matter.town.clock.add(max(matter.triaged, petition.clock_from or matter.triaged), minutes).at
