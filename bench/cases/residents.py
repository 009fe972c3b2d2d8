"""What residents and strangers do: home, walls, filing, tracking."""

from __future__ import annotations

from itertools import count
from random import Random
from uuid import uuid4

from django.core.cache import cache

from bench import floors
from bench.cases.stage import Stage, turns
from bench.client import Answer, Client
from bench.measure import Call, Case
from community.models import Place
from community.models.place import PlaceKind
from petitions.models import Petition, PetitionReporter
from petitions.selectors import links

FORM = {
    "text": "三单元楼道灯坏了两周,晚上老人上下楼看不清,请尽快派人来修。",
    "spot": "2单元三楼拐角",
    "topic": "lamp",
    "name": "林阿姨",
    "consent": "on",
}


def cases(stage: Stage) -> list[Case]:
    """Every page that needs no account."""
    return [*_front(stage), *_matters(stage), *_filing(stage)]


def _front(stage: Stage) -> list[Case]:
    visitor, home = stage.stranger(), f"/{stage.slug}/"
    wall, problems = f"{home}wall/", f"{home}problems/"
    return [
        Case("home, cached", floors.READ, lambda: visitor.get(home), 4),
        Case("home, nothing cached", floors.READ, _uncached(lambda: visitor.get(home)), 8),
        Case("echo wall, cached", floors.READ, lambda: visitor.get(wall), 4),
        Case("echo wall, nothing cached", floors.READ, _uncached(lambda: visitor.get(wall)), 8),
        Case("echo wall, last page", floors.READ, lambda: visitor.get(f"{wall}?cursor=last"), 8),
        Case("echo wall, one topic, last page", floors.READ, _last_of_topic(visitor, wall), 8),
        Case("problem wall, nothing cached", floors.READ, _uncached(lambda: visitor.get(problems)), 8),
        Case("problem wall, last page", floors.READ, lambda: visitor.get(f"{problems}?cursor=last"), 8),
    ]


def _matters(stage: Stage) -> list[Case]:
    visitor = stage.stranger()
    shown = Petition.objects.on_problem_wall().filter(community=stage.community).order_by("-pk")
    answered = Petition.objects.filter(wall_posts__community=stage.community, stage="archived").order_by(
        "-pk"
    )
    reporters = PetitionReporter.objects.filter(petition__in=answered[:100], is_first=True).order_by("pk")
    numbers = turns(
        [*shown.values_list("number", flat=True)[:50], *answered.values_list("number", flat=True)[:50]]
    )
    tickets = turns([links.ticket_path(reporter) for reporter in reporters])
    return [
        Case(
            "public page of a matter",
            floors.READ,
            lambda: visitor.get(f"/{stage.slug}/matters/{next(numbers)}/"),
            6,
            6,
        ),
        Case("the reporter's own page", floors.READ, lambda: visitor.get(next(tickets)), 6, 6),
    ]


def _filing(stage: Stage) -> list[Case]:
    form = f"/{stage.slug}/file/"
    buildings = Place.objects.filter(path__startswith=stage.community.place.path, kind=PlaceKind.BUILDING)
    places = turns(list(buildings.order_by("pk").values_list("pk", flat=True)))
    visitor, phones, photo = stage.stranger(), count(Random().randrange(10**7) * 100), floors.picture()
    visitor.get(form)

    def send(**fields: str) -> Answer:
        filled = {
            **FORM,
            "place": str(next(places)),
            "phone": f"139{next(phones) % 10**8:08d}",
            "key": str(uuid4()),
        }
        files = {"photos": photo} if fields.pop("with_photo", "") else None
        return visitor.post_form(form, {**filled, **fields}, files)

    return [
        Case("the form", floors.READ, lambda: visitor.get(form), None),
        Case("file, by form", floors.FIVE, lambda: send(decision="new"), 5, 15, status=(302,)),
        Case("file, the step with similar matters", floors.FIVE, send, 5, 15),
        Case(
            "file, with a photo",
            floors.ENCODE,
            lambda: send(decision="new", with_photo="1"),
            None,
            20,
            status=(302,),
            repeats=4,
        ),
    ]


def _last_of_topic(visitor: Client, wall: str) -> Call:
    topics = turns(["lift", "noise", "lamp", "leak"])
    return lambda: visitor.get(f"{wall}?topic={next(topics)}&cursor=last")


def _uncached(call: Call) -> Call:
    """The same request with an empty cache; emptying it is not timed."""

    def emptied() -> Answer:
        cache.clear()
        return call()

    return emptied
