"""沟通 with a household that holds up a project, on the phone of whoever talks (P-36)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import NotFoundError
from petitions.actions.projects.persuading import persuasion_notes_read
from petitions.forms.blocks import STEPS
from petitions.models import PersuasionTask
from petitions.selectors.blocks import task_for
from petitions.views.handling import HandlingRequest
from petitions.views.resolutions import signed_in


@require_safe
@signed_in
def persuasion(request: HandlingRequest, pk: int) -> HttpResponse:
    """Who talks to whom, and when next; for the posts that answer for it."""
    return render(request, "petitions/persuasion.html", {"task": _task(request, pk)})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def persuasion_step(request: HandlingRequest, pk: int, step: str) -> HttpResponse:
    """What was said, or how it ended: a small form, then back."""
    task, known = _task(request, pk), STEPS.get(step)
    if known is None:
        raise NotFoundError(_("没有这一步。"))
    sent = request.POST if request.method == "POST" else None
    form = known(sent, task=task, actor=request.user, at=request.at)
    if form.run():
        messages.success(request, form.said)
        return redirect("petitions:persuasion", pk)
    return render(request, "petitions/persuasion_step.html", {"task": task, "form": form}, status=form.status)


@require_POST
@signed_in
def persuasion_notes(request: HandlingRequest, pk: int) -> HttpResponse:
    """The confidential notes; each look leaves a trace, so it is a button and never a link."""
    task = _task(request, pk)
    notes = persuasion_notes_read(task=task, actor=request.user, at=request.at)
    return render(request, "petitions/persuasion_notes.html", {"task": task, "notes": notes})


def _task(request: HandlingRequest, pk: int) -> PersuasionTask:
    task = task_for(request.user, pk, at=request.at)
    request.community = task.block.project.community
    return task
