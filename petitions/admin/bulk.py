"""Several ticked matters at once: claim, or give to somebody. Each one's result is told."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from community.duties import Power
from community.permissions import powers_anywhere
from petitions.admin.base import DeskPages, DeskRequest
from petitions.forms.bulk import BulkAssignForm, BulkMergeForm, Result, claim_each
from petitions.models import Petition

AT_ONCE = 50


class BulkActions(DeskPages):
    """The actions above the list."""

    actions = ("claim_chosen", "assign_chosen", "merge_chosen")

    def get_urls(self) -> list[Any]:
        pages = [
            self.desk_path("assign/", require_POST(self.assign_view), "assign"),
            self.desk_path("merge/", require_POST(self.merge_view), "merge"),
        ]
        return [*pages, *super().get_urls()]

    def has_claim_permission(self, request: DeskRequest) -> bool:
        return Power.PETITION_HANDLE in powers_anywhere(request.user, timezone.now())

    def has_assign_permission(self, request: DeskRequest) -> bool:
        return Power.PETITION_ASSIGN in powers_anywhere(request.user, timezone.now())

    def has_merge_permission(self, request: DeskRequest) -> bool:
        return Power.PETITION_TRIAGE in powers_anywhere(request.user, timezone.now())

    @admin.action(description=gettext_lazy("认领所选"), permissions=["claim"])
    def claim_chosen(self, request: DeskRequest, queryset: QuerySet[Petition]) -> TemplateResponse:
        """Each by itself, so that one that somebody else has claimed stops no other."""
        results = claim_each(queryset[:AT_ONCE], actor=request.user, at=timezone.now())
        return self._results(request, _("认领所选"), results)

    @admin.action(description=gettext_lazy("指定经办人"), permissions=["assign"])
    def assign_chosen(self, request: DeskRequest, queryset: QuerySet[Petition]) -> TemplateResponse:
        """Ask to whom; then each by itself."""
        form = BulkAssignForm(petitions=list(queryset[:AT_ONCE]), at=timezone.now())
        return self.desk_page(request, "bulk_assign", _("指定经办人"), form=form)

    @admin.action(description=gettext_lazy("并成一件"), permissions=["merge"])
    def merge_chosen(self, request: DeskRequest, queryset: QuerySet[Petition]) -> TemplateResponse:
        """Ask into which; then all of them at once, or none."""
        form = BulkMergeForm(petitions=list(queryset[:AT_ONCE]))
        return self.desk_page(request, "bulk_merge", _("并成一件"), form=form)

    def merge_view(self, request: DeskRequest) -> HttpResponse:
        """Merge the chosen matters into the one that was named."""
        form = BulkMergeForm(request.POST, petitions=self._chosen(request))
        if not form.is_valid() or not (target := form.run(request.user, request.at)):
            return self.desk_page(request, "bulk_merge", _("并成一件"), form=form, status=form.status)
        messages.success(request, _("已并入 %s，并告诉了诉求人。") % target.number)
        return redirect("admin:petitions_petition_change", target.pk)

    def _chosen(self, request: DeskRequest) -> list[Petition]:
        ids = [pk for pk in request.POST.getlist("chosen")[:AT_ONCE] if pk.isascii() and pk.isdigit()]
        visible = Petition.objects.visible_to(request.user, at=request.at).with_context()
        return list(visible.filter(pk__in=[int(pk) for pk in ids if len(pk) < 19]).order_by("pk"))

    def assign_view(self, request: DeskRequest) -> HttpResponse:
        """Give the chosen matters to the chosen person."""
        form = BulkAssignForm(request.POST, petitions=self._chosen(request), at=request.at)
        if not form.is_valid():
            return self.desk_page(request, "bulk_assign", _("指定经办人"), form=form, status=422)
        return self._results(request, _("指定经办人"), form.run(request.user))

    def _results(self, request: DeskRequest, title: str, results: list[Result]) -> TemplateResponse:
        done = sum(result.is_done for result in results)
        return self.desk_page(request, "bulk_done", title, results=results, done=done)
