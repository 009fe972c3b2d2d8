"""The desk enters what comes in by phone, chat group or suggestion box, and tells or prints the receipt."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from community.duties import Power
from core.errors import NotAllowedError, NotFoundError
from petitions.admin.base import DeskPages, DeskRequest
from petitions.forms.intake import IntakeForm
from petitions.selectors import links
from petitions.selectors.matter import matter_of
from petitions.selectors.reach import communities_in_reach


class IntakePages(DeskPages):
    """The form, and the receipt after it."""

    def get_urls(self) -> list[Any]:
        form = require_http_methods(["GET", "HEAD", "POST"])(self.intake_view)
        pages = [
            self.desk_path("intake/", form, "intake"),
            self.desk_path("filed/<str:number>/", require_safe(self.filed_view), "filed"),
        ]
        return [*pages, *super().get_urls()]

    def intake_view(self, request: DeskRequest) -> HttpResponse:
        """The form; where several communities are in reach, `?community=` chooses one."""
        known = communities_in_reach(request.user, Power.PETITION_ENTER, at=request.at)
        if not known:
            raise NotAllowedError(_("您的任职不允许登记诉求。"))
        slug = request.GET.get("community")
        community = next((one for one in known if one.slug == slug), known[0])
        sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        form = IntakeForm(
            *sent, community=community, grids=(), actor=request.user, at=request.at, on_the_spot=False
        )
        if form.is_valid() and (filed := form.submit()):
            if form.said:
                messages.warning(request, _("已登记，但没有当场办结：%s") % form.said)
            return redirect("admin:petitions_petition_filed", filed.petition.number)
        context = {"form": form, "chosen": community, "communities": known if len(known) > 1 else []}
        return self.desk_page(request, "intake", _("登记诉求"), status=form.status, **context)

    def filed_view(self, request: DeskRequest, number: str) -> HttpResponse:
        """The receipt to tell or to print, for the person who entered it."""
        matter = matter_of(request.user, number=number, at=request.at)
        if matter.petition.entered_by_id != request.user.pk:
            raise NotFoundError(_("没有找到这件诉求。"))
        context = links.receipt_of(matter.first_reporter, matter.petition)
        return self.desk_page(request, "filed", _("已登记"), **context)
