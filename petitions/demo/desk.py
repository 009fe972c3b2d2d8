"""理事, 议事, 派单, 反馈, 晒事 in the demo: what is done at the community's desk."""

from __future__ import annotations

from datetime import datetime

from community.models import CategorySetting
from community.workflow import Gate, Mode, Stage
from core.workdays import ZONE
from petitions.actions import deliberating, handling, publishing, settling, triage
from petitions.demo.matter import Matter
from petitions.demo.stage import TUESDAY, WEDNESDAY, Story, weekday_at
from petitions.demo.town import parties_of
from petitions.models import PetitionPhoto, PhotoKind


def sort(matter: Matter) -> Story:
    """理事; where it passes by itself, the colour is put right by the leader's desk."""
    profile = matter.profile
    matter.triaged = matter.at
    if profile.mode(Stage.TRIAGED) == Mode.AUTO:
        if max(matter.case.grade) > 1:
            yield matter.wait(20, 120)
            triage.petition_regrade(
                petition_id=matter.pk,
                actor=matter.town.secretary,
                decision=_decision(matter, reason="按规模、难易和影响核定"),
                at=matter.at,
            )
        return
    yield matter.reach("triaged", 20, 360)
    matter.triaged = matter.at
    triage.petition_triage(
        petition_id=matter.pk, actor=matter.town.desk, decision=_decision(matter), at=matter.at
    )


def confer(matter: Matter) -> Story:
    """议事 where the profile or the route asks for it, with the bodies that act together."""
    profile = matter.profile
    if matter.case.parties:
        yield matter.wait(20, 90)
        organisations = parties_of(matter.town, list(matter.case.parties))
        deliberating.petition_set_parties(
            petition_id=matter.pk, actor=matter.town.secretary, organisations=organisations, at=matter.at
        )
    mode = profile.mode(Stage.DELIBERATING)
    needed = mode == Mode.ON or (mode == Mode.OPTIONAL and bool(matter.case.minutes))
    if not needed and matter.options.stop != "deliberating":
        return
    yield _sitting(matter, compulsory=mode == Mode.ON)
    deliberating.petition_deliberate(
        petition_id=matter.pk, actor=matter.town.secretary, minutes=_minutes(matter), at=matter.at
    )


def dispatch(matter: Matter) -> Story:
    """Approval and 派单, where they are steps of their own."""
    profile = matter.profile
    if profile.has(Gate.APPROVAL_BEFORE_DISPATCH):
        yield matter.wait(15, 90)
        triage.petition_approve(petition_id=matter.pk, actor=matter.town.approver, at=matter.at)
    if profile.mode(Stage.DISPATCHED) == Mode.ON:
        yield matter.reach("dispatched", 10, 60)
        handling.petition_assign(
            petition_id=matter.pk, actor=matter.town.approver, assignee=matter.actor(), at=matter.at
        )


def answer(matter: Matter) -> Story:
    """Everybody who asked hears how it ended."""
    yield matter.reach("fed_back", 20, 300)
    settling.petition_feed_back(
        petition_id=matter.pk, actor=matter.town.desk, answer=matter.case.outcome, at=matter.at
    )


def publish(matter: Matter) -> Story:
    """The public text with before and after, where the profile has that stage."""
    if matter.profile.mode(Stage.PUBLISHED) != Mode.ON:
        return
    yield matter.reach("published", 30, 600)
    photos = list(PetitionPhoto.objects.filter(petition_id=matter.pk))
    publishing.petition_publish(
        petition_id=matter.pk,
        actor=matter.town.desk,
        text=publishing.PublicText(
            title=matter.case.title,
            question=matter.case.question,
            answer=matter.case.answer,
            before=next((photo for photo in photos if photo.kind == PhotoKind.BEFORE), None),
            after=next((photo for photo in reversed(photos) if photo.kind == PhotoKind.AFTER), None),
        ),
        at=matter.at,
    )


def _decision(matter: Matter, *, reason: str = "") -> triage.Decision:
    scale, difficulty, impact = matter.case.grade
    return triage.Decision(
        route=matter.case.route,
        scale=scale,
        difficulty=difficulty,
        social_impact=impact,
        reason=reason,
        category=_category(matter),
        topic=matter.case.topic,
        public_title="" if matter.private else matter.case.title,
        due_at=matter.town.clock.add(matter.at, matter.case.days * 420).at if matter.case.days else None,
    )


def _minutes(matter: Matter) -> deliberating.Minutes:
    return deliberating.Minutes(
        held_on=matter.at.astimezone(ZONE).date(),
        venue=next((name for _kind, name, _estate in matter.town.plan.points), matter.town.plan.name),
        participants=matter.say("participants"),
        headcount=matter.random.randint(7, 26),
        decision=matter.case.minutes or matter.say("decisions"),
        supervisor=matter.town.secretary,
    )


def _sitting(matter: Matter, *, compulsory: bool) -> datetime:
    """西郊 sits on Tuesdays, 叠翠 on Wednesdays; what cannot wait is dealt with between."""
    waits = compulsory or (matter.past and (max(matter.case.grade) == 1 or matter.case.days))
    if not waits:
        return matter.reach("deliberating", 40, 200)
    day = TUESDAY if compulsory else WEDNESDAY
    matter.at = weekday_at(matter.at, day, 15, matter.random.choice((0, 20, 40)))
    return matter.at


def _category(matter: Matter) -> CategorySetting:
    """One of the community's own categories that counts as the case's."""
    own = matter.town.categories
    fitting = [category for category in own if category.canonical == matter.case.category]
    return matter.random.choice(fitting or own)
