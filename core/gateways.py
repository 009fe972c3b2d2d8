"""The ways out of the house. A setting names the class; each takes one letter or says why not."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, Final, Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from core.posting import RefusedError, TryLaterError, post

MARK: Final = re.compile(r"\{(?:phone|text|key)\}")


@dataclass(frozen=True)
class Letter:
    """What a gateway gets: where to, the text, and a key by which it may know a repetition."""

    address: str
    text: str
    key: str


class Gateway(Protocol):
    """Delivers a letter, or raises `TryLaterError` or `RefusedError`."""

    erases_secrets: ClassVar[bool]

    def deliver(self, letter: Letter) -> None: ...


class DemoGateway:
    """Delivers nothing: the demo reads messages, codes too, from the outbox. Never for production."""

    erases_secrets: ClassVar[bool] = False

    def deliver(self, letter: Letter) -> None:
        """Take it as delivered."""


class MissingGateway:
    """Stands where no gateway is configured, and says so on every message."""

    erases_secrets: ClassVar[bool] = True

    def deliver(self, letter: Letter) -> None:
        """Refuse, in words for staff."""
        raise RefusedError(_("未配置短信网关，%(key)s 未发出") % {"key": letter.key})


class HttpSmsGateway:
    """Any SMS provider that takes a JSON document by POST.

    `SMS_GATEWAY_TEMPLATE` is the document, with `{phone}`, `{text}` and `{key}` in its strings;
    `SMS_GATEWAY_SUCCESS`, as `field=value`, is what the answer must hold besides a 2xx status.
    """

    erases_secrets: ClassVar[bool] = True

    def deliver(self, letter: Letter) -> None:
        template = json.loads(settings.SMS_GATEWAY_TEMPLATE)
        values = {"{phone}": letter.address, "{text}": letter.text, "{key}": letter.key}
        headers = (
            {"Authorization": f"Bearer {settings.SMS_GATEWAY_TOKEN}"} if settings.SMS_GATEWAY_TOKEN else {}
        )
        answer = _post_json(settings.SMS_GATEWAY_URL, _filled(template, values), letter.key, headers)
        name, _equals, wanted = settings.SMS_GATEWAY_SUCCESS.partition("=")
        found = str(answer.get(name, ""))
        if name and found != wanted:
            raise TryLaterError(f"{name}={found[:60]}")


class WeComRobot:
    """A WeCom (企业微信) group robot: the address is its webhook, on an allowed host only."""

    erases_secrets: ClassVar[bool] = True
    too_often: ClassVar[frozenset[int]] = frozenset({-1, 45009, 45033})

    def deliver(self, letter: Letter) -> None:
        if urlsplit(letter.address).netloc not in settings.ROBOT_HOSTS:
            raise RefusedError(_("群机器人地址不在允许的主机之列"))
        body = {"msgtype": "text", "text": {"content": letter.text}}
        answer = _post_json(letter.address, body, letter.key, {})
        code = answer.get("errcode", -1)
        if code in self.too_often:
            raise TryLaterError(f"errcode={code}")
        if code != 0:
            raise RefusedError(f"errcode={code}")


def gateway_for(channel: str) -> Gateway:
    """The gateway that the settings name for a channel."""
    return _gateway({"sms": settings.SMS_BACKEND, "robot": settings.ROBOT_BACKEND}[channel])


@lru_cache(maxsize=8)
def _gateway(path: str) -> Gateway:
    gateway: Gateway = import_string(path)()
    return gateway


def _filled(template: Any, values: Mapping[str, str]) -> Any:
    """The template with its marks replaced inside strings, so that no text can break out of one."""
    if isinstance(template, dict):
        return {key: _filled(part, values) for key, part in template.items()}
    if isinstance(template, list):
        return [_filled(part, values) for part in template]
    if isinstance(template, str):
        return MARK.sub(lambda mark: values[mark[0]], template)
    return template


def _post_json(url: str, body: Any, key: str, headers: Mapping[str, str]) -> dict[str, Any]:
    sent = {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": key, **headers}
    answer = post(url, json.dumps(body, ensure_ascii=False).encode(), sent, seconds=settings.GATEWAY_SECONDS)
    try:
        read = json.loads(answer or b"{}")
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}
