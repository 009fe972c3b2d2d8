"""What the steps of a project at the desk have in common."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from community.duties import Power
from core.models import StoredImage, User
from petitions.actions.projects.planning import project_photo_keep
from petitions.forms.desk_step import DeskStepForm
from petitions.models import Project
from petitions.selectors.people import people_over

MONEY: Final = re.compile(r"^(.+?)[\s,，:：]+([0-9][0-9,]*(?:\.[0-9]{1,2})?)\s*元?$")


class ProjectForm(DeskStepForm):
    """One step of one project. `row` is the phase, part or link it is about, where it is about one."""

    owner: ClassVar[str] = "project"
    project: Project

    @property
    def where(self) -> dict[str, Any]:
        """What every action is told: which project, by whom, when."""
        return {"project_id": self.project.pk, "actor": self.actor, "at": self.at}

    def keep(self, name: str) -> StoredImage | None:
        """The photo of this field after cleaning; None where none was chosen."""
        file = self.cleaned_data.get(name)
        return project_photo_keep(file=file, actor=self.actor, at=self.at) if file else None


class RunnerField(forms.TypedChoiceField):
    """Somebody whose post runs projects here."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, empty_value=None, **kwargs)

    def offer(self, form: ProjectForm) -> None:
        people = people_over(form.project.scope, Power.PROJECT_RUN, at=form.at)
        self.choices = [("", _("请选择")), *((one.user_id, one.label) for one in people)]


class ImageField(forms.FileField):
    """One photo; whether it is one is found out when it is cleaned."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.FileInput({"accept": "image/*"}), **kwargs)
        self.error_messages["required"] = _("请选择一张照片。")


class LinesField(forms.CharField):
    """One thing a line."""

    def __init__(self, *, rows: int, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)
        self.error_messages["required"] = _("请填写这一项。")

    def clean(self, value: Any) -> list[str]:
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]


class MoneyField(LinesField):
    """A source and an amount in yuan a line, such as 维修资金 320000."""

    def clean(self, value: Any) -> list[tuple[str, int]]:  # type: ignore[override]
        return [_money(line) for line in super().clean(value)]


def _money(line: str) -> tuple[str, int]:
    found = MONEY.match(line)
    if found is None:
        raise ValidationError(_("这一行看不懂：“%s”。请写来源，空一格，再写金额。") % line[:40])
    return found[1].strip(), int(Decimal(found[2].replace(",", "")) * 100)


def account(user_id: int) -> User:
    """The account that was chosen."""
    return User.objects.get(pk=user_id)


def chosen(rows: Iterable[Any], pk: int) -> Any:
    """The row with this key among those that were offered."""
    return next(row for row in rows if row.pk == pk)
