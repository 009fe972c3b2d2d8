"""Accounts of the staff in the admin: invited, corrected, closed, reset."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.widgets import AdminDateWidget, AutocompleteSelect
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from community import actions
from community.admin.base import ActionAdmin, Step, StepsMixin, paths_for
from community.backends import GRANTS
from community.duties import Duty
from community.forms.action import ActionForm, StaffRequest
from community.models import Place, Post, SignInGuard
from community.phones import PhoneField
from community.querysets import below
from community.selectors.accounts import password_link
from core import qr
from core.display import masked_phone
from core.models import User


class InviteForm(ActionForm):
    """A new colleague with their first post."""

    username = forms.RegexField(
        r"^[A-Za-z][A-Za-z0-9_.\-]{2,39}$", label=_("用户名"), help_text=_("字母开头，3 到 40 个字母或数字。")
    )
    display_name = forms.CharField(label=_("姓名"), max_length=60)
    phone = PhoneField(required=False, help_text=_("工作通知会发到这个号码。"))
    duty = forms.ChoiceField(label=_("职务"), choices=Duty.choices)
    place = forms.ModelChoiceField(Place.objects.none(), label=_("地点"))
    starts_on = forms.DateField(label=_("起"), widget=AdminDateWidget, initial=timezone.localdate)
    ends_on = forms.DateField(label=_("止"), widget=AdminDateWidget, required=False)


class CorrectForm(ActionForm):
    """A name or number put right."""

    phone = PhoneField(required=False)


class SecondFactorForm(forms.Form):
    """Whether a second factor is a must."""

    required = forms.BooleanField(label=_("必须使用动态口令"), required=False)


def _show_link(request: StaffRequest, user: User) -> HttpResponse:
    """The link by which a colleague sets a password, on a page that is not kept anywhere."""
    link = password_link(user)
    context = {
        **admin.site.each_context(request),
        "title": _("设置密码的链接"),
        "account": user,
        "link": link,
        "qr": qr.svg(link, str(_("扫码设置密码"))),
        "days": settings.PASSWORD_RESET_TIMEOUT // 86400,
        "opts": User._meta,
    }
    response = TemplateResponse(request, "admin/community/password_link.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _reset_password(request: StaffRequest, row: User, _given: dict[str, Any]) -> HttpResponse:
    user = actions.account_reset_password(user_id=row.pk, actor=request.user, at=timezone.now())
    return _show_link(request, user)


def _reopen(request: StaffRequest, row: User, _given: dict[str, Any]) -> HttpResponse:
    user = actions.account_reopen(user_id=row.pk, actor=request.user, at=timezone.now())
    return _show_link(request, user)


def _reset_factor(request: StaffRequest, row: User, _given: dict[str, Any]) -> None:
    actions.account_reset_second_factor(user_id=row.pk, actor=request.user, at=timezone.now())


def _require_factor(request: StaffRequest, row: User, given: dict[str, Any]) -> None:
    actions.account_require_second_factor(
        user_id=row.pk, required=given["required"], actor=request.user, at=timezone.now()
    )


def _close(request: StaffRequest, row: User, _given: dict[str, Any]) -> None:
    actions.account_close(user_id=row.pk, actor=request.user, at=timezone.now())


@admin.register(User)
class AccountAdmin(StepsMixin, ActionAdmin):
    """Staff whose posts lie, or lay, within the person's own."""

    form = CorrectForm
    scope_field = "posts__place__path"
    list_display = ("display_name", "username", "masked", "duties", "is_active", "last_login")
    list_filter = ("is_active",)
    search_fields = ("display_name", "=username")
    keyset_orderings = {"new": (_("最新在前"), ("-pk",)), "old": (_("最早在前"), ("pk",))}
    steps = (
        Step(
            "password",
            _("重置密码"),
            _reset_password,
            hint=_(
                "原密码立即失效，已登录的设备全部退出，锁定同时解除。您会得到一个只能用一次的链接，交给本人设置新密码。"
            ),
            offered=lambda row: row.is_active,
        ),
        Step(
            "factor",
            _("重置动态口令"),
            _reset_factor,
            hint=_("用于手机丢失或更换。重置后可只凭密码登录；若规定必须使用，登录后须重新绑定。"),
            offered=lambda row: row.is_active,
        ),
        Step("require-factor", _("规定动态口令"), _require_factor, form=SecondFactorForm),
        Step(
            "close",
            _("停用账号"),
            _close,
            hint=_("任职今天结束，已登录的设备立即退出。以后可以恢复账号，任职须重新给。"),
            offered=lambda row: row.is_active,
            danger=True,
        ),
        Step("reopen", _("恢复账号"), _reopen, offered=lambda row: not row.is_active),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """No row twice for two posts: the scope is a sub-query, not a join."""
        paths = paths_for(request, GRANTS["core.user"].view)
        within = Post.objects.filter(below(paths, "place__path")).values("user_id")
        staff = User.objects.filter(is_staff=True).filter(Q(pk__in=within))
        current = Post.objects.held_on(timezone.localdate()).select_related("place").order_by("pk")
        return staff.prefetch_related(Prefetch("posts", current, to_attr="current_posts"))

    @admin.display(description=_("手机号"))
    def masked(self, row: User) -> str:
        return masked_phone(row.phone)

    @admin.display(description=_("任职"))
    def duties(self, row: User) -> str:
        return _now("、").join(str(post) for post in row.current_posts)  # type: ignore[attr-defined]

    @admin.display(description=_("登录保护"))
    def protection(self, row: User) -> str:
        guard = SignInGuard.objects.filter(user=row).first()
        until = guard.locked_until if guard else None
        locked = until is not None and until > timezone.now()
        words = [str(_("输错太多次，登录放慢"))] if locked else []
        words += [str(_("必须使用动态口令"))] if guard and guard.mfa_required else []
        return _now("、").join(words) or "-"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ("username", "display_name", "phone", "duty", "place", "starts_on", "ends_on")
        return ("username", "display_name", "phone", "duties", "protection", "is_active", "last_login")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("username", "duties", "protection", "is_active", "last_login") if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is not None:
            return super().get_form(request, obj, change, **kwargs)
        made = super().get_form(request, obj, change, **{"form": InviteForm, **kwargs})
        places = self.admin_site._registry[Place].get_queryset(request).active()  # type: ignore[attr-defined]
        made.base_fields["place"].queryset = places
        made.base_fields["place"].widget = AutocompleteSelect(Post._meta.get_field("place"), self.admin_site)
        return made

    def perform(self, request: StaffRequest, form: ActionForm, *, change: bool) -> User:
        given, at = form.cleaned_data, timezone.now()
        if change:
            return actions.account_correct(
                user_id=form.instance.pk,
                display_name=given["display_name"],
                phone=given["phone"],
                actor=request.user,
                at=at,
            )
        return actions.account_invite(**given, actor=request.user, at=at)

    def response_add(self, request: Any, obj: User, post_url_continue: Any = None) -> HttpResponse:
        return _show_link(request, obj)
