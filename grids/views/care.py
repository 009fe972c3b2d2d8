"""Care on a phone: somebody is taken into a scheme, visited, given another colour or a helper."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from community.duties import Power
from community.permissions import has_power
from core.errors import NotAllowedError, NotFoundError
from grids.actions.registers.files import file_read
from grids.actions.registers.reading import resident_read
from grids.forms.care import (
    CareOpenForm,
    CareVisitForm,
    CensusForm,
    CloseForm,
    ColourForm,
    PairForm,
    ReferForm,
    ReleaseForm,
    SectionForm,
    SubjectForm,
)
from grids.forms.care_visit import DoorCareForm
from grids.models import FileSection
from grids.selectors.doors import scope_of, visited_grid
from grids.selectors.registers.care import care_colours_of, subject_for
from grids.selectors.registers.files import file_of, section_text
from grids.selectors.registers.people import community_of, person_for
from grids.views.door import FieldRequest, field_page

STEPS: Final[dict[str, type[SubjectForm]]] = {
    "visit": CareVisitForm,
    "colour": ColourForm,
    "pair": PairForm,
    "release": ReleaseForm,
    "refer": ReferForm,
    "census": CensusForm,
    "close": CloseForm,
}
SAID: Final = {
    "visit": gettext_lazy("已记下这次走访，下次走访已安排好。"),
    "colour": gettext_lazy("颜色已换，下次走访已重新安排。"),
    "pair": gettext_lazy("已结对，并告诉了帮扶人。"),
    "release": gettext_lazy("结对已结束。"),
    "refer": gettext_lazy("已提请，等社区决定。"),
    "census": gettext_lazy("已核实，仍在册。"),
    "close": gettext_lazy("已移出关爱台账。"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@field_page(Power.REGISTER_KEEP)
def care_new(request: FieldRequest, resident_id: int) -> HttpResponse:
    """Take somebody into a scheme."""
    resident = person_for(request.user, resident_id, at=request.at)
    data = request.POST if request.method == "POST" else None
    colours = care_colours_of(community_of(resident))
    if not colours:
        raise NotFoundError(_("社区还没有定关爱方案，请在后台“色标方案”里定。"))
    form = CareOpenForm(data, colours=colours, actor=request.user, at=request.at)
    if form.is_valid() and form.submit(resident):
        messages.success(request, _("已列入关爱台账。"))
        return redirect("grids:person", resident.pk)
    resident_read(resident=resident, actor=request.user, at=request.at)
    context = {"form": form, "resident": resident}
    return render(request, "grids/person_step.html", context, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@field_page(Power.REGISTER_KEEP)
def care_step(request: FieldRequest, subject_id: int, step: str) -> HttpResponse:
    """One thing that is done about somebody in care."""
    subject = subject_for(request.user, subject_id, at=request.at)
    if step not in STEPS:
        raise NotFoundError(_("没有这一步。"))
    scope = scope_of(subject.resident.household)[0]
    if not has_power(request.user, STEPS[step].needs, scope, at=request.at):
        raise NotAllowedError(_("结对由网格长或社区安排。"))
    data = request.POST if request.method == "POST" else None
    form = STEPS[step](data, subject=subject, actor=request.user, at=request.at)
    if form.is_valid() and form.submit():
        messages.success(request, SAID[step])
        return redirect("grids:person", subject.resident_id)
    resident_read(resident=subject.resident, actor=request.user, at=request.at)
    context = {"form": form, "resident": subject.resident, "colour": subject.colour}
    return render(request, "grids/person_step.html", context, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@field_page(Power.REGISTER_KEEP)
def care_visit(request: FieldRequest) -> HttpResponse:
    """A visit to somebody who is named by hand: the one page about care that a phone keeps, for it tells
    nothing of the register."""
    grid, _known = visited_grid(request.user, request.GET.get("grid", ""), at=request.at)
    if grid is None:
        raise NotFoundError(_("您的任职范围里还没有启用的网格。"))
    initial = {"visited_on": timezone.localdate(request.at)}
    form = DoorCareForm(request.POST if request.method == "POST" else None, grid=grid, initial=initial)
    if form.is_bound and form.submit(actor=request.user, at=request.at, happened_at=request.at):
        messages.success(request, SAID["visit"])
        return redirect("grids:home", form.cleaned_data["household"])
    return render(request, "grids/care_visit.html", {"form": form}, status=form.status)


@require_safe
@field_page(Power.REGISTER_KEEP)
def care_file(request: FieldRequest, subject_id: int) -> HttpResponse:
    """The file: eight sections with their versions, and what visits found; a line on the trail each time."""
    subject = subject_for(request.user, subject_id, at=request.at)
    file_read(subject=subject, actor=request.user, at=request.at)
    context = {"subject": subject, "resident": subject.resident, "shown": file_of(subject)}
    return render(request, "grids/care_file.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@field_page(Power.REGISTER_KEEP)
def care_file_section(request: FieldRequest, subject_id: int, section: str) -> HttpResponse:
    """A section is written anew, from what it says now."""
    subject = subject_for(request.user, subject_id, at=request.at)
    if section not in FileSection.values:
        raise NotFoundError(_("没有这个部分。"))
    part, data = FileSection(section), request.POST if request.method == "POST" else None
    if data is None:
        file_read(subject=subject, actor=request.user, at=request.at)
    now = {"text": section_text(subject, part)} if data is None else {}
    form = SectionForm(data, subject=subject, section=part, actor=request.user, at=request.at, initial=now)
    if form.is_valid() and form.submit():
        messages.success(request, _("已更新档案。"))
        return redirect("grids:care_file", subject.pk)
    context = {"form": form, "subject": subject, "resident": subject.resident, "section": part.label}
    return render(request, "grids/care_file_section.html", context, status=form.status)
