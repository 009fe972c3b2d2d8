"""Budget and prices, published before the works; a change of price names the session behind it (P-30)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction

from core.errors import ConflictError, InvalidInputError, RepeatedError
from core.language import gettext as _
from core.models import User
from petitions.actions.base import text_of
from petitions.actions.projects.base import open_site, site_of
from petitions.models import BudgetLine, DeliberationSession, Project, ProjectPrice
from petitions.models.project import NAME_MAX, REASON_MAX
from petitions.models.project_money import SOURCE_MAX

REVIEW: Final = timedelta(days=365)
"""A price is looked at again after a year."""
FEN_MAX: Final = 10**13


@dataclass(frozen=True, slots=True)
class Money:
    """One source and what comes from it, in fen."""

    source: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Price:
    """What one unit costs: the base tariff and the service fee, in yuan."""

    name: str
    unit: str
    base: Decimal
    service: Decimal = Decimal(0)


@transaction.atomic
def budget_publish(*, project_id: int, actor: User, lines: Sequence[Money], at: datetime) -> Project:
    """Publish what it costs and where the money comes from; without it works that need it do not begin.

    Raises:
        InvalidInputError: no line, or an amount that is none.
        RepeatedError: published already.
    """
    site = open_site(project_id, actor=actor, at=at)
    project = site.project
    if project.budget_published_at is not None:
        raise RepeatedError(_("预算已经公布，要改请用“调整预算”。"))
    if not lines:
        raise InvalidInputError(_("请至少写一项资金来源。"))
    if any(not 0 < line.amount_fen <= FEN_MAX for line in lines):
        raise InvalidInputError(_("金额须大于 0。"))
    BudgetLine.objects.bulk_create(
        BudgetLine(
            project=project,
            source=text_of(line.source, limit=SOURCE_MAX, name=_("资金来源")),
            amount_fen=line.amount_fen,
            is_first=True,
            published_at=at,
            published_by=actor,
        )
        for line in lines
    )
    project.budget_published_at = at
    return site.finish("budget_published", ["budget_published_at"])


@transaction.atomic
def budget_adjust(*, project_id: int, actor: User, line: Money, reason: str, at: datetime) -> BudgetLine:
    """More or less money than was published, and why; the first figures stay to be read.

    Raises:
        ConflictError: nothing is published yet.
        InvalidInputError: nothing changes, or less than nothing would be left.
    """
    site = open_site(project_id, actor=actor, at=at)
    project = site.project
    if project.budget_published_at is None:
        raise ConflictError(_("请先公布预算。"))
    total = sum(project.budget.values_list("amount_fen", flat=True))
    if not line.amount_fen or not 0 <= total + line.amount_fen <= FEN_MAX:
        raise InvalidInputError(_("调整的金额不能是 0，也不能让预算小于 0。"))
    source = text_of(line.source, limit=SOURCE_MAX, name=_("资金来源"))
    same = project.budget.filter(source=source, amount_fen=line.amount_fen, is_first=False)
    if same.filter(published_at__gt=at - timedelta(minutes=2)).exists():
        raise RepeatedError(_("刚才已经调整过，没有重复记录。"))
    made = BudgetLine.objects.create(
        project=project,
        source=source,
        amount_fen=line.amount_fen,
        reason=text_of(reason, limit=REASON_MAX, name=_("调整原因")),
        published_at=at,
        published_by=actor,
    )
    site.finish("budget_adjusted")
    return made


@transaction.atomic
def price_publish(
    *,
    project_id: int,
    actor: User,
    price: Price,
    at: datetime,
    session: DeliberationSession | None = None,
) -> ProjectPrice:
    """Publish what its use will cost. Another price of the same name names the session that decided it.

    Also after the end: sheds are run for years. Source: P-30.

    Raises:
        InvalidInputError: below nothing, or a change without a session that was held here.
        RepeatedError: it costs that already.
    """
    site = site_of(project_id, actor=actor, at=at)
    project = site.project
    name = text_of(price.name, limit=NAME_MAX, name=_("收费项目"))
    _check(price)
    current = project.prices.filter(name=name, replaced_at=None).first()
    if current is not None:
        if (current.base, current.service) == (price.base, price.service):
            raise RepeatedError(_("现在就是这个价。"))
        _require_session(session, project)
        current.replaced_at, current.sweep_at = at, None
        current.save(update_fields=["replaced_at", "sweep_at"])
    made = ProjectPrice.objects.create(
        project=project,
        name=name,
        unit=text_of(price.unit, limit=8, name=_("计价单位")),
        base=price.base,
        service=price.service,
        is_first=current is None,
        session=session if current is not None else None,
        published_at=at,
        published_by=actor,
        sweep_at=at + REVIEW,
    )
    project.price_published_at = project.price_published_at or at
    site.finish("price_published", ["price_published_at"])
    return made


def _check(price: Price) -> None:
    most = Decimal(10_000)
    if not (0 <= price.base < most and 0 <= price.service < most):
        raise InvalidInputError(_("价格须在 0 到一万元之间。"))


def _require_session(session: DeliberationSession | None, project: Project) -> None:
    if session is None or session.community_id != project.community_id or not session.is_held:
        raise InvalidInputError(_("改收费标准须选定作出决定的议事会（已开过、有记录的）。"))
