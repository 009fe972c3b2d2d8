"""What the steps at the desk have in common: one thing, one small form, one action."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.errors import NotFoundError
from core.models import User
from petitions.forms.base import ActingForm


class DeskStepForm(ActingForm):
    """One step of one thing (`owner` names it). `row` is the line it is about, if it is about one."""

    owner: ClassVar[str]
    title: ClassVar[str | Promise]
    rows: ClassVar[type[Model] | None] = None
    row_of: ClassVar[str] = ""
    """By which of its fields a row belongs to the thing; the name of the thing unless it says otherwise."""

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        actor: User,
        at: datetime,
        row: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.subject = kwargs.pop(self.owner)
        setattr(self, self.owner, self.subject)
        self.actor, self.at = actor, at
        self.row: Any = self._row(row)
        super().__init__(data, files, **kwargs)
        self.prepare()

    def prepare(self) -> None:
        """Offer what there is to choose, and what is known already."""

    @property
    def button_label(self) -> str:
        return str(self.button or self.title)

    def _row(self, pk: int | None) -> Any:
        if self.rows is None:
            return None
        mine = {self.row_of or self.owner: self.subject}
        found = self.rows._default_manager.filter(**mine, pk=pk or 0).first()
        if found is None:
            raise NotFoundError(_("没有找到这一条，请刷新页面。"))
        return found
