"""What goes on beside and after the stages in the demo: 督办, 长效机制, a later topic, a new service."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from community.workflow import Stage
from core.models import User
from petitions.actions import following_on, preventing, serving, supervising
from petitions.demo.stage import Story, World
from petitions.demo.town import Town
from petitions.models import Petition

HOUR = timedelta(hours=1)


def watched(world: World) -> Story:
    """In 叠翠, in the hours before now: two by the subdistrict, one that is over already."""
    yield world.now - 3 * HOUR
    town = world.towns["diecui"]
    mine = Petition.objects.filter(community=town.community, supervisor=None)
    being_done = mine.filter(stage=Stage.IN_PROGRESS, claimed_at__lt=world.now - 3 * HOUR).order_by("pk")
    for number, petition in enumerate(being_done[:3]):
        _looked_after(petition, town.supervisor, world, is_tracked=number == 0)
        if number == 2:
            supervising.petition_unsupervise(
                petition_id=petition.pk,
                actor=town.supervisor,
                finding="材料已进场，按期能完成，不再督办。",
                at=world.now - HOUR / 4,
            )
    _led_on(town, world)


def _led_on(town: Town, world: World) -> None:
    """From closed matters: a topic that follows, a service that opened today; and a measure that lasts."""
    at, mine = world.now - HOUR, Petition.objects.filter(community=town.community).order_by("pk")
    closed = mine.filter(stage=Stage.ARCHIVED, is_private=False, anonymised_at=None, spam_marked_at=None)
    meals = mine.filter(topic="elder_support", is_private=False, fed_back_at__isnull=False).last()
    over = closed.exclude(topic__in=["parking", "elder_support"]).last()
    if over is not None:
        following_on.petition_follow_on(
            petition_id=over.pk,
            actor=town.desk,
            text="这件办好了，大家接着说：夜里回来车没处停，能不能把车位重新划一划？",
            topic="parking",
            at=at,
        )
    if (wish := meals or closed.first()) is not None:
        service = serving.NewService(
            title="叠翠长者食堂",
            kind="meals",
            introduction="六十岁以上老人中午有热饭吃，行动不便的送到家。",
            opened_on=timezone.localdate(at),
        )
        serving.petition_lead_to_service(petition_id=wish.pk, actor=town.secretary, service=service, at=at)
    answered = mine.filter(stage__in=[Stage.FED_BACK, Stage.PUBLISHED], is_private=False).last()
    if answered is not None:
        measure = preventing.Measure("选一位楼长，每季度查看一次，坏了当天报修。", town.secretary, 3)
        preventing.prevention_record(petition_id=answered.pk, actor=town.secretary, measure=measure, at=at)


def _looked_after(petition: Petition, by: User, world: World, *, is_tracked: bool) -> None:
    at = world.now - 2 * HOUR
    supervising.petition_supervise(
        petition_id=petition.pk, actor=by, supervisor=by, is_tracked=is_tracked, seen=None, at=at
    )
    supervising.petition_check(
        petition_id=petition.pk,
        actor=by,
        finding="到现场看过，材料已到，等着施工。",
        urge=False,
        at=at + HOUR / 4,
    )
    if is_tracked:
        supervising.petition_check(petition_id=petition.pk, actor=by, finding="", urge=True, at=at + HOUR)
