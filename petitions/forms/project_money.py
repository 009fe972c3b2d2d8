"""What a project costs and what its use will cost, at the desk."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.display import day
from petitions.actions.projects import money
from petitions.forms.fields import WordsField
from petitions.forms.project_base import MoneyField, ProjectForm, chosen
from petitions.models.project import NAME_MAX, REASON_MAX
from petitions.models.project_money import SOURCE_MAX
from petitions.selectors.project_desk import sessions_held


class BudgetForm(ProjectForm):
    """What it costs and where the money comes from."""

    title = _("公布预算")
    hint = _("公布后不能改；以后多了少了用“调整预算”，写明原因。")
    done = _("预算已公布。")
    lines = MoneyField(
        label=_("资金来源和金额（元）"), rows=4, help_text=_("一行一项，例如：维修资金 320000")
    )

    def act(self) -> None:
        lines = [money.Money(source, fen) for source, fen in self.cleaned_data["lines"]]
        money.budget_publish(lines=lines, **self.where)


class AdjustForm(ProjectForm):
    """More or less money, and why."""

    title = _("调整预算")
    hint = _("原来公布的数字保留，调整和原因一起公开。")
    done = _("调整已公布。")
    source = WordsField(label=_("资金来源"), max_length=SOURCE_MAX)
    yuan = forms.DecimalField(
        label=_("增加的金额（元）"),
        max_digits=12,
        decimal_places=2,
        help_text=_("减少写负数。"),
    )
    reason = WordsField(label=_("调整原因"), max_length=REASON_MAX, rows=2)

    def act(self) -> None:
        given = self.cleaned_data
        line = money.Money(given["source"], int(given["yuan"] * 100))
        money.budget_adjust(line=line, reason=given["reason"], **self.where)


class PriceForm(ProjectForm):
    """What one unit costs; a change names the session that decided it."""

    title = _("公布收费标准")
    hint = _("同一收费项目再次公布就是改价，须选定作出决定的议事会。")
    done = _("收费标准已公布。")
    name = WordsField(label=_("收费项目"), max_length=NAME_MAX, help_text=_("例如：电动车充电"))
    unit = WordsField(label=_("计价单位"), max_length=8, help_text=_("例如：度、次、月"))
    base = forms.DecimalField(
        label=_("基本价（元）"),
        min_value=Decimal(0),
        max_digits=9,
        decimal_places=4,
        help_text=_("例如电费原价"),
    )
    service = forms.DecimalField(
        label=_("服务费（元）"), min_value=Decimal(0), max_digits=9, decimal_places=4, initial=Decimal(0)
    )
    session = forms.TypedChoiceField(
        label=_("依据的议事会"), coerce=int, empty_value=None, required=False, help_text=_("改价时必选。")
    )

    def prepare(self) -> None:
        self.held = sessions_held(self.project)
        session: Any = self.fields["session"]
        session.choices = [
            ("", _("首次公布，不用选")),
            *((one.pk, f"{day(one.starts_at)} {one.title}") for one in self.held),
        ]

    def act(self) -> None:
        given = self.cleaned_data
        names = ("name", "unit", "base", "service")
        decided = chosen(self.held, given["session"]) if given["session"] else None
        money.price_publish(
            price=money.Price(**{name: given[name] for name in names}), session=decided, **self.where
        )
