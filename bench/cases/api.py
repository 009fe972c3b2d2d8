"""What programs do: list, read and file by the API."""

from __future__ import annotations

from itertools import count

from bench import floors
from bench.cases.stage import Stage, turns
from bench.client import Answer
from bench.measure import Case
from community.models import Place
from community.models.place import PlaceKind
from petitions.models import Petition

LIST = "/api/v1/petitions/"


def cases(stage: Stage) -> list[Case]:
    """Every operation, for a secretary, and a worker's list; the other lists are measured with the desk's."""
    secretary = stage.signed_in(f"{stage.slug}-secretary")
    worker = stage.signed_in(f"{stage.slug}-worker-1")
    secretary.get("/work/0/triage/")
    numbers = Petition.objects.filter(community=stage.community).order_by("-pk")[:50]
    shown = turns(list(numbers.values_list("number", flat=True)))

    buildings = Place.objects.filter(kind=PlaceKind.BUILDING, path__startswith=stage.community.place.path)
    places, turn = turns(list(buildings[:20].values_list("pk", flat=True))), count()

    def file() -> Answer:
        reporter = {"name": "林阿姨", "phone": f"139{next(turn):08d}", "has_consented": True}
        told = {"text": "热线反映:二单元楼道灯不亮。", "topic": "lamp", "channel": "hotline"}
        where = {"community": stage.slug, "place": next(places)}
        return secretary.post_json(LIST, {**told, **where, "reporter": reporter})

    return [
        Case("API list, one grid", floors.LIST, lambda: worker.get(LIST), 4.5, 6),
        Case("API list, one grid, last", floors.LIST, lambda: worker.get(f"{LIST}?cursor=last"), 4.5, 6),
        Case("API detail", floors.READ, lambda: secretary.get(f"{LIST}{next(shown)}/"), 6, 6),
        Case("API history", floors.READ, lambda: secretary.get(f"{LIST}{next(shown)}/history/"), 6, 6),
        Case("API file", floors.FIVE, file, 5, 15, status=(201,)),
    ]
