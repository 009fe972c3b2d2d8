"""调解队 in the admin: who mediates in a community."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.admin.base import ActionAdmin, CommunityFilter
from community.duties import Power
from community.forms.action import ActionForm, StaffRequest
from community.permissions import Scope, require_power
from core.models import User
from petitions.actions.mediation.beginning import team_save
from petitions.models import MediationTeam


class TeamForm(ActionForm):
    """The members are accounts of the staff."""

    members = forms.ModelMultipleChoiceField(
        User.objects.filter(is_staff=True, is_active=True), label=_("成员"), help_text=_("至少两人。")
    )


@admin.register(MediationTeam)
class MediationTeamAdmin(ActionAdmin):
    """Teams are switched off, not deleted."""

    form = TeamForm
    scope_field = "community__place__path"
    list_display = ("name", "kind", "community", "is_active")
    list_filter = ("kind", "is_active", CommunityFilter)
    fields = ("community", "name", "kind", "members", "is_active")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("community__place")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("community",) if obj else ()

    def perform(self, request: StaffRequest, form: ActionForm, *, change: bool) -> MediationTeam:
        team, at = form.instance, timezone.now()
        scope = Scope(team.community.place.path)
        post = require_power(request.user, Power.POST_MANAGE, scope, at=at).trace
        members = list(form.cleaned_data["members"])
        return team_save(team=team, members=members, actor=request.user, post=post, at=at)
