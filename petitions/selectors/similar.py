"""Open matters near by that may be the same: as one about to be filed, or as one at the desk."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import zip_longest
from operator import add
from typing import Any, Final, NamedTuple

from django.db.models import QuerySet

from community.models import Community, Place
from community.models.place import PlaceKind
from community.workflow import Channel, Topic
from core.prepared import BELOW, Prepared, PreparedModel, below_of, path_of
from petitions.models import Petition
from petitions.querysets import PetitionQuerySet

LOOKED_AT: Final = 200
SHOWN: Final = 3
SHOWN_AT_DESK: Final = 8
SNAPS_WITHIN: Final = timedelta(days=14)
LIKE_ENOUGH: Final = 0.35
SAME_TOPIC: Final = 0.25
SAME_BUILDING: Final = 0.15


class Known(NamedTuple):
    """As much of an open matter as the comparison needs."""

    pk: int
    text: str
    topic: str
    place_path: str


def similar_matters(*, community: Community, place: Place, text: str, topic: str) -> list[Petition]:
    """The open public matters of the same estate that are most like these words.

    Never a private one or one marked as spam. Words count by pairs of characters (Dice), the same topic
    and the same building on top. One statement, and a second one only when something is alike.
    """
    if place.pk == community.pk:
        latest = _OF_ALL.rows(community=community.pk, place=place.pk)
    else:
        latest = _OF_ESTATE.rows(community=community.pk, below=below_of(_estate_path(community, place)))
    likely = _likely(latest, place, text, topic, SHOWN)
    if not likely:
        return []
    keys = {f"pk_{number}": pk for number, pk in zip_longest(range(SHOWN), likely, fillvalue=0)}
    found = {one.pk: one for one in _CARDS.all(**keys)}
    return [found[pk] for pk in likely]


def snaps_here(*, community: Community, place: Place, at: datetime) -> list[Petition]:
    """Open public 随手拍 of the last weeks at the same building or spot, whatever their words (P-39)."""
    rows = Petition.objects.on_problem_wall().filter(community=community)
    return list(_at_one_spot(rows, place, at).with_card().order_by("-filed_at", "-pk")[:SHOWN])


def _at_one_spot(rows: PetitionQuerySet, place: Place, at: datetime) -> PetitionQuerySet:
    """A matter has no position, so no metres: the smallest place that people choose stands for them."""
    return rows.filter(place=place, channel=Channel.SNAP_REPORT, filed_at__gte=at - SNAPS_WITHIN)


def similar_at_desk(petition: Petition, rows: PetitionQuerySet) -> list[Petition]:
    """Those of these matters that are most like this one, of the same estate: two statements.

    Of a 随手拍 first those that were taken at the same place; one statement more.
    """
    near = rows.filter(community=petition.community_id, **_nearby(petition.community, petition.place))
    near = near.genuine().exclude(pk=petition.pk)
    likely = _likely(_latest(near), petition.place, petition.text, petition.topic, SHOWN_AT_DESK)
    if petition.channel == Channel.SNAP_REPORT:
        here = _at_one_spot(near, petition.place, petition.filed_at)
        first = list(here.order_by("-filed_at", "-pk").values_list("pk", flat=True)[:SHOWN_AT_DESK])
        likely = [*dict.fromkeys([*first, *likely])][:SHOWN_AT_DESK]
    found = rows.select_related("place__parent", "community__profile").in_bulk(likely)
    return [found[pk] for pk in likely]


def _latest(rows: PetitionQuerySet) -> QuerySet[Petition, Any]:
    """As much of the latest matters as the comparison needs."""
    return rows.order_by("-filed_at", "-pk").values_list("pk", "text", "topic", "place_path")[:LOOKED_AT]


_OF_ALL: Final = Prepared(
    lambda community, place: _latest(
        Petition.objects.on_problem_wall().filter(community=community, place_id=place)
    ),
    community=-1,
    place=-2,
)
"""The latest open public matters about a community as a whole."""
_OF_ESTATE: Final = Prepared(
    lambda community, below: _latest(
        Petition.objects.on_problem_wall().filter(community=community, place_path__startswith=path_of(below))
    ),
    community=-1,
    below=BELOW,
)
"""The same below the path of an estate."""
_CARDS: Final = PreparedModel(
    lambda **keys: Petition.objects.with_card().filter(pk__in=list(keys.values())),
    **{f"pk_{number}": -1 - number for number in range(SHOWN)},
)


def _likely(latest: Iterable[tuple[Any, ...]], place: Place, text: str, topic: str, number: int) -> list[int]:
    """The keys of the matters most like these words, the likest first."""
    pairs = _pairs(text)
    scored = [(_score(Known(*row), place, pairs, topic), row[0]) for row in latest]
    return [pk for score, pk in sorted(scored, reverse=True)[:number] if score >= LIKE_ENOUGH]


def _nearby(community: Community, place: Place) -> dict[str, object]:
    """The filter for the same estate; for a matter of the community as a whole, only such."""
    if place.pk == community.pk:
        return {"place_id": place.pk}
    return {"place_path__startswith": _estate_path(community, place)}


def _estate_path(community: Community, place: Place) -> str:
    """The path of the estate of a place, or of what else lies directly below the community."""
    parts = place.path.split("/")
    return "/".join(parts[: parts.index(str(community.pk)) + 2]) + "/"


def _score(matter: Known, place: Place, pairs: frozenset[str], topic: str) -> float:
    others = _pairs(matter.text)
    score = 2 * len(pairs & others) / max(1, len(pairs) + len(others))
    if topic != Topic.OTHER and matter.topic == topic:
        score += SAME_TOPIC
    if place.kind != PlaceKind.ESTATE and matter.place_path.startswith(place.path):
        score += SAME_BUILDING
    return score


def _pairs(text: str) -> frozenset[str]:
    letters = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).lower()))
    return frozenset(map(add, letters, letters[1:]))
