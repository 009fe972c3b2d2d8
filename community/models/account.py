"""What staff sign-in keeps beside the account: wrong tries, a lock, and whether a second factor is a must."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SignInGuard(models.Model):
    """One row per account that ever mistyped its password or must use a second factor."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="sign_in_guard",
        verbose_name=_("账号"),
    )
    failures = models.PositiveSmallIntegerField(_("连续输错次数"), default=0)
    locked_until = models.DateTimeField(_("锁定至"), null=True, blank=True)
    mfa_required = models.BooleanField(_("必须使用动态口令"), default=False)

    class Meta:
        verbose_name = _("登录保护")
        verbose_name_plural = _("登录保护")

    def __str__(self) -> str:
        return str(self.user)
