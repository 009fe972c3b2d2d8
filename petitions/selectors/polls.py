"""What is read of polls: the public list, one poll's page, and its result without names."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from community.models import Community
from core.display import moment
from core.errors import NotFoundError
from core.models import User
from core.paging import Page, keyset
from core.prepared import PreparedModel
from core.registries import Tile
from petitions.models import Poll, PollTally
from petitions.selectors.electors import voice_of
from petitions.selectors.places import public_place
from petitions.selectors.tally import Outcome, outcome_of

PAGE_SIZE: Final = 20
OPEN_SHOWN: Final = 20


_OPEN: Final = PreparedModel(
    lambda community: (
        Poll.objects.open().filter(community=community).order_by("closes_at", "pk")[:OPEN_SHOWN]
    ),
    community=-1,
)


def polls_open(community: Community) -> list[Poll]:
    """What is being voted on, what ends first on top; one statement."""
    return _OPEN.all(community=community.pk)


def polls_past(community: Community, cursor: str | None) -> Page[Poll]:
    """What was voted on, the latest first; one statement."""
    rows = Poll.objects.public().filter(community=community, state__in=["closed", "cancelled"])
    return keyset(rows, order=["-closes_at", "-pk"], cursor=cursor, size=PAGE_SIZE)


def scope_words(poll: Poll) -> str:
    """Who is asked: 翠微小区、一号小区 3号楼, or the whole community."""
    places = poll.places.select_related("parent__parent").order_by("path")
    return _("、").join(public_place(place) for place in places) or poll.community.name


def result_of(poll: Poll) -> Outcome | None:
    """The outcome of a closed poll; None before, for everybody."""
    if not poll.is_closed:
        return None
    votes = list(PollTally.objects.filter(poll=poll).values_list("votes", flat=True))
    return outcome_of(poll, votes)


def poll_context(poll: Poll, user: User | None, at: datetime) -> dict[str, Any]:
    """One poll as anybody may read it, and what this visitor's household may still do."""
    petition = poll.petition
    return {
        "poll": poll,
        "asked": scope_words(poll),
        "result": result_of(poll),
        "voice": voice_of(poll, user) if user is not None and poll.is_open else None,
        "takes_votes": poll.takes_votes(at),
        "matter": petition if petition is not None and petition.is_shown_to_strangers else None,
    }


def poll_at_desk(user: User, pk: int, *, at: datetime) -> Poll:
    """A poll of a community in which this person runs polls.

    Raises:
        NotFoundError: there is none.
    """
    known = Poll.objects.run_by(user, at=at).select_related("community__place", "petition", "created_by")
    found = known.filter(pk=pk).first()
    if found is None:
        raise NotFoundError(_("没有找到这次表决。"))
    return found


def tile_open(request: HttpRequest) -> Tile | None:
    """What is being voted on, on the home of a community; one statement."""
    community: Community | None = getattr(request, "community", None)
    found = polls_open(community) if community is not None else []
    if community is None or not found:
        return None
    return Tile(
        title=_("住户表决"),
        text=_("%(question)s，%(until)s截止")
        % {"question": found[0].question, "until": moment(found[0].closes_at)},
        url=reverse("petitions:polls", args=[community.slug]),
        count=len(found),
        icon="vote",
    )
