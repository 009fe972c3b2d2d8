"""A worker's doors: who is due, one household, and the visit entered there."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community.duties import Power
from community.models import Resident
from community.permissions import powers_anywhere
from core.errors import NotFoundError
from grids.actions import visiting, visits
from grids.forms.visit import VisitForm
from grids.forms.visiting import StandingForm, WishForm
from grids.models import CoalHousehold, StandingVisit, Trigger, Visit
from grids.selectors.doors import community_at, door_for, visited_grid
from grids.selectors.errands import errands_at
from grids.selectors.gifts import packs_open
from grids.selectors.homes_page import buildings_of, due_in, people_at
from grids.views.door import FieldRequest, field_page


@require_safe
@field_page(Power.HOME_VISIT)
def homes(request: FieldRequest) -> HttpResponse:
    """Who is due, then every door of the grid with when it was last visited."""
    grid, known = visited_grid(request.user, request.GET.get("grid", ""), at=request.at)
    today = timezone.localdate(request.at)
    context = {
        "grid": grid,
        "grids": known if len(known) > 1 else [],
        "due": [(one, one.is_late(today)) for one in due_in([grid.pk], today)] if grid else [],
        "buildings": buildings_of(grid) if grid else [],
        "cares": Power.REGISTER_KEEP in powers_anywhere(request.user, request.at),
        "field_home": settings.FIELD_HOME,
    }
    return render(request, "grids/homes.html", context)


@require_safe
@field_page(Power.HOME_VISIT)
def home(request: FieldRequest, household_id: int) -> HttpResponse:
    """One door: who lives there and wishes no visits, when somebody was there and why; no personal notes."""
    household = door_for(request.user, household_id, at=request.at)
    standing = StandingVisit.objects.filter(household=household).first()
    rows = Visit.objects.filter(household=household).select_related("purpose", "worker", "companion")
    context = {
        "household": household,
        "people": people_at(household),
        "standing": standing,
        "standing_form": StandingForm(initial={"every_days": 30} if standing is None else vars(standing)),
        "errands": errands_at(household),
        "burns_coal": CoalHousehold.objects.filter(household=household).exists(),
        "packs": packs_open(timezone.localdate(request.at)).filter(household=household),
        "given": household.gift_packs.exclude(delivery=None).select_related("campaign", "delivery__by"),
        "visits": rows.order_by("-happened_at", "-pk")[:20],
    }
    return render(request, "grids/home.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@field_page(Power.HOME_VISIT)
def visit(request: FieldRequest, household_id: int | None = None) -> HttpResponse:
    """The form of a visit, to one door or to one of the grid's."""
    data = request.POST if request.method == "POST" else None
    household = door_for(request.user, household_id, at=request.at) if household_id else None
    grid = None if household else visited_grid(request.user, request.GET.get("grid", ""), at=request.at)[0]
    if household is None and grid is None:
        raise NotFoundError(_("您的任职范围里还没有启用的网格。"))
    form = VisitForm(
        data,
        community=community_at(household) if household else grid.community,  # type: ignore[union-attr]
        actor=request.user,
        at=request.at,
        household=household,
        grid=grid,
        initial={
            "key": uuid4(),
            "happened_at": request.at,
            "household": household.pk if household else request.GET.get("household"),
            "purpose": request.GET.get("purpose"),
        },
    )
    if form.is_valid() and (made := form.submit()):
        messages.success(request, _("已记下这次走访。"))
        return redirect("grids:home", made.household_id)
    people = people_at(household) if household else []
    context = {"form": form, "household": household, "declined": [one for one in people if _declines(one)]}
    return render(request, "grids/visit.html", context, status=form.status)


@require_POST
@field_page(Power.HOME_VISIT)
def notes(request: FieldRequest, household_id: int) -> HttpResponse:
    """The personal notes; each look leaves a trace, so it is a button and never a link."""
    household = door_for(request.user, household_id, at=request.at)
    found = visits.visit_notes_read(household=household, actor=request.user, at=request.at)
    noted = [one for one in found if one.note or one.finding]
    return render(request, "grids/home_notes.html", {"household": household, "visits": noted})


@require_POST
@field_page(Power.HOME_VISIT)
def standing(request: FieldRequest, household_id: int) -> HttpResponse:
    """Have a household visited every so many days, or no longer."""
    household = door_for(request.user, household_id, at=request.at)
    ends = "end" in request.POST
    form = StandingForm(request.POST)
    if ends or form.is_valid():
        visiting.standing_set(
            household_id=household.pk,
            every_days=None if ends else form.cleaned_data["every_days"],
            reason="" if ends else form.cleaned_data["reason"],
            trigger=Trigger.DAYS if ends else form.cleaned_data["trigger"] or Trigger.DAYS,
            actor=request.user,
            at=request.at,
        )
        messages.success(request, _("已不再定期走访。") if ends else _("已定好下次走访。"))
    else:
        messages.error(request, _("请填 1 到 366 天。"))
    return redirect("grids:home", household.pk)


@require_POST
@field_page(Power.HOME_VISIT)
def wish(request: FieldRequest, household_id: int, resident_id: int) -> HttpResponse:
    """Note that a resident wants no visits, or wants them again."""
    household = door_for(request.user, household_id, at=request.at)
    resident = Resident.objects.filter(household=household, pk=resident_id).first()
    if resident is None:
        raise NotFoundError(_("没有找到这位居民。"))
    wishes_none = "welcome" not in request.POST
    form = WishForm(request.POST)
    words = form.cleaned_data["words"] if form.is_valid() else ""
    visiting.wish_note(
        resident_id=resident.pk, wishes_none=wishes_none, words=words, actor=request.user, at=request.at
    )
    messages.success(request, _("已记下，以后不再安排走访。") if wishes_none else _("已记下，可以走访了。"))
    return redirect("grids:home", household.pk)


def _declines(resident: Resident) -> bool:
    return hasattr(resident, "visit_wish")
