"""信息册 of the demo: who has died, moved away, rents, or needs looking after; one mark taken back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from community.duties import Duty
from community.models import Community, Post, Resident
from community.models.people import Standing
from core.models import User
from grids.actions.festivals import festival_rule_set
from grids.actions.registers.schemes import Meaning, SchemeDraft, scheme_save
from grids.actions.registers.tagging import tag_end, tag_set
from grids.demo.people import people_in
from grids.models import ColourScheme, Effect, Grid, SchemeColour, SchemeKind
from grids.selectors.registers.people import marks_of

DAY: Final = timedelta(days=1)
FIVE: Final = {
    "red": Meaning("独居、卧病，无人照料", 3),
    "yellow": Meaning("独居，行动不便", 7),
    "blue": Meaning("独居，身体尚可", 14),
    "green": Meaning("有亲属就近照看", 30),
    "white": Meaning("住进机构或亲属家", 90),
}
FOUR: Final = {
    "red": Meaning("高风险", 7),
    "yellow": Meaning("中风险", 15),
    "blue": Meaning("低风险", 30),
    "green": Meaning("平稳", 60),
}
"""What the colours mean here; the articles leave both open, so that each community says it by itself."""
SPECIAL: Final = (("独居老人，腿脚不便。", 12), ("残疾人，持二级证。", 25), ("重病后在家休养。", 32))
"""Why somebody is to be looked after, and how many days ago that was noted: one visit is two days late."""
RENTERS: Final = 6
MARK_DAYS: Final = 30
"""How often somebody goes to see those marked as 特殊人群."""


def schemes_play(community: Community, *, at: datetime) -> None:
    """Two schemes for care, as the community has defined them."""
    five = SchemeDraft("五色管理台账", FIVE)
    four = SchemeDraft("四色管理", FOUR, for_children=True, is_monthly=True)
    for draft in (five, four):
        scheme_save(community=community, draft=draft, actor=None, at=at)
    marks = ColourScheme.objects.get(community=community, kind=SchemeKind.REGISTER)
    meanings = {
        one.colour: Meaning(one.word, MARK_DAYS if one.effect == Effect.NONE else None)
        for one in marks.colours.all()
    }
    draft = SchemeDraft(marks.name, meanings)
    scheme_save(community=community, draft=draft, scheme_id=marks.pk, actor=None, at=at)


def register_play(community: Community, *, at: datetime) -> None:
    """The marks of each grid that has a worker; who left before is marked everywhere."""
    known = {mark.effect: mark for mark in marks_of(community.pk)}
    within = Resident.objects.filter(household__place__path__startswith=community.place.path)
    for resident in within.filter(standing=Standing.MOVED_OUT).order_by("pk"):
        _mark(resident, known[Effect.MOVED_OUT], None, at - 90 * DAY, "已搬到市里。")
    festival_rule_set(
        community=community,
        festival="new_year",
        days_before=20,
        colours=[known[Effect.NONE]],
        actor=None,
        at=at - 60 * DAY,
    )
    for grid in Grid.objects.active().filter(community=community).order_by("pk"):
        post = Post.objects.filter(place=grid.pk, duty=Duty.GRID_WORKER, ends_on=None).select_related("user")
        worker = post.first()
        if worker is not None:
            _grid(grid, worker.user, known, at)


def _grid(grid: Grid, worker: User, known: dict[str, SchemeColour], at: datetime) -> None:
    there = people_in(grid).filter(user=None)
    renting = there.filter(is_tenant=True).order_by("pk")[:RENTERS]
    today = timezone.localdate(at)
    for number, tenant in enumerate(renting):
        ends = today + (30 * number - 5) * DAY  # the first lease has ended, the next ends within a month
        _mark(tenant, known[Effect.TENANT], worker, at - (200 - number) * DAY, "", recheck_on=ends)
    people = list(there.filter(is_tenant=False).order_by("-pk")[: len(SPECIAL) + 2])
    if len(people) < len(SPECIAL) + 2:
        return
    for person, (note, ago) in zip(people, SPECIAL, strict=False):
        _mark(person, known[Effect.NONE], worker, at - ago * DAY, note)
    _mark(people[-1], known[Effect.DECEASED], worker, at - 40 * DAY, "家属已办理注销户口。")
    wrong = _mark(people[-2], known[Effect.MOVED_OUT], worker, at - 20 * DAY, "邻居说搬走了。")
    tag_end(tag_id=wrong, reason="只是去女儿家住了几天，人还在。", actor=worker, at=at - 12 * DAY)


def _mark(
    person: Resident, colour: SchemeColour, actor: User | None, at: datetime, note: str, **more: object
) -> int:
    return tag_set(
        resident_id=person.pk,
        colour_id=colour.pk,
        since_on=timezone.localdate(at),
        note=note,
        actor=actor,
        at=at,
        **more,  # type: ignore[arg-type]
    ).pk
