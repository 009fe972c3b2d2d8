"""Where a matter stands, for the people who asked: by number and code, by link, by account."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from community.web import community_set
from core import qr
from core.display import absolute
from core.paging import keyset
from core.views import SignedInRequest
from petitions.forms.reporting import AddingForm, AnsweringForm, CorrectingForm, WithdrawingForm
from petitions.forms.tracking import LostCodeForm, TrackingForm
from petitions.selectors import links
from petitions.selectors.asked import NOTHING, TYPED_MAX, asked
from petitions.selectors.following import as_asked
from petitions.selectors.places import public_place
from petitions.selectors.searched import found_mine
from petitions.selectors.ticket import reported_by, ticket_of
from petitions.sheets.receipt import receipt_pdf
from petitions.views.visitor import TicketRequest, ticket_page, visitor_of


@never_cache
@require_http_methods(["GET", "POST"])
def petition_track(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Number and code open the reporter's own page (P-26)."""
    if slug:
        community_set(request, slug)
    form = TrackingForm(request.POST or None, initial={"number": request.GET.get("number", "")})
    if form.is_valid():
        reporter = form.find(visitor_of(request))
        if reporter is not None:
            return redirect(links.ticket_path(reporter))
    return render(request, "petitions/petition_track.html", {"form": form}, status=form.status)


@never_cache
@require_http_methods(["GET", "POST"])
def code_lost(request: HttpRequest) -> HttpResponse:
    """Send the code again to the phone on record; the answer is the same whether there is one or not."""
    form = LostCodeForm(request.POST or None)
    if form.is_valid() and form.send(visitor_of(request)):
        sent = _("如果编号和手机号与登记的一致，查询码已发到该手机；几分钟内没有收到，请联系社区。")
        messages.success(request, sent)
        return redirect("petitions:track")
    return render(request, "petitions/code_lost.html", {"form": form}, status=form.status)


@never_cache
@require_safe
@login_required
def petitions_mine(request: SignedInRequest) -> HttpResponse:
    """Everything that the signed-in person asked or joined, newest first; a search narrows it."""
    typed, mine = request.GET.get("q", ""), reported_by(request.user)
    what = asked(typed)
    found = mine if what is NOTHING else found_mine(mine, what)
    page = keyset(found, order=["-pk"], cursor=request.GET.get("cursor"))
    rows = [(reporter, links.ticket_path(reporter)) for reporter in page.items]
    context = {"page": page, "rows": rows, "asked": what, "typed": typed[:TYPED_MAX]}
    return render(request, "petitions/petitions_mine.html", context)


@require_safe
@ticket_page
def ticket(request: TicketRequest) -> HttpResponse:
    """The reporter's own page of the matter."""
    return _ticket(request, AnsweringForm())


@require_http_methods(["POST"])
@ticket_page
def ticket_answer(request: TicketRequest) -> HttpResponse:
    """Answer the open question; the clock goes on."""
    form = AnsweringForm(request.POST)
    if form.is_valid() and form.submit(request.reporter, visitor_of(request)):
        messages.success(request, _("已收到您的答复，时限继续计算。"))
        return redirect(links.ticket_path(request.reporter))
    return _ticket(request, form)


def _ticket(request: TicketRequest, form: AnsweringForm) -> HttpResponse:
    shown = ticket_of(request.reporter, visitor_of(request).at)
    judge_path = links.judgement_path(shown.evaluation) if shown.evaluation else ""
    context = {
        "ticket": shown,
        "petition": shown.petition,
        "place": public_place(shown.petition.place),
        "form": form,
        "judge_path": judge_path,
        "token": request.token,
    }
    return render(request, "petitions/ticket.html", context, status=form.status)


@require_safe
@ticket_page
def receipt(request: TicketRequest) -> HttpResponse:
    """Number, tracking code and promise, to keep or to print."""
    reporter = as_asked(request.reporter)
    path = absolute(links.ticket_path(reporter))
    context = {
        "reporter": reporter,
        "petition": reporter.petition,
        "code": links.tracking_code(reporter),
        "qr": qr.svg(path, _("扫码查看办理进度")),
        "token": request.token,
    }
    return render(request, "petitions/receipt.html", context)


@require_safe
@ticket_page
def receipt_print(request: TicketRequest) -> HttpResponse:
    """The receipt as a PDF."""
    reporter = as_asked(request.reporter)
    content = receipt_pdf(reporter, request.profile)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{reporter.petition.number}.pdf"'
    return response


@require_http_methods(["GET", "POST"])
@ticket_page
def ticket_add(request: TicketRequest) -> HttpResponse:
    """Add words or photos while the matter is open."""
    form = AddingForm(request.POST or None, request.FILES or None, visitor=visitor_of(request))
    if form.is_valid() and form.submit(request.reporter):
        messages.success(request, _("已补充，办理的人会看到。"))
        return redirect(links.ticket_path(request.reporter))
    return _ticket_form(request, form, "petitions/ticket_add.html")


@require_http_methods(["GET", "POST"])
@ticket_page
def ticket_correct(request: TicketRequest) -> HttpResponse:
    """Correct the words before they are sorted."""
    petition = request.reporter.petition
    form = CorrectingForm(request.POST or None, initial={"text": petition.text, "spot": petition.spot})
    if form.is_valid() and form.submit(request.reporter, visitor_of(request)):
        messages.success(request, _("已更正。"))
        return redirect(links.ticket_path(request.reporter))
    return _ticket_form(request, form, "petitions/ticket_correct.html")


@require_http_methods(["GET", "POST"])
@ticket_page
def ticket_withdraw(request: TicketRequest) -> HttpResponse:
    """Take the matter back, after a page that asks whether one means it."""
    form = WithdrawingForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and form.submit(request.reporter, visitor_of(request)):
        messages.success(request, _("已撤回，社区不再办理这件事。"))
        return redirect(links.ticket_path(request.reporter))
    return _ticket_form(request, form, "petitions/ticket_withdraw.html")


def _ticket_form(
    request: TicketRequest, form: AddingForm | CorrectingForm | WithdrawingForm, template: str
) -> HttpResponse:
    context = {"form": form, "petition": request.reporter.petition, "token": request.token}
    return render(request, template, context, status=form.status)
