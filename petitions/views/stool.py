"""小板凳议事会 on the phone of a grid worker (P-27)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import NotFoundError
from petitions.actions.sessions.stool import notes_review
from petitions.forms.stool import NoteForm, StoolForm
from petitions.models import AgendaSource, DeliberationSession
from petitions.selectors.corners import corners_in_reach, post_at_corner
from petitions.views.handling import HandlingRequest, handling_page


@require_http_methods(["GET", "HEAD", "POST"])
@handling_page
def stool_new(request: HandlingRequest) -> HttpResponse:
    """Save a session that has just been held at a corner."""
    corners = corners_in_reach(request.user, at=request.at)
    if corners:
        request.community = corners[0].community
    sent = request.POST if request.method == "POST" else None
    form = StoolForm(sent, corners=corners, actor=request.user, at=request.at)
    if form.is_valid() and (saved := form.submit()):
        messages.success(request, _("已保存。请看哪些事要转为诉求。"), extra_tags="stool")
        return redirect("petitions:stool", saved.pk)
    context = {"form": form, "corners": corners}
    return render(request, "petitions/stool_new.html", context, status=form.status)


@require_safe
@handling_page
def stool(request: HandlingRequest, pk: int) -> HttpResponse:
    """The notes line by line: a matter already, or not yet."""
    session = _session(request, pk)
    notes = session.agenda.filter(source=AgendaSource.NOTE).select_related("petition").order_by("pk")
    return render(request, "petitions/stool.html", {"session": session, "notes": list(notes)})


@require_http_methods(["GET", "HEAD", "POST"])
@handling_page
def stool_note(request: HandlingRequest, pk: int, item_id: int) -> HttpResponse:
    """A line becomes a matter."""
    session = _session(request, pk)
    item = get_object_or_404(session.agenda.filter(source=AgendaSource.NOTE), pk=item_id)
    sent = request.POST if request.method == "POST" else None
    form = NoteForm(sent, item=item, actor=request.user, at=request.at)
    if form.is_valid() and (petition := form.submit()):
        messages.success(request, _("已转为诉求 %s。") % petition.number)
        return redirect("petitions:stool", pk)
    context = {"session": session, "item": item, "form": form}
    return render(request, "petitions/stool_note.html", context, status=form.status)


@require_POST
@handling_page
def stool_reviewed(request: HandlingRequest, pk: int) -> HttpResponse:
    """All notes were looked through."""
    session = _session(request, pk)
    notes_review(session_id=session.pk, actor=request.user, at=request.at)
    messages.success(request, _("已梳理完，不再提醒。"))
    return redirect("petitions:stool", pk)


def _session(request: HandlingRequest, pk: int) -> DeliberationSession:
    """A stool council at a corner within reach, or 404."""
    rows = DeliberationSession.objects.select_related("community__profile", "corner__place__parent__parent")
    session = get_object_or_404(rows.filter(corner__isnull=False, review_due_at__isnull=False), pk=pk)
    if session.corner is None or post_at_corner(request.user, session.corner, at=request.at) is None:
        raise NotFoundError(_("没有找到这次议事会。"))
    request.community = session.community
    return session
