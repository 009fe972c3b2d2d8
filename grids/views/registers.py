"""信息册 on a worker's phone: the people of one's grid with their marks; each reading is on the trail."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from community.duties import Power
from community.permissions import has_power
from core.errors import NotFoundError
from grids.actions.registers.reading import children_read, person_read, register_read, resident_read
from grids.forms.registers import EndForm, RecheckForm, TagForm
from grids.models import ResidentTag
from grids.selectors.doors import scope_of, visited_grid
from grids.selectors.registers.care import care_of
from grids.selectors.registers.children import children_choices, children_of
from grids.selectors.registers.people import (
    DUE,
    choices_of,
    colours_of,
    community_of,
    marks_of,
    people_in,
    person_for,
)
from grids.views.door import FieldRequest, field_page

TAG_FORMS: Final[dict[str, type[EndForm | RecheckForm]]] = {"end": EndForm, "recheck": RecheckForm}


@require_safe
@field_page(Power.REGISTER_KEEP)
def register(request: FieldRequest) -> HttpResponse:
    """The people of a grid, those with marks first chosen; narrowed by one mark."""
    grid, known = visited_grid(request.user, request.GET.get("grid", ""), at=request.at)
    chosen, page, choices = request.GET.get("mark", ""), None, []
    if grid is not None:
        register_read(grid=grid, actor=request.user, at=request.at)
        choices = choices_of(colours_of(grid.community_id))
        page = people_in(grid, chosen, request.GET.get("cursor"), today=timezone.localdate(request.at))
    context = {
        "grid": grid,
        "grids": known if len(known) > 1 else [],
        "page": page,
        "choices": choices,
        "chosen": chosen,
        "field_home": settings.FIELD_HOME,
    }
    return render(request, "grids/register.html", context)


@require_safe
@field_page(Power.CHILD_CARE)
def children(request: FieldRequest) -> HttpResponse:
    """The children in one's care over all grids: who is due, left this month, or to be checked."""
    children_read(actor=request.user, at=request.at)
    chosen = request.GET.get("mark", "") or DUE
    context = {
        "page": children_of(request.user, chosen, request.GET.get("cursor"), at=request.at),
        "choices": children_choices(),
        "chosen": chosen,
        "today": timezone.localdate(request.at),
    }
    return render(request, "grids/children.html", context)


@require_safe
@field_page(Power.REGISTER_KEEP)
def person(request: FieldRequest, resident_id: int) -> HttpResponse:
    """One person: the marks in force, and those that were taken back and why."""
    resident = person_for(request.user, resident_id, at=request.at)
    tags = person_read(resident=resident, actor=request.user, at=request.at)
    context = {
        "resident": resident,
        "marks": [tag for tag in tags if tag.ended_at is None],
        "past": [tag for tag in tags if tag.ended_at is not None],
        "care": care_of(resident),
        "may_pair": has_power(request.user, Power.GRID_RUN, scope_of(resident.household)[0], at=request.at),
    }
    return render(request, "grids/person.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@field_page(Power.REGISTER_KEEP)
def tag_new(request: FieldRequest, resident_id: int) -> HttpResponse:
    """Mark somebody."""
    resident = person_for(request.user, resident_id, at=request.at)
    data = request.POST if request.method == "POST" else None
    colours = marks_of(community_of(resident))
    form = TagForm(data, colours=colours, actor=request.user, at=request.at)
    if form.is_valid() and form.submit(resident):
        messages.success(request, _("已标记。"))
        return redirect("grids:person", resident.pk)
    context = {"form": form, "resident": resident}
    return render(request, "grids/person_step.html", context, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@field_page(Power.REGISTER_KEEP)
def tag_step(request: FieldRequest, tag_id: int, step: str) -> HttpResponse:
    """Take a mark back, or look again at a tenant."""
    tag = ResidentTag.objects.select_related("colour__scheme").in_force().filter(pk=tag_id).first()
    if tag is None or step not in TAG_FORMS:
        raise NotFoundError(_("没有找到这个标记，或者已经撤销了。"))
    resident = person_for(request.user, tag.resident_id, at=request.at)
    data = request.POST if request.method == "POST" else None
    form = TAG_FORMS[step](data, actor=request.user, at=request.at)
    if form.is_valid() and form.submit(tag):
        messages.success(request, _("已撤销，停下的事会恢复。") if step == "end" else _("已记下新租期。"))
        return redirect("grids:person", resident.pk)
    resident_read(resident=resident, actor=request.user, at=request.at)
    context = {"form": form, "resident": resident, "tag": tag}
    return render(request, "grids/person_step.html", context, status=form.status)
