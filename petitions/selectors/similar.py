"""Open matters near by that may be the same: as one about to be filed, or as one at the desk."""

from __future__ import annotations

import itertools
import unicodedata
from typing import Final, NamedTuple

from community.models import Community, Place
from community.models.place import PlaceKind
from community.workflow import Topic
from petitions.models import Petition
from petitions.querysets import PetitionQuerySet

LOOKED_AT: Final = 200
SHOWN: Final = 3
SHOWN_AT_DESK: Final = 8
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
    near = Petition.objects.on_problem_wall().filter(community=community).filter(**_nearby(community, place))
    likely = _likely(near, place, text, topic, SHOWN)
    if not likely:
        return []
    found = Petition.objects.with_card().in_bulk(likely)
    return [found[pk] for pk in likely]


def similar_at_desk(petition: Petition, rows: PetitionQuerySet) -> list[Petition]:
    """Those of these matters that are most like this one, of the same estate: two statements."""
    near = rows.filter(community=petition.community_id, **_nearby(petition.community, petition.place))
    near = near.genuine().exclude(pk=petition.pk)
    likely = _likely(near, petition.place, petition.text, petition.topic, SHOWN_AT_DESK)
    found = rows.select_related("place__parent", "community__profile").in_bulk(likely)
    return [found[pk] for pk in likely]


def _likely(rows: PetitionQuerySet, place: Place, text: str, topic: str, number: int) -> list[int]:
    """The keys of the matters most like these words, the likest first; one statement."""
    latest = rows.order_by("-filed_at", "-pk").values_list("pk", "text", "topic", "place_path")[:LOOKED_AT]
    pairs = _pairs(text)
    scored = [(_score(Known(*row), place, pairs, topic), row[0]) for row in latest]
    return [pk for score, pk in sorted(scored, reverse=True)[:number] if score >= LIKE_ENOUGH]


def _nearby(community: Community, place: Place) -> dict[str, object]:
    """The filter for the same estate; for a matter of the community as a whole, only such."""
    if place.pk == community.pk:
        return {"place_id": place.pk}
    parts = place.path.split("/")
    return {"place_path__startswith": "/".join(parts[: parts.index(str(community.pk)) + 2]) + "/"}


def _score(matter: Known, place: Place, pairs: frozenset[str], topic: str) -> float:
    others = _pairs(matter.text)
    score = 2 * len(pairs & others) / max(1, len(pairs) + len(others))
    if topic != Topic.OTHER and matter.topic == topic:
        score += SAME_TOPIC
    if place.kind != PlaceKind.ESTATE and matter.place_path.startswith(place.path):
        score += SAME_BUILDING
    return score


def _pairs(text: str) -> frozenset[str]:
    letters = [letter for letter in unicodedata.normalize("NFKC", text).lower() if letter.isalnum()]
    return frozenset(a + b for a, b in itertools.pairwise(letters))
