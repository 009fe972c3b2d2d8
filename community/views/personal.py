"""我的个人信息: everything held about the signed-in person, to see, correct, take along and erase."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community.forms.personal import EraseForm, NameForm
from core import actions
from core.errors import GoneError
from core.language import told
from core.models import PersonalExport, PersonalExportState
from core.personal import holdings, subject_of
from core.views import SignedInRequest


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def personal_data(request: SignedInRequest) -> HttpResponse:
    """What is held, kind by kind; the name may be corrected here."""
    form = NameForm(request.POST or None, initial={"name": request.user.display_name})
    if form.is_valid():
        actions.account_name_correct(user=request.user, name=form.cleaned_data["name"], at=timezone.now())
        messages.success(request, _("已更正。"))
        return redirect("personal_data")
    jobs = list(PersonalExport.objects.filter(owner=request.user).order_by("-created_at")[:3])
    context = {
        "form": form,
        "holdings": list(holdings(subject_of(request.user))),
        "jobs": jobs,
        "waits": any(not job.is_over for job in jobs),
    }
    return render(request, "community/personal_data.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def personal_export(request: SignedInRequest) -> HttpResponse:
    """Ask for the archive; the worker makes it."""
    actions.personal_export_ask(owner=request.user, at=timezone.now())
    messages.success(request, _("正在整理，可以离开本页；好了以后在这里下载，一天内有效。"))
    return redirect("personal_data")


@never_cache
@login_required
@require_safe
def personal_file(request: SignedInRequest, job_id: UUID) -> HttpResponseBase:
    """The archive, for its owner alone and for a day."""
    mine = PersonalExport.objects.filter(owner=request.user, state=PersonalExportState.DONE)
    job = get_object_or_404(mine, pk=job_id)
    if job.created_at < timezone.now() - actions.PERSONAL_KEPT_FOR or not default_storage.exists(job.file):
        raise GoneError(_("这份副本已过期，请重新整理。"))
    return archive_response(FileResponse(default_storage.open(job.file), content_type="application/zip"))


def archive_response(response: HttpResponseBase) -> HttpResponseBase:
    """An archive that is saved, never shown."""
    response["Content-Disposition"] = f'attachment; filename="{timezone.localdate():%Y-%m-%d}.zip"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def personal_erase(request: SignedInRequest) -> HttpResponse:
    """What goes and what stays is said first; then the account is erased, or waits for what is open."""
    form = EraseForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"form": form, "holdings": list(holdings(subject_of(request.user)))}
        return render(request, "community/personal_erase.html", context, status=422 if form.errors else 200)
    waits = actions.account_erase(user=request.user, at=timezone.now())
    if waits:
        messages.warning(request, _("已记下。还要等：%s") % _("；").join(told(wait) for wait in waits))
        return redirect("personal_data")
    logout(request)
    return redirect("personal_erased")


@require_safe
def personal_erased(request: HttpRequest) -> HttpResponse:
    """The end, for somebody who has no account any more."""
    return render(request, "community/personal_erased.html")
