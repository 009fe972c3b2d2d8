"""What people in post do: today, one matter, triage, claim, and a clash."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

from bench import floors
from bench.cases.phone import brought
from bench.cases.stage import Stage, put_back, turns
from bench.client import Answer, Client
from bench.measure import Case
from community.models import Place
from community.models.place import PlaceKind
from community.workflow import Route
from community.workflow import Stage as At
from petitions.models import Petition

TRIAGE = {
    "route": Route.SELF_HELP,
    "scale": "1",
    "difficulty": "1",
    "social_impact": "1",
    "topic": "lamp",
    "public_title": "楼道灯不亮",
}


def cases(stage: Stage) -> list[Case]:
    """Pages and steps of workers and the desk."""
    worker, secretary = stage.signed_in(f"{stage.slug}-worker-1"), stage.signed_in(f"{stage.slug}-secretary")
    mine = turns(put_back(stage, 3, At.IN_PROGRESS))
    archived = Petition.objects.filter(community=stage.community, stage=At.ARCHIVED).order_by("-pk")
    closed = turns(list(archived.values_list("number", flat=True)[1000:1100]))
    return [
        Case("today", floors.READ, lambda: worker.get("/today/"), 10),
        Case("detail, being handled", floors.READ, lambda: secretary.get(f"/work/{next(mine)}/"), 6, 6),
        Case("detail, archived", floors.READ, lambda: secretary.get(f"/work/{next(closed)}/"), 6, 6),
        *_steps(stage, secretary),
        *_entries(stage, secretary),
    ]


def _entries(stage: Stage, entering: Client) -> list[Case]:
    """What a phone brings that was entered without signal, one entry a request."""
    entering.get("/work/0/triage/")
    numbers = turns(put_back(stage, 5, At.IN_PROGRESS, f"{stage.slug}-secretary"))
    place = Place.objects.filter(path__startswith=stage.community.place.path, kind=PlaceKind.BUILDING)[0]

    def step() -> Answer:
        return brought(entering, "petitions.step", number=next(numbers), step="progress", note="已联系维修。")

    def matter() -> Answer:
        where = {"community": stage.slug, "place": str(place.pk)}
        return brought(
            entering, "petitions.filing", text="楼道灯不亮。", channel="patrol", received_at="", **where
        )

    return [
        Case("sync, a step", floors.FIVE, step, 5, 15, status=(201,)),
        Case("sync, a matter", floors.FIVE, matter, 5, 20, status=(201,)),
    ]


def _steps(stage: Stage, secretary: Client) -> list[Case]:
    secretary.get("/work/0/triage/")
    fresh, triaged = iter(put_back(stage, 0, At.RECEIVED)), iter(put_back(stage, 1, At.TRIAGED))
    me, other = f"{stage.slug}-secretary", f"{stage.slug}-clerk"
    resolvable = iter(put_back(stage, 2, At.IN_PROGRESS, me))
    mine, claimed = (turns(put_back(stage, 3 + n, At.IN_PROGRESS, who)) for n, who in enumerate((me, other)))

    def step(numbers: Iterator[str], name: str, **fields: str) -> Callable[[], Answer]:
        def send() -> Answer:
            secretary.cookies.pop("messages", None)  # the page that a browser goes to next has shown them
            return secretary.post_form(f"/work/{next(numbers)}/{name}/", fields)

        return send

    done, notes = {"status": (302,)}, count()

    def progress() -> Answer:
        return step(mine, "progress", note=f"已联系维修,第 {next(notes)} 次。")()

    return [
        Case("triage", floors.FIVE, step(fresh, "triage", **TRIAGE), 5, 12, **done),
        Case("claim", floors.FIVE, step(triaged, "claim"), 5, 12, **done),
        Case("a claim that clashes", floors.FIVE, step(claimed, "claim"), 5, 12, status=(409,)),
        Case("progress", floors.FIVE, progress, 5, 12, **done),
        Case("resolve", floors.FIVE, step(resolvable, "resolve", outcome="已更换灯泡。"), 5, 12, **done),
    ]
