"""What the ground floor itself holds about a person, and the walk over all that is held."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.models import InboxItem, OutboxMessage, User
from core.registries import DataSubject, PersonalSource, personal_sources

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Holding:
    """One kind of data about one person."""

    code: str
    source: PersonalSource
    rows: Sequence[Row]

    @property
    def labelled(self) -> list[list[tuple[str | Promise, Any]]]:
        """The rows with the names of their columns, as pages show them; empty values left out."""
        heads = self.source.heads
        return [
            [(heads[key], row[key]) for key in heads if row.get(key) not in {None, ""}] for row in self.rows
        ]


def subject_of(user: User) -> DataSubject:
    """The person behind an account; their number counts once it is proved to be theirs."""
    return DataSubject(user_id=user.pk, phone=(user.phone or "") if user.phone_verified else "")


def holdings(subject: DataSubject) -> Iterator[Holding]:
    """Everything that is held, kind by kind; one statement each."""
    for code, source in personal_sources.items():
        rows = source.read(subject)
        if rows:
            yield Holding(code, source, rows)


def files(subject: DataSubject) -> list[tuple[str, str]]:
    """What lies on the disk: the name for the person, and where it is."""
    return [pair for source in personal_sources if source.files for pair in source.files(subject)]


def register() -> None:
    """The account, and what was sent."""
    account = {
        "display_name": _("称呼"),
        "phone": _("手机号"),
        "email": _("邮箱"),
        "date_joined": _("开通时间"),
        "last_login": _("最近登录"),
        "large_text": _("长辈版"),
        "language": _("语言"),
    }
    message = {"created_at": _("时间"), "phone": _("手机号"), "title": _("标题"), "body": _("内容")}
    notice = {"created_at": _("时间"), "title": _("标题"), "body": _("内容")}
    own = personal_sources.register
    own("core.account", PersonalSource(_("账号"), _("让您登录"), account, _account), order=10)
    own("core.messages", PersonalSource(_("发给您的短信"), _("告诉您进展"), message, _messages), order=200)
    own("core.notices", PersonalSource(_("站内消息"), _("方便您回看"), notice, _notices), order=210)


def _account(subject: DataSubject) -> Sequence[Row]:
    found = User.objects.filter(pk=subject.user_id) if subject.user_id else User.objects.none()
    names = ("display_name", "phone", "email", "date_joined", "last_login", "large_text", "language")
    return list(found.values(*names)) if subject.user_id else []


def _messages(subject: DataSubject) -> Sequence[Row]:
    """By account and by number, each by its index; texts of codes are gone anyway."""
    if subject.user_id is None:
        return []
    names = ("pk", "created_at", "phone", "title", "body")
    rows = OutboxMessage.objects.filter(secret=False).values(*names).order_by()
    sent = rows.filter(user_id=subject.user_id)
    if subject.phone:
        sent = sent.union(rows.filter(phone=subject.phone))
    return list(sent.order_by("-pk"))


def _notices(subject: DataSubject) -> Sequence[Row]:
    if subject.user_id is None:
        return []
    items = InboxItem.objects.filter(user_id=subject.user_id).order_by("-pk")
    return list(items.values("created_at", "title", "body"))
