"""`manage.py init_portal`: the first community, its brand and the first administrator.

Each answer is taken from the environment, else asked for at the terminal. A portal that has a community
stays as it is, so the command may be repeated.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.actions import account_invite, community_create, place_create, profile_save
from community.duties import Duty
from community.models import Community
from community.models.place import PlaceKind
from community.selectors.accounts import password_link
from community.shipped import SHIPPED
from core.errors import DomainError
from core.models import User


@dataclass(frozen=True, slots=True)
class Question:
    """One answer that is needed: the environment variable that gives it, and how a person is asked."""

    name: str
    text: str | Promise
    default: str = ""
    optional: bool = False


QUESTIONS: Final = (
    Question("INIT_COUNTY", gettext_lazy("县（市、区）名称")),
    Question("INIT_SUBDISTRICT", gettext_lazy("街道（乡镇）名称")),
    Question("INIT_COMMUNITY", gettext_lazy("社区（村）名称")),
    Question("INIT_SLUG", gettext_lazy("网址名（小写英文字母，如 diecui）")),
    Question("INIT_BRAND", gettext_lazy("采用哪个品牌的流程"), default="diecui"),
    Question("INIT_BRAND_NAME", gettext_lazy("品牌显示名称（留空则用所选品牌的名称）"), optional=True),
    Question("INIT_ADMIN", gettext_lazy("管理员用户名"), default="admin"),
    Question("INIT_ADMIN_NAME", gettext_lazy("管理员姓名"), default="管理员"),
    Question("INIT_ADMIN_PHONE", gettext_lazy("管理员手机号（可留空）"), optional=True),
    Question("INIT_ADMIN_PASSWORD", gettext_lazy("管理员密码（留空则给一个设置密码的链接）"), optional=True),
)


class Command(BaseCommand):
    help = "Make the first community, its brand and the first administrator."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if community := Community.objects.first():
            self.stdout.write(_("已有社区“%s”，不再初始化。") % community.name)
            return
        answers = self._answers()
        try:
            administrator = portal_init(answers, at=timezone.now())
        except (DomainError, ValidationError) as problem:
            raise CommandError(" ".join(getattr(problem, "messages", [str(problem)]))) from problem
        self.stdout.write(_("已建立“%s”，网址为 /%s/。") % (answers["INIT_COMMUNITY"], answers["INIT_SLUG"]))
        self.stdout.write(_("管理员 %s 在 /admin/login/ 登录。") % answers["INIT_ADMIN"])
        if not answers["INIT_ADMIN_PASSWORD"]:
            self.stdout.write(
                _("请在三天内打开这个链接设置密码，只能用一次：%s") % password_link(administrator)
            )

    def _answers(self) -> dict[str, str]:
        given = {question.name: os.environ.get(question.name, "").strip() for question in QUESTIONS}
        if sys.stdin.isatty():
            return {question.name: given[question.name] or self._ask(question) for question in QUESTIONS}
        given |= {q.name: q.default for q in QUESTIONS if q.default and not given[q.name]}
        missing = [q.name for q in QUESTIONS if not q.optional and not given[q.name]]
        if missing:
            raise CommandError(_("没有终端可以询问，请设置环境变量：%s") % "、".join(missing))
        return given

    def _ask(self, question: Question) -> str:
        if question.name == "INIT_BRAND":
            for slug, profile in SHIPPED.items():
                self.stdout.write(f"  {slug:8} {profile.community} · {profile.brand_name}")
        hint = f" [{question.default}]" if question.default else ""
        while True:
            answer = input(f"{question.text}{hint}: ").strip() or question.default
            if answer or question.optional:
                return answer


@transaction.atomic
def portal_init(answers: dict[str, str], *, at: datetime) -> User:
    """Make county, subdistrict, community and administrator through the usual actions; the administrator.

    Raises:
        DomainError: an answer cannot be used; nothing was made.
        ValidationError: the password is too weak.
    """
    if answers["INIT_BRAND"] not in SHIPPED:
        raise ValidationError(_("没有品牌“%s”，可选：%s") % (answers["INIT_BRAND"], "、".join(SHIPPED)))
    if answers["INIT_ADMIN_PASSWORD"]:
        validate_password(answers["INIT_ADMIN_PASSWORD"])
    county = place_create(kind=PlaceKind.COUNTY, name=answers["INIT_COUNTY"], parent=None, at=at)
    above = place_create(kind=PlaceKind.SUBDISTRICT, name=answers["INIT_SUBDISTRICT"], parent=county, at=at)
    community = community_create(
        name=answers["INIT_COMMUNITY"],
        slug=answers["INIT_SLUG"],
        parent=above,
        shipped=answers["INIT_BRAND"],
        at=at,
    )
    if brand := answers["INIT_BRAND_NAME"]:
        profile_save(community_id=community.pk, changes={"brand_name": brand}, actor=None, at=at)
    return account_invite(
        username=answers["INIT_ADMIN"],
        display_name=answers["INIT_ADMIN_NAME"],
        phone=answers["INIT_ADMIN_PHONE"],
        duty=Duty.ADMINISTRATOR,
        place=county,
        starts_on=timezone.localdate(at),
        password=answers["INIT_ADMIN_PASSWORD"] or None,
        actor=None,
        at=at,
    )
