"""关爱台账 of the demo: elders and children in their colours, visited or due, most of them with a helper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from django.utils import timezone

from community.duties import Duty
from community.models import Community, Post, Resident
from core.models import User
from grids.actions.registers.assessing import care_assess
from grids.actions.registers.care import care_colour_change, care_open
from grids.actions.registers.care_visits import care_visit_record
from grids.actions.registers.census import census_confirm, census_plan, census_sweep
from grids.actions.registers.files import file_write
from grids.actions.registers.months import months_begin, months_end
from grids.actions.registers.pairing import helper_pair
from grids.actions.registers.referrals import referral_decide, referral_raise
from grids.care_days import month_after, month_of
from grids.demo.people import people_in
from grids.models import CareSubject, ColourScheme, Grid, SchemeColour

DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Life:
    """Somebody in care: colours with their reasons, how many days ago somebody was there, what was seen."""

    colours: tuple[tuple[str, str], ...]
    visits: tuple[int, ...]
    findings: str
    is_paired: bool = True


ELDERS: Final = (
    Life(
        (("blue", "独居，能自理。"), ("yellow", "入冬后腿脚不便，下楼少了。")),
        (28, 13, 5),
        "药够吃，炉子通风好。",
    ),
    Life((("yellow", "独居，视力差。"),), (30, 16, 9), "灯泡换了，米面够吃。"),
    Life((("green", "女儿住隔壁小区。"),), (20,), "女儿每天送饭。", is_paired=False),
)
CHILDREN: Final = (
    Life((("blue", "父母外出务工，跟祖母生活。"),), (65, 33, 4), "作业有人看，想念父母，约好周末视频。"),
    Life(
        (("green", "评估平稳。"), ("yellow", "祖父住院，没人接送。")),
        (62, 40),
        "接送先由邻居帮忙。",
        is_paired=False,
    ),
)


FILE: Final = (
    ("data", "十岁，社区小学四年级，户口在本地。"),
    ("situation", "父母在外务工，跟祖母生活，住房安全。"),
    ("relations", "姑姑住隔壁楼，班主任每周联系一次。"),
    ("needs", "喜欢画画，放学后没人辅导作业。"),
    ("life", "三餐有保障，冬衣由共建单位送来。"),
    ("medical", "身体健康，医保已缴。"),
    ("education", "成绩中等，数学要人帮。"),
)
"""Seven of the eight sections: who the guardian is has still to be written."""


def care_play(community: Community, *, at: datetime) -> None:
    """Three elders and two children in each of the first grids that have a worker."""
    schemes = {one.name: one for one in ColourScheme.objects.filter(community=community, kind="care")}
    helpers = list(
        Resident.objects.present()
        .filter(household__place__path__startswith=community.place.path, user__is_active=True)
        .select_related("user")
        .order_by("-pk")[:12]
    )
    for grid in Grid.objects.active().filter(community=community).order_by("pk")[:3]:
        post = Post.objects.filter(place=grid.pk, duty=Duty.GRID_WORKER, ends_on=None).select_related("user")
        worker = post.first()
        there = people_in(grid).filter(user=None, care=None)
        people = list(there.order_by("-pk")[10 : 10 + len(ELDERS) + len(CHILDREN)])
        if worker is None or len(people) < len(ELDERS) + len(CHILDREN):
            continue
        lives = [
            *((schemes["五色管理台账"], one) for one in ELDERS),
            *((schemes["四色管理"], one) for one in CHILDREN),
        ]
        for person, (scheme, life) in zip(people, lives, strict=True):
            helper = helpers.pop().user if life.is_paired and helpers else None
            _live(person, scheme, life, worker.user, helper, at)
    _last_month(at)
    _round(community, at)
    _file(community, at)
    _assess(community, at)


def _round(community: Community, at: datetime) -> None:
    """A round that is open, with half of the children confirmed."""
    today = timezone.localdate(at)
    census = census_plan(
        community=community,
        year=today.year,
        half=1 if today.month < 7 else 2,
        opens_on=today - 10 * DAY,
        closes_on=today + 15 * DAY,
        actor=None,
        at=at - 20 * DAY,
    )
    census_sweep(at=at - 10 * DAY)
    for entry in list(census.entries.select_related("subject__opened_by").order_by("pk"))[::2]:
        if entry.subject.opened_by is not None:
            census_confirm(entry_id=entry.pk, actor=entry.subject.opened_by, at=at - 5 * DAY)


def _file(community: Community, at: datetime) -> None:
    """One file of a child filled but for a section, one begun; one referral waits long, one is decided."""
    secretary = Post.objects.filter(place=community.place, duty=Duty.SECRETARY).select_related("user").first()
    children = list(
        CareSubject.objects.active()
        .filter(scheme__community=community, scheme__for_children=True)
        .order_by("pk")[:2]
    )
    if secretary is None or len(children) < 2:
        return
    for child, told in zip(children, (FILE, FILE[:2]), strict=True):
        for section, text in told:
            file_write(
                subject_id=child.pk, section=section, text=text, actor=secretary.user, at=at - 30 * DAY
            )
    for child, relief, ago in zip(children, ("低保", "临时救助"), (16, 9), strict=True):
        referral = referral_raise(
            subject_id=child.pk,
            relief=relief,
            grounds="家里主要劳力生病，收入减少。",
            actor=child.opened_by,
            at=at - ago * DAY,
        )
    referral_decide(
        referral_id=referral.pk,
        is_approved=True,
        words="入户核实，符合条件，从下月起发放。",
        actor=secretary.user,
        at=at - 6 * DAY,
    )


def _assess(community: Community, at: datetime) -> None:
    """An elder whose life has changed: another colour, and put forward for relief at once."""
    rows = CareSubject.objects.active().filter(scheme__community=community, scheme__for_children=False)
    elder = rows.filter(colour__colour="green").select_related("opened_by").order_by("pk").first()
    if elder is not None:
        yellow = SchemeColour.objects.get(scheme=elder.scheme_id, colour="yellow")
        care_assess(
            subject_id=elder.pk,
            colour_id=yellow.pk,
            reason="摔伤后住院，女儿请假照看，收入断了。",
            relief="临时救助",
            actor=elder.opened_by,
            at=at - 3 * DAY,
        )


def _live(
    person: Resident, scheme: ColourScheme, life: Life, worker: User, helper: User | None, at: datetime
) -> None:
    colours = {one.colour: one for one in SchemeColour.objects.filter(scheme=scheme)}
    (first, why), *later = life.colours
    subject = care_open(
        resident_id=person.pk, colour_id=colours[first].pk, reason=why, actor=worker, at=at - 70 * DAY
    )
    if helper is not None:
        helper_pair(subject_id=subject.pk, helper_id=helper.pk, actor=None, at=at - 68 * DAY)
    for ago in life.visits:
        then = at - ago * DAY
        care_visit_record(
            subject_id=subject.pk,
            key=uuid5(NAMESPACE_URL, f"care-{subject.pk}-{ago}"),
            visited_on=timezone.localdate(then),
            findings=life.findings,
            actor=worker,
            at=then,
        )
    for number, (colour, reason) in enumerate(later):
        care_colour_change(
            subject_id=subject.pk,
            colour_id=colours[colour].pk,
            reason=reason,
            actor=worker,
            at=at - (4 - number) * DAY,
        )


def _last_month(at: datetime) -> None:
    """The month before was listed, and what nobody visited in it was missed."""
    this = month_of(timezone.localdate(at))
    before = month_of(this - DAY)
    if CareSubject.objects.exists():
        months_begin(before, at - (timezone.localdate(at) - before))
        months_end(month_after(before), at - (timezone.localdate(at) - this))
