"""我的个人信息 of one matter, for people without an account: code in the link, and the number on record."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from community.views.personal import archive_response
from core.personal import holdings
from core.sheets import personal_write
from petitions.actions.erasing import is_over
from petitions.forms.own import ErasingForm, NumberForm, OwnForm
from petitions.models import PetitionReporter
from petitions.selectors.own import subject_of_reporter
from petitions.views.visitor import TicketRequest, ticket_page, visitor_of

OPENED: Final = "own_data"
OPEN_SECONDS: Final = 1800


def own_page(view: Callable[[TicketRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A page behind the link for whoever has typed the number on record within the last half hour."""

    @ticket_page
    @wraps(view)
    def page(request: TicketRequest) -> HttpResponseBase:
        return view(request) if _is_open(request) else redirect("petitions:own", request.token)

    return page


@require_http_methods(["GET", "POST"])
@ticket_page
def own(request: TicketRequest) -> HttpResponseBase:
    """The door: the number on record; a matter without one, or one's own by account, is open already."""
    form = NumberForm(request.POST or None)
    visitor, reporter = visitor_of(request), request.reporter
    if not _is_open(request) and not (form.is_valid() and form.fits(reporter, visitor)):
        context = {"form": form, "petition": reporter.petition, "token": request.token}
        return render(request, "petitions/own_door.html", context, status=form.status)
    request.session[OPENED] = {str(reporter.pk): [reporter.code_version, int(time.time()) + OPEN_SECONDS]}
    return redirect("petitions:own_data", request.token)


@require_http_methods(["GET", "POST"])
@own_page
def own_data(request: TicketRequest) -> HttpResponseBase:
    """What this matter holds about the person; name and on whose behalf may be corrected."""
    reporter = request.reporter
    known = {"name": reporter.name, "on_behalf_of": reporter.on_behalf_of}
    form = OwnForm(request.POST or None, initial=known)
    if form.is_valid() and form.submit(reporter, visitor_of(request)):
        messages.success(request, _("已更正。"))
        return redirect("petitions:own_data", request.token)
    return render(request, "petitions/own_data.html", _context(request, form), status=form.status)


@require_POST
@own_page
def own_file(request: TicketRequest) -> HttpResponseBase:
    """All of it as one archive, made at once: one matter is small."""
    target = io.BytesIO()
    personal_write(target, subject_of_reporter(request.reporter), visitor_of(request).at)
    return archive_response(HttpResponse(target.getvalue(), content_type="application/zip"))


@require_http_methods(["GET", "POST"])
@own_page
def own_erase(request: TicketRequest) -> HttpResponseBase:
    """What goes and what stays is said first; an open matter is erased once it is closed."""
    form, is_open = ErasingForm(request.POST or None), _is_handled(request.reporter)
    if form.is_valid() and form.submit(request.reporter, visitor_of(request), is_open=is_open):
        if is_open:
            messages.success(request, _("已记下，办结当天夜里自动删除。"))
            return redirect("petitions:own_data", request.token)
        return redirect("personal_erased")
    return render(request, "petitions/own_erase.html", _context(request, form), status=form.status)


def _context(request: TicketRequest, form: OwnForm | ErasingForm) -> dict[str, Any]:
    return {
        "form": form,
        "token": request.token,
        "petition": request.reporter.petition,
        "reporter": request.reporter,
        "is_open": _is_handled(request.reporter),
        "holdings": list(holdings(subject_of_reporter(request.reporter))),
    }


def _is_handled(reporter: PetitionReporter) -> bool:
    return not is_over(reporter.petition)


def _is_open(request: TicketRequest) -> bool:
    """Nothing to compare with, the person's own account, or the number typed a while ago."""
    reporter = request.reporter
    if not reporter.phone or (reporter.user_id is not None and reporter.user_id == request.user.pk):
        return True
    version, until = request.session.get(OPENED, {}).get(str(reporter.pk), (0, 0))
    return bool(version == reporter.code_version and until > time.time())
