"""What staff are asked at intervals: figures grown old (C-01), estates that nobody speaks for (C-03)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from community.duties import Duty
from community.models import Community, CommunityFact, Place, Post
from community.models.place import PlaceKind
from core import outbox, reminders
from core.display import absolute, names_of
from core.language import gettext as _
from core.outbox import Message

YEAR: Final = 365
KEEPERS: Final = (Duty.CLERK, Duty.SECRETARY)


@transaction.atomic
def facts_sweep(*, at: datetime) -> int:
    """Ask for a figure of the profile once for every year that its day lies back; how many were asked for."""
    today = timezone.localdate(at)
    later = CommunityFact.objects.filter(
        community_id=OuterRef("community_id"), code=OuterRef("code"), as_of__gt=OuterRef("as_of")
    )
    facts = CommunityFact.objects.filter(~Exists(later), beside="", community__is_active=True).order_by("pk")
    old = {fact.pk: fact for fact in facts.select_related("community") if _years(fact, today)}
    by_years: dict[int, list[int]] = defaultdict(list)
    for fact in old.values():
        by_years[_years(fact, today)].append(fact.pk)
    claimed = [
        old[pk]
        for years, ids in by_years.items()
        for pk in sorted(reminders.claim("community.fact", str(years), ids, at))
    ]
    by_community: dict[Community, list[CommunityFact]] = defaultdict(list)
    for fact in claimed:
        by_community[fact.community].append(fact)
    keepers = keepers_of(by_community, at)
    for community, found in by_community.items():
        labels = names_of(fact.label for fact in found)
        ask(
            "community.fact",
            [fact.pk for fact in found],
            keepers.get(community.pk, ()),
            title=_("公布的数字待核对"),
            body=_("%(community)s公布的数字已满一年：%(labels)s。请核对，有变化就登记新的数字和截至日期。")
            % {"community": community.name, "labels": labels},
            path=reverse("admin:community_communityfact_changelist"),
            at=at,
        )
    return len(claimed)


@transaction.atomic
def estates_sweep(*, at: datetime) -> int:
    """Name the estates with neither property company nor building head, each once a month; how many."""
    today = timezone.localdate(at)
    lonely = {estate.pk: estate for estate in _without_contact(today)}
    claimed = reminders.claim("community.estate", f"{today:%Y-%m}", sorted(lonely), at)
    communities = Community.objects.active().in_bulk(
        {pk for estate in claimed for pk in lonely[estate].ancestor_ids}
    )
    by_community: dict[Community, list[Place]] = defaultdict(list)
    for pk in sorted(claimed):
        for above in lonely[pk].ancestor_ids:
            if above in communities:
                by_community[communities[above]].append(lonely[pk])
    keepers = keepers_of(by_community, at)
    for community, estates in by_community.items():
        ask(
            "community.estate",
            [estate.pk for estate in estates],
            keepers.get(community.pk, ()),
            title=_("小区没有联系人"),
            body=_("%s 没有物业，也没有楼长。请确定一位楼长，登记后名录上就不再这样标。")
            % names_of(estate.name for estate in estates),
            path=reverse("community:estates", args=[community.slug]),
            at=at,
        )
    return len(claimed)


def keepers_of(
    communities: Iterable[Community], at: datetime, duties: Sequence[Duty] = KEEPERS
) -> Mapping[int, Sequence[int]]:
    """Who keeps what a community says of itself: the first of these duties that is held; one statement."""
    posts = Post.objects.held_on(timezone.localdate(at)).filter(user__is_active=True)
    own = posts.filter(duty__in=duties, place_id__in=[community.pk for community in communities])
    found: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for place_id, duty, user_id in own.order_by("pk").values_list("place_id", "duty", "user_id"):
        found[place_id][duty].append(user_id)
    return {place: next(held[duty] for duty in duties if held[duty]) for place, held in found.items()}


def _years(fact: CommunityFact, today: date) -> int:
    """For how many whole years nobody has given a newer figure."""
    return (today - fact.as_of).days // YEAR


def _without_contact(today: date) -> list[Place]:
    estates = Place.objects.active().filter(kind=PlaceKind.ESTATE, estate__property_company=None)
    heads = Post.objects.held_on(today).filter(duty=Duty.BUILDING_HEAD, user__is_active=True)
    spoken_for = {
        pk for post in heads.select_related("place") for pk in (*post.place.ancestor_ids, post.place_id)
    }
    return [estate for estate in estates.order_by("pk") if estate.pk not in spoken_for]


def ask(
    kind: str, about: Sequence[int], people: Sequence[int], *, title: str, body: str, path: str, at: datetime
) -> None:
    """One message about these to each of these people."""
    message = Message(
        kind=kind,
        dedupe_key=f"{kind}.{timezone.localdate(at):%Y-%m-%d}.{about[0]}",
        title=title,
        body=body,
        at=at,
        url=absolute(path),
    )
    outbox.send(message.to_each(people))
