"""How dates, phones and the like are shown. Pure; the template library `display` offers these as filters."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

LARGE_COOKIE = "display"
LARGE = "large"
WEEKDAYS = "一二三四五六日"


def day(value: date | datetime | None) -> str:
    """11月22日(周日); with the year when it is not the year of today."""
    if value is None:
        return ""
    local = timezone.localtime(value).date() if isinstance(value, datetime) else value
    return _told(local, timezone.localdate().year, get_language())


@lru_cache(maxsize=4096)
def _told(local: date, this_year: int, _language: str | None) -> str:
    """The words for a day in this language; a list of twenty asks for forty."""
    year = "" if local.year == this_year else _("%(year)d年") % {"year": local.year}
    return year + _("%(month)d月%(day)d日(周%(weekday)s)") % {
        "month": local.month,
        "day": local.day,
        "weekday": WEEKDAYS[local.weekday()],
    }


def short_day(value: date | datetime | None) -> str:
    """11月22日, where there is little room."""
    if value is None:
        return ""
    local = timezone.localtime(value) if isinstance(value, datetime) else value
    return _("%(month)d月%(day)d日") % {"month": local.month, "day": local.day}


def moment(value: datetime | None) -> str:
    """11月22日(周日)14:05."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return f"{day(local.date())}{local:%H:%M}"


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


def percent(part: int, whole: int) -> str:
    """99.5: a share of a whole to one decimal; 100 and 0 only where it is all or nothing, "" of nothing."""
    if not whole:
        return ""
    if part in {0, whole}:
        return "100" if part else "0"
    exact = (Decimal(100 * part) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return str(min(max(exact, Decimal("0.1")), Decimal("99.9")))


def masked_phone(value: str | None) -> str:
    """138****0001; what is too short to mask is hidden altogether."""
    text = value or ""
    if len(text) < 8:
        return "*" * len(text)
    return f"{text[:-8]}****{text[-4:]}"


def is_large(request: HttpRequest) -> bool:
    """Whether to show 长辈版: this device's own choice first, then the account's."""
    chosen = request.COOKIES.get(LARGE_COOKIE)
    if chosen is not None:
        return chosen == LARGE
    return bool(getattr(getattr(request, "user", None), "large_text", False))
