"""Search by words, number, phone and place: common, rare and absent, in a community and over the county."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from bench import floors
from bench.cases.desk import DESK
from bench.cases.stage import Stage
from bench.client import Client
from bench.measure import Case
from petitions.models import Petition, PetitionReporter

SEARCH = {"milliseconds": 50.0, "statements": 6}
RARE = "蓝花楹树下"
WORDS = {
    "in every matter": "社区",
    "common": "楼道",
    "common, two words": "电梯 物业",
    "rare": RARE,
    "absent": "游泳池水温",
    "both common, never together": "电梯 漏水",
    "a place": "1号楼",
    "a place and a word": "3号楼 漏水",
}


def cases(stage: Stage) -> list[Case]:
    """The desk's one box, the walls', and the grid worker's."""
    _sow(stage)
    county = stage.signed_in("county-supervisor")
    secretary = stage.signed_in(f"{stage.slug}-secretary")
    return [
        *_desk("search, community", secretary, stage),
        *_desk("search, county", county, stage),
        *_walls(stage),
    ]


def _desk(name: str, client: Client, stage: Stage) -> Iterator[Case]:
    first = Petition.objects.filter(community=stage.community).order_by("pk")[0]
    phone = (
        PetitionReporter.objects.filter(petition__community=stage.community, phone__gt="")
        .order_by("pk")[0]
        .phone
    )
    typed = {**WORDS, "whole number": first.number, "number's tail": first.number[9:], "phone": phone}
    asked = [*typed.items(), ("common, among what is open", "楼道&queue=open")]
    asked += [("common, among spam", "楼道&queue=spam"), ("common, one colour", "楼道&severity=red")]
    asked += [("common, where none is", "楼道&queue=neglected"), ("common, own", "楼道&queue=all&holder=me")]
    for label, words in asked:
        word, _, rest = words.partition("&")
        path = f"{DESK}?q={quote(word)}{'&' + rest if rest else ''}"
        yield Case(f"{name}, {label}", floors.LIST, lambda path=path: client.get(path), group=name, **SEARCH)


def _walls(stage: Stage) -> Iterator[Case]:
    visitor = stage.stranger()
    for wall in ("wall", "problems"):
        for label in ("common", "rare", "absent"):
            path = f"/{stage.slug}/{wall}/?q={quote(WORDS[label])}"
            yield Case(f"search, {wall}, {label}", floors.READ, lambda path=path: visitor.get(path), **SEARCH)


def _sow(stage: Stage) -> None:
    """A word that five matters of every age hold."""
    rows = Petition.objects.filter(community=stage.community).order_by("pk")
    keys = list(rows.values_list("pk", flat=True))
    Petition.objects.filter(pk__in=keys[:: max(1, len(keys) // 5)][:5]).update(spot=RARE)
