"""The account."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    """Makes accounts: staff by user name and password, residents by phone."""

    def create_user(self, username: str | None = None, password: str | None = None, **fields: Any) -> User:
        user = self.model(username=username or None, **fields)
        user.set_password(password) if password else user.set_unusable_password()
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str, **fields: Any) -> User:
        return self.create_user(username, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """An account. Staff sign in by user name and password, residents by phone and SMS code."""

    username = models.CharField(_("用户名"), max_length=60, unique=True, null=True, blank=True)
    phone = models.CharField(_("手机号"), max_length=20, unique=True, null=True, blank=True)
    phone_verified = models.BooleanField(_("手机号已验证"), default=False)
    email = models.EmailField(_("邮箱"), blank=True)
    display_name = models.CharField(_("姓名"), max_length=60, blank=True)
    is_staff = models.BooleanField(_("工作人员"), default=False)
    is_active = models.BooleanField(_("可用"), default=True)
    must_change_password = models.BooleanField(_("下次登录须改密码"), default=False)
    large_text = models.BooleanField(_("长辈版"), default=False)
    language = models.CharField(_("语言"), max_length=10, blank=True)
    erasure_asked_at = models.DateTimeField(_("要求注销"), null=True, blank=True, editable=False)
    date_joined = models.DateTimeField(_("开通时间"), default=timezone.now)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        verbose_name = _("账号")
        verbose_name_plural = _("账号")

    def __str__(self) -> str:
        return self.display_name or self.username or f"#{self.pk}"
