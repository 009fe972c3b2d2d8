"""What lies before a person today: two statements, however much there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Left, Length
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from community.duties import Power
from community.workflow import Limit, Mode, Stage
from core.models import User
from core.prepared import MOMENT, PreparedModel
from core.querysets import Among
from grids.models import GridEmergency
from grids.selectors.kept import by_community
from petitions import workflow
from petitions.models import Evaluation, Petition
from petitions.querysets import PetitionQuerySet, reading_posts
from petitions.selectors.covering import covering, kinds_of, sample_posts
from petitions.selectors.reach import communities_in_reach
from petitions.selectors.steps import Step

FORMS_KEPT: Final = 200
KEPT: Final = 20
"""Matters in hand whose pages a phone keeps for where there is no signal."""
SHOWN: Final = 60
"""As many as one person can look through; the rest is at the desk."""


@dataclass
class Today:
    """The lists of a day, each by due time."""

    mine: list[Petition] = field(default_factory=list)
    unclaimed: list[Petition] = field(default_factory=list)
    to_answer: list[Petition] = field(default_factory=list)
    to_visit: list[Petition] = field(default_factory=list)
    to_ask: list[Petition] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.mine or self.unclaimed or self.to_answer or self.to_visit or self.to_ask)


def today_of(user: User, *, at: datetime) -> Today:
    """Mine, unclaimed in my area, waiting for an answer, for a return visit, for a person without phone."""
    today = Today()
    for petition in _before(user, at):
        if petition.stage in workflow.AWAITING:
            listed = today.to_visit if petition.clock == Limit.RETURN_VISIT else today.to_ask
        elif petition.stage == Stage.RESOLVED:
            listed = today.to_answer
        else:
            listed = today.unclaimed if petition.claimed_at is None else today.mine
        listed.append(petition)
    return today


def pages_kept(request: HttpRequest) -> Sequence[str]:
    """What a worker opens where there is no signal: the day's list, the form, and what they have in hand."""
    mine = Petition.objects.open().filter(assignee_id=request.user.pk)
    by_due = mine.order_by(F("due_at").asc(nulls_last=True), "pk")
    numbers = list(by_due.values_list("number", flat=True)[:KEPT])
    steps = [reverse("petitions:work_step", args=[number, Step.PROGRESS.value]) for number in numbers]
    matters = [reverse("petitions:work", args=[number]) for number in numbers]
    known = communities_in_reach(request.user, Power.PETITION_ENTER, at=timezone.now())
    forms = by_community(reverse("petitions:work_new"), known)
    return [reverse("petitions:today"), *forms, *matters, *steps]


def claim_is_open(petition: Petition) -> bool:
    """Whether the loop lets somebody claim this now (a gate may still refuse, and says so)."""
    if petition.claimed_at is not None or petition.stage not in workflow.HANDLING:
        return False
    accepts = petition.profile.mode(Stage.ACCEPTED) == Mode.ON
    target = Stage.ACCEPTED if accepts else Stage.IN_PROGRESS
    at_work = petition.stage == Stage.IN_PROGRESS
    return at_work or workflow.can_move(petition.profile, Stage(petition.stage), target)


def _before(user: User, at: datetime) -> list[Petition]:
    """What is in hand and what others have answered, each as much as can be looked through, by due time.

    Of these, matters of a grid in emergency mode come first (decision 0033); `emergency` says why.
    """
    posts = reading_posts(user, at)
    rows = _written(kinds_of(posts)).all(user=user.pk, at=at, **covering(posts)) if posts else []
    return sorted(rows, key=lambda one: one.emergency is None)  # type: ignore[attr-defined]


@lru_cache(maxsize=FORMS_KEPT)
def _written(kinds: tuple[str, ...]) -> PreparedModel[Petition]:
    """The statement of somebody with posts of these kinds."""
    posts = sample_posts(kinds)

    def build(user: int, at: datetime, **_covering: Any) -> PetitionQuerySet:
        by_due = (F("due_at").asc(nulls_last=True), "pk")
        visible = Petition.objects.covered_by(posts).genuine().order_by(*by_due)
        both = _in_hand(visible.open(), user)[:SHOWN].union(_answered(visible, user, at)[:SHOWN], all=True)
        rows = Petition.objects.filter(Among(F("pk"), Subquery(both))).with_context().order_by(*by_due)
        return rows.annotate(emergency=_emergency(at))

    return PreparedModel(build, user=-(10**6), at=MOMENT, **covering(posts))


def _emergency(at: datetime) -> Subquery:
    """Why the grid of a matter, or one above it, is in emergency mode; nothing in daily mode."""
    above = Left(OuterRef("grid_path"), Length("grid__place__path"))
    running = GridEmergency.objects.filter(ended_at=None, until__gt=at, grid__place__path=above)
    return Subquery(running.order_by("pk").values("reason")[:1])


def _in_hand(visible: PetitionQuerySet, user: int) -> QuerySet[Petition, int]:
    """What I hold, and what nobody has claimed."""
    handling = Q(stage__in=sorted(workflow.HANDLING))
    concerned = handling & (Q(assignee=user) | Q(claimed_at=None)) | Q(stage=Stage.RESOLVED, assignee=user)
    return visible.filter(concerned).values_list("pk", flat=True)


def _answered(visible: PetitionQuerySet, user: int, at: datetime) -> QuerySet[Petition, int]:
    """Answered by others: return visits that are due, and people without a phone to ask.

    That they are open is not said again: two lists of stages are taken for fewer rows than there are.
    """
    unasked = Evaluation.objects.filter(
        petition=OuterRef("pk"),
        round=OuterRef("round"),
        answered_at=None,
        closed_at=None,
        closes_at__gt=at,
        reporter__phone="",
        reporter__user=None,
    )
    mine = Q(assignee=user) | Q(resolved_by=user)
    waiting = visible.filter(stage__in=sorted(workflow.AWAITING), awaits_decision=False).exclude(mine)
    return waiting.filter(Q(clock=Limit.RETURN_VISIT) | Exists(unasked)).values_list("pk", flat=True)
