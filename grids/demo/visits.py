"""入户走访 of the demo: doors that are visited again and again, what was found, who wants nobody."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image, ImageDraw

from community.duties import Duty
from community.models import Community, Household, Post, Resident
from community.models.people import Standing
from core.language import in_house
from core.models import User
from core.uploads import image_store
from core.workdays import ZONE
from grids import actions
from grids.actions.entries import Brought, entry_bring
from grids.actions.gifts import Gifts
from grids.actions.leads import lead_end
from grids.actions.visits import Told
from grids.models import (
    GiftPack,
    Grid,
    LeadResult,
    Outcome,
    PartnerLead,
    StandingVisit,
    Trigger,
    Visit,
    VisitPurpose,
)
from grids.selectors.homes_page import doors_in

DAY: Final = timedelta(days=1)
STANDING: Final = (
    (7, "独居老人", 8, "看望健康状况", "血压平稳，要人隔周陪去医院取药。"),
    (14, "腿脚不便", 10, "日常走访", "米面够吃，楼道扶手松了一颗螺丝，已拧紧。"),
    (30, "刚出院", 31, "看望健康状况", "恢复得不错，女儿每天来。"),
    (30, "低保户", 3, "困难摸底", "药费比上季度少了，低保按月到账。"),
)
"""Every how many days, why, how many days ago somebody was there, what for, what was noted."""
LANE: Final = ("独居老人", "腿脚不便")
"""For whom the worker looks in whenever they pass."""
FOUND: Final = (
    (5, "经济普查", Outcome.RESOURCE, "楼下裁缝店愿意每月给老人免费改两次衣服。", False),
    (2, "困难摸底", Outcome.NEED, "想申请残疾人证，不知道先去哪里。", False),
    (9, "安全提醒", Outcome.HAZARD, "厨房燃气软管老化，有裂纹。", True),
)
"""How many days ago, what for, what was found, whether somebody has followed it up."""
UNWELCOME: Final = "上夜班，白天要睡觉，有事打电话。"


def visits_play(community: Community, *, at: datetime) -> None:
    """The last month of each grid that has a worker and people behind its doors."""
    purposes = {one.name: one for one in VisitPurpose.objects.filter(community=community)}
    _festivals(community, at)
    grids = Grid.objects.active().filter(community=community).order_by("pk")
    for grid in grids:
        post = Post.objects.filter(place=grid.pk, duty=Duty.GRID_WORKER, ends_on=None).select_related("user")
        doors = [door for door in doors_in(grid) if door.residents.filter(standing="present").exists()]
        worker = post.first()
        if worker is not None and len(doors) > len(STANDING) + len(FOUND):
            _play(worker.user, doors, purposes, at)
    _lead(community, at)


def _lead(community: Community, at: datetime) -> None:
    """The first of the offers of help has been answered."""
    leads = PartnerLead.objects.filter(place__path__startswith=community.place.path, assignee__isnull=False)
    lead = leads.select_related("assignee").order_by("pk").first()
    if lead is not None and lead.assignee is not None:
        lead_end(
            lead_id=lead.pk,
            result=LeadResult.JOINED,
            words="已签共建约定，每月第一个周六上午在活动室改衣服。",
            actor=lead.assignee,
            at=at - 2 * DAY,
        )


def _festivals(community: Community, at: datetime) -> None:
    """Four festivals that a community visits before, the one that comes next listed soon."""
    for festival, days in (("spring", 20), ("mid_autumn", 10), ("double_ninth", 7), ("solstice", 30)):
        actions.festival_rule_set(
            community=community, festival=festival, days_before=days, actor=None, at=at - 60 * DAY
        )


def gifts_play(community: Community, *, at: datetime) -> None:
    """Packs for those who are visited often: the first is brought, the rest to come."""
    day = timezone.localdate(at)
    if not StandingVisit.objects.filter(household__place__path__startswith=community.place.path).exists():
        return
    campaign = actions.gift_campaign_create(
        community=community,
        gifts=Gifts("暖冬礼包", "棉被一床、米面油一份", day - 3 * DAY, day + 5 * DAY, needs_photo=True),
        actor=None,
        at=at - 3 * DAY,
    )
    pack = campaign.packs.order_by("pk").first()
    visit = pack.household.visits.order_by("pk").first() if pack else None
    if pack is not None and visit is not None:
        photo = image_store(file=_packed(), by=visit.worker, at=at - DAY)
        actions.gift_deliver(pack_id=pack.pk, signed_by="本人", photo=photo, actor=visit.worker, at=at - DAY)
        theirs = campaign.packs.filter(household__visits__worker=visit.worker).exclude(pk=pack.pk)
        for other in theirs.order_by("pk").distinct()[:1]:
            _bring(other, visit.worker, at - DAY)


@in_house
def _bring(pack: GiftPack, worker: User, at: datetime) -> None:
    """Handed over where there was no signal, sent two hours later."""
    brought = Brought(
        id=uuid5(NAMESPACE_URL, f"gift-{pack.pk}"),
        kind="grids.gift",
        title=pack.household.long_name,
        fields={"pack": [str(pack.pk)], "signed_by": ["老伴"]},
        files={"photos": [_packed()]},
        captured_at=at - timedelta(hours=2),
        sent_at=at,
    )
    entry_bring(brought=brought, actor=worker, at=at)


def _packed() -> ContentFile[bytes]:
    """A drawn pack in front of a door."""
    picture, drawn = Image.new("RGB", (640, 480), "#e8e2d8"), io.BytesIO()
    pen = ImageDraw.Draw(picture)
    pen.rectangle((230, 60, 410, 400), fill="#7a8b99")
    pen.rectangle((260, 300, 380, 400), fill="#b3423a")
    pen.line((320, 300, 320, 400), fill="#f0d9a8", width=8)
    picture.save(drawn, "JPEG")
    return ContentFile(drawn.getvalue(), name="pack.jpg")


def _play(worker: User, doors: list[Household], purposes: dict[str, VisitPurpose], at: datetime) -> None:
    for (every, why, ago, purpose, note), door in zip(STANDING, doors, strict=False):
        actions.standing_set(
            household_id=door.pk,
            every_days=every,
            reason=why,
            trigger=Trigger.LANE if why in LANE else Trigger.DAYS,
            actor=worker,
            at=at - 40 * DAY,
        )
        _visit(door, worker, Told(purposes[purpose], at - ago * DAY, note=note))
    for (ago, purpose, outcome, words, is_done), door in zip(FOUND, doors[len(STANDING) :], strict=False):
        told = Told(purposes[purpose], at - ago * DAY, outcome=outcome, finding=words)
        made = _visit(door, worker, told)
        if is_done and made.assignee is not None:
            actions.visit_follow_up(
                visit_id=made.pk,
                words="燃气公司当天上门换了软管。",
                actor=made.assignee,
                at=at - (ago - 1) * DAY,
            )
    last = Resident.objects.filter(household=doors[-1], standing=Standing.PRESENT).first()
    if last is not None:
        actions.wish_note(
            resident_id=last.pk, wishes_none=True, words=UNWELCOME, actor=worker, at=at - 6 * DAY
        )


def _visit(door: Household, worker: User, told: Told) -> Visit:
    told = replace(told, happened_at=told.happened_at.astimezone(ZONE).replace(hour=10, minute=20))
    key = uuid5(NAMESPACE_URL, f"visit-{door.pk}-{told.happened_at:%Y%m%d}")
    return actions.visit_record(household_id=door.pk, told=told, key=key, actor=worker, at=told.happened_at)
