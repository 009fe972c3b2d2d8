"""我帮扶的人: the helper's own page, and the visit that they enter."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core.models import User
from grids.actions.registers.helping import helped_read
from grids.forms.helping import HelpedVisitForm
from grids.selectors.charges import responsible_for
from grids.selectors.doors import community_at


@never_cache
@login_required
@require_safe
def helped(request: HttpRequest) -> HttpResponse:
    """Who it is, where, what is due, and whom to tell what one sees; each look leaves a line."""
    now, today = timezone.now(), timezone.localdate()
    pairing = helped_read(actor=cast("User", request.user), at=now)
    household = pairing.subject.resident.household
    context = {
        "subject": pairing.subject,
        "household": household,
        "is_due": pairing.subject.next_on is not None and pairing.subject.next_on <= today,
        "worker": responsible_for(household, today).worker,
        "community": community_at(household),
    }
    return render(request, "grids/helped.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def helped_visit(request: HttpRequest) -> HttpResponse:
    """When one was there, and how they are."""
    actor, now = cast("User", request.user), timezone.now()
    pairing = helped_read(actor=actor, at=now)
    form = HelpedVisitForm(request.POST if request.method == "POST" else None, actor=actor, at=now)
    if form.is_bound and form.submit():
        messages.success(request, _("已记下这次走访，谢谢您。"))
        return redirect("grids:helped")
    context = {
        "form": form,
        "resident": pairing.subject.resident,
        "community": community_at(pairing.subject.resident.household),
    }
    return render(request, "grids/helped_visit.html", context, status=form.status)
