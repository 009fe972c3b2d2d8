"""Changes of the working-day table. Who keeps deadlines is told in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from core import audit
from core.errors import NotAllowedError
from core.language import gettext as _
from core.models import DayOverride, User
from core.registries import calendar_changed


@transaction.atomic
def day_override_save(*, override: DayOverride, actor: User, at: datetime) -> DayOverride:
    """Declare a day working or free, or change what was declared.

    Raises:
        NotAllowedError: `actor` may not change a table that binds the whole portal.
        ValidationError: the day is in the table already.
    """
    _authorise(actor)
    before = DayOverride.objects.filter(pk=override.pk).values_list("date", flat=True)
    days = [override.date, *before]
    override.full_clean()
    override.save()
    audit.record(
        event="day_override_save", actor=actor, subject=override, at=at, fields=["date", "is_working", "name"]
    )
    _tell(days, at)
    return override


@transaction.atomic
def day_override_delete(*, override_ids: Sequence[int], actor: User, at: datetime) -> int:
    """Take days out of the table; the statutory calendar counts for them again.

    Raises:
        NotAllowedError: `actor` may not change a table that binds the whole portal.
    """
    _authorise(actor)
    overrides = list(DayOverride.objects.select_for_update().filter(pk__in=override_ids).order_by("pk"))
    for override in overrides:
        audit.record(event="day_override_delete", actor=actor, subject=override, at=at)
    DayOverride.objects.filter(pk__in=[override.pk for override in overrides]).delete()
    _tell([override.date for override in overrides], at)
    return len(overrides)


def _authorise(actor: User) -> None:
    """Who may is known to the account's back ends; the pages ask them the same."""
    if not actor.has_perm("core.change_dayoverride"):
        raise NotAllowedError(_("工作日表对全部社区生效，只有覆盖全部社区的系统管理员可以修改。"))


def _tell(days: Sequence[date], at: datetime) -> None:
    for listener in calendar_changed if days else ():
        listener(sorted(set(days)), at)
