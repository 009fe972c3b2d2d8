"""民情日记 on a worker's phone: what waits, one entry and what became of it, and the form."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from community.duties import Power
from community.permissions import Scope, has_power
from core.errors import NotAllowedError
from grids.forms.diary import DiaryForm, NoteForm
from grids.registries import diary_panels
from grids.selectors.diary import diary_entry_of, diary_share, diary_shown
from grids.selectors.hazards import communities_for
from grids.views.door import FieldRequest, field_page


@require_safe
@field_page(Power.PETITION_HANDLE)
def diary(request: FieldRequest) -> HttpResponse:
    """What nobody has settled first, then the rest, and the share that became matters."""
    context = {
        "entries": diary_shown(request.user, at=request.at),
        "share": diary_share(request.user, at=request.at),
        "field_home": settings.FIELD_HOME,
    }
    return render(request, "grids/diary.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@field_page(Power.PETITION_ENTER)
def diary_new(request: FieldRequest) -> HttpResponse:
    """The form; where several communities are in reach, `?community=` chooses one."""
    known = communities_for(request.user, at=request.at)
    if not known:
        raise NotAllowedError(_("您的任职不允许记民情日记。"))
    chosen = request.POST.get("community") or request.GET.get("community")
    request.community = next((one for one in known if one.slug == chosen), known[0])
    sent = request.POST if request.method == "POST" else None
    initial = {"key": uuid4(), "people_count": 1}
    form = DiaryForm(sent, community=request.community, actor=request.user, at=request.at, initial=initial)
    if form.is_bound and (written := form.submit()):
        messages.success(request, _("已记入民情日记。"))
        return redirect("grids:diary_entry", written.pk)
    context = {"form": form, "communities": known if len(known) > 1 else []}
    return render(request, "grids/diary_new.html", context, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@field_page(Power.PETITION_HANDLE)
def diary_entry(request: FieldRequest, entry_id: int) -> HttpResponse:
    """One entry, what became of it, and for those who lead the form to leave it with a reason."""
    entry = diary_entry_of(request.user, entry_id, at=request.at)
    form = NoteForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.submit(entry, actor=request.user, at=request.at):
        messages.success(request, _("已记下，这篇不转诉求。"))
        return redirect("grids:diary_entry", entry.pk)
    panels = (source(request.user, entry, request.at) for source in diary_panels)
    leads = has_power(request.user, Power.GRID_RUN, Scope(entry.scope.path), at=request.at)
    context = {
        "entry": entry,
        "panels": [panel for panel in panels if panel is not None],
        "form": form if leads and entry.settled_at is None else None,
    }
    return render(request, "grids/diary_entry.html", context, status=form.status)
