"""How dates, phones and the like are shown. Pure; the template library `display` offers these as filters."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

NAMES_SHOWN: Final = 20
YEAR_SECONDS = 365 * 24 * 3600
LARGE_COOKIE = "display"
LARGE = "large"
WEEKDAYS: Final = (
    _lazy("周一"),
    _lazy("周二"),
    _lazy("周三"),
    _lazy("周四"),
    _lazy("周五"),
    _lazy("周六"),
    _lazy("周日"),
)
MONTHS: Final = (
    *(_lazy("1月"), _lazy("2月"), _lazy("3月"), _lazy("4月"), _lazy("5月"), _lazy("6月")),
    *(_lazy("7月"), _lazy("8月"), _lazy("9月"), _lazy("10月"), _lazy("11月"), _lazy("12月")),
)


def here(value: datetime) -> datetime:
    """The moment by the portal's own clock; nobody here has another."""
    return value.astimezone(timezone.get_default_timezone())


def day(value: date | datetime | None) -> str:
    """11月22日(周日); with the year when it is not the year of today."""
    if value is None:
        return ""
    local = here(value).date() if isinstance(value, datetime) else value
    return _told(local, here(timezone.now()).year, get_language())


@lru_cache(maxsize=4096)
def _told(local: date, this_year: int, _language: str | None) -> str:
    """The words for a day in this language; a list of twenty asks for forty."""
    words = {"month": MONTHS[local.month - 1], "day": local.day, "weekday": WEEKDAYS[local.weekday()]}
    if local.year == this_year:
        return _("%(month)s%(day)d日(%(weekday)s)") % words
    return _("%(year)d年%(month)s%(day)d日(%(weekday)s)") % {"year": local.year, **words}


def short_day(value: date | datetime | None) -> str:
    """11月22日, where there is little room."""
    if value is None:
        return ""
    local = here(value) if isinstance(value, datetime) else value
    return _("%(month)s%(day)d日") % {"month": MONTHS[local.month - 1], "day": local.day}


def month(value: date) -> str:
    """2026年11月: the heading of a calendar."""
    return _("%(year)d年%(month)s") % {"year": value.year, "month": MONTHS[value.month - 1]}


def moment(value: datetime | None) -> str:
    """11月22日(周日)14:05."""
    if value is None:
        return ""
    return _told_moment(here(value), here(timezone.now()).year, get_language())


@lru_cache(maxsize=4096)
def _told_moment(local: datetime, this_year: int, language: str | None) -> str:
    words = {"day": _told(local.date(), this_year, language), "time": f"{local:%H:%M}"}
    return _("%(day)s%(time)s") % words


def money(yuan: Decimal | None) -> str:
    """¥320,000.00."""
    return "" if yuan is None else f"¥{yuan:,.2f}".replace("¥-", "-¥")


def price(yuan: Decimal | None) -> str:
    """¥0.50, or ¥0.5469 where it is that fine."""
    if yuan is None:
        return ""
    return f"¥{yuan:.2f}" if yuan == round(yuan, 2) else f"¥{yuan.normalize():f}"


def shown(value: object) -> str:
    """A value of any kind in words: a moment, a day, yes or no, or what it says."""
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return str(value)


def thousands(value: int) -> str:
    """12,406."""
    return f"{value:,}"


def percent(part: int, whole: int) -> str:
    """99.5: a share of a whole to one decimal; 100 and 0 only where it is all or nothing, "" of nothing."""
    if not whole:
        return ""
    if part in {0, whole}:
        return "100" if part else "0"
    exact = (Decimal(100 * part) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return str(min(max(exact, Decimal("0.1")), Decimal("99.9")))


def names_of(names: Iterable[str]) -> str:
    """甲、乙、丙: each once, and 等 after the first twenty, so that no message grows with its list."""
    told = list(dict.fromkeys(names))
    more = _("等") if len(told) > NAMES_SHOWN else ""
    return _("、").join(told[:NAMES_SHOWN]) + more


def absolute(path: str) -> str:
    """A full address for texts, QR codes and prints."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{path}"


def masked_phone(value: str | None) -> str:
    """138****0001; what is too short to mask is hidden altogether."""
    text = value or ""
    if len(text) < 8:
        return "*" * len(text)
    return f"{text[:-8]}****{text[-4:]}"


def keep_choice(response: HttpResponse, cookie: str, value: str) -> HttpResponse:
    """How this device shows the portal, for a year."""
    response.set_cookie(
        cookie,
        value,
        max_age=YEAR_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def is_large(request: HttpRequest) -> bool:
    """Whether to show 长辈版: this device's own choice first, then the account's."""
    chosen = request.COOKIES.get(LARGE_COOKIE)
    if chosen is not None:
        return chosen == LARGE
    return bool(getattr(getattr(request, "user", None), "large_text", False))
