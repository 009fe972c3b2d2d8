"""收事 in the demo: who files what, through which channel, and who joins."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from community.duties import Duty
from community.models import Place, Resident, TalkPoint
from community.workflow import Channel
from core.models import User
from petitions.actions import filing, joining, merging, reporting
from petitions.demo.matter import Matter
from petitions.demo.stage import Story
from petitions.models import Origin
from petitions.models.petition import TEXT_MAX

BY_PEOPLE: Final = (Channel.WEB_FORM, Channel.QR_CODE, Channel.TALK_POINT)
PHOTO_SHARE: Final = {"diecui": 0.75, "xijiao": 0.35, "dali": 0.4, "fuxi": 0.3, "jiwang": 0.2}
WEIGHTS: Final = {
    Channel.WEB_FORM: 5,
    Channel.QR_CODE: 6,
    Channel.CHAT_GROUP: 6,
    Channel.HOTLINE: 3,
    Channel.PATROL: 2,
}


def file(matter: Matter) -> Story:
    """By people themselves, or entered by staff from a channel in the original words."""
    yield matter.at
    channel = matter.options.channel or _channel(matter)
    place = matter.random.choice(matter.town.buildings)
    actor = None if channel in BY_PEOPLE else matter.town.desk
    if channel == Channel.PATROL:
        actor = matter.found_by = _worker_of(matter, place)
    rows = matter.town.channels.get(channel, [])
    words = matter.say("greetings") + matter.random.choice(matter.case.say) + matter.say("closings")
    filed = filing.petition_file(
        community=matter.town.community,
        report=filing.Report(
            text=words[:TEXT_MAX],
            place=place,
            channel=channel,
            spot=matter.say("spots"),
            topic=matter.case.topic,
            is_private=matter.private,
            photos=matter.photos(after=False, share=PHOTO_SHARE[matter.town.slug]),
            intake=matter.random.choice(rows) if rows else None,
            talk_point=_point(matter, channel, place),
            origin=Origin.PROACTIVE if channel == Channel.PATROL else Origin.REPORTED,
            received_at=matter.at if actor else None,
        ),
        person=_person(matter, channel),
        key=matter.world.key(),
        actor=actor,
        at=matter.at + timedelta(minutes=4) if actor else matter.at,
    )
    matter.pk, matter.first = filed.petition.pk, filed.reporter
    matter.phones = {filed.reporter.phone}
    matter.at += timedelta(minutes=5)


def join(matter: Matter) -> Story:
    """Neighbours for whom it is the same."""
    for _ in range(0 if matter.private else matter.options.joiners):
        matter.at += timedelta(minutes=matter.random.randint(6, 90) if matter.past else 3)
        yield matter.at
        resident = _resident(matter)
        if resident.phone in matter.phones:
            continue
        matter.phones.add(resident.phone)
        joining.petition_join(
            petition_id=matter.pk,
            person=_person_of(matter, resident),
            words=matter.say("joined"),
            key=matter.world.key(),
            at=matter.at,
        )


def echo(matter: Matter) -> Story:
    """Others report the same thing on their own; the desk merges them into the first."""
    others: list[int] = []
    while len(others) < (0 if matter.private else matter.options.echoes):
        same = replace(matter.options, joiners=0, echoes=0, resident=None, channel=Channel.WEB_FORM)
        other = Matter(matter.world, matter.town, matter.case, matter.at + timedelta(minutes=4), same)
        yield from file(other)
        matter.at = other.at
        others.append(other.pk)
    if others:
        matter.at += timedelta(minutes=3)
        yield matter.at
        merging.petitions_merge(petition_ids=others, into_id=matter.pk, actor=matter.town.desk, at=matter.at)


def add_words(matter: Matter) -> Story:
    """The first reporter has more to say, now and then."""
    if matter.past and matter.random.random() < 0.15:
        yield matter.wait(10, 60)
        reporting.petition_add(reporter=matter.first, text=matter.say("additions"), photos=[], at=matter.at)


def _channel(matter: Matter) -> str:
    known = sorted(set(matter.town.channels) - {Channel.PARTNER_API, Channel.TALK_POINT})
    return matter.random.choices(known, [WEIGHTS.get(Channel(kind), 1) for kind in known])[0]


def _point(matter: Matter, channel: str, place: Place) -> TalkPoint | None:
    if channel == Channel.QR_CODE:
        return matter.town.codes.get(place.pk)
    return matter.random.choice(matter.town.points) if channel == Channel.TALK_POINT else None


def _person(matter: Matter, channel: str) -> filing.Person:
    if matter.options.resident is not None:
        return _person_of(matter, matter.options.resident)
    if channel == Channel.PATROL or (channel == Channel.SUGGESTION_BOX and matter.random.random() < 0.7):
        return filing.Person(has_consented=True)
    return _person_of(matter, _resident(matter))


def _person_of(matter: Matter, resident: Resident) -> filing.Person:
    behalf = matter.random.choice(("", "", "", "", "母亲", "楼上老人"))
    return filing.Person(
        name=f"{resident.name[0]}{matter.random.choice(('女士', '先生', '师傅', '阿姨'))}",
        phone=resident.phone,
        user=resident.user,
        on_behalf_of=behalf,
        has_consented=True,
    )


def _resident(matter: Matter) -> Resident:
    people = matter.town.residents
    return matter.random.choice([person for person in matter.random.sample(people, 12) if person.phone])


def _worker_of(matter: Matter, place: Place) -> User:
    grid = next((grid for grid in matter.town.grids if grid.buildings.filter(place=place).exists()), None)
    post = (
        grid and grid.place.posts.filter(duty=Duty.GRID_WORKER, ends_on=None).select_related("user").first()
    )
    return matter.town.staff[post.user.username or ""] if post else matter.town.desk
