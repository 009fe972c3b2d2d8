"""Brand and workflow profile in the admin: one page a community, checked as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community import actions
from community.admin.base import ActionAdmin, CommunityFilter, Step, StepsMixin
from community.forms.action import ActionForm, StaffRequest
from community.forms.profile import LIMIT_FIELDS, STAGE_FIELDS, ProfileForm
from community.models import CategorySetting, WorkflowProfile
from community.shipped import SHIPPED

if TYPE_CHECKING:
    Inline = admin.StackedInline[CategorySetting, WorkflowProfile]
else:
    Inline = admin.StackedInline  # generic in the types alone


class ShippedForm(forms.Form):
    """Which shipped brand to take over."""

    shipped = forms.ChoiceField(
        label=_("品牌"),
        choices=[(slug, f"{item.brand_name}（{item.community}）") for slug, item in SHIPPED.items()],
    )


def _apply(request: StaffRequest, row: WorkflowProfile, given: dict[str, Any]) -> None:
    actions.profile_apply(
        community=row.community, shipped=SHIPPED[given["shipped"]], actor=request.user, at=timezone.now()
    )


class CategoryInline(Inline):
    """The community's own categories, each mapped onto a county-wide one."""

    model = CategorySetting
    extra = 1
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)


@admin.register(WorkflowProfile)
class WorkflowProfileAdmin(StepsMixin, ActionAdmin):
    """One community, one brand."""

    form = ProfileForm
    scope_field = "community__place__path"
    list_display = ("brand_name", "community", "slogan", "accent", "version")
    list_filter = (CommunityFilter,)
    list_select_related = ("community",)
    inlines = (CategoryInline,)
    fieldsets = (
        (_("品牌"), {"fields": ("brand_name", "brand_name_en", "slogan", "accent", "schedule_note")}),
        (
            _("阶段"),
            {"fields": STAGE_FIELDS, "description": _("名称最多 12 个字；统计和接口始终用统一口径。")},
        ),
        (_("必备条件和渠道"), {"fields": ("gates", "channels")}),
        (_("时限"), {"fields": LIMIT_FIELDS}),
    )
    steps = (
        Step(
            "apply",
            _("改用自带品牌"),
            _apply,
            form=ShippedForm,
            hint=_("名称、阶段、条件、渠道、时限和类别都会换成所选品牌的；正在办的事按新的流程往下走。"),
            danger=True,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("community__place")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A profile comes with its community."""
        return False

    def perform(self, request: StaffRequest, form: ActionForm, *, change: bool) -> WorkflowProfile:
        community = form.instance.community
        return actions.profile_save(
            community_id=community.pk,
            changes=form.changes(community),  # type: ignore[attr-defined]
            actor=request.user,
            at=timezone.now(),
        )

    def save_formset(self, request: Any, form: Any, formset: Any, change: bool) -> None:
        rows = formset.save(commit=False)  # not the database
        if rows:
            actions.categories_save(
                community_id=form.instance.pk, rows=rows, actor=request.user, at=timezone.now()
            )
