"""What the steps of a session at the desk have in common: one session, one small form, one action."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.errors import NotFoundError
from core.models import User
from core.workdays import ZONE
from petitions.forms.base import ActingForm
from petitions.forms.fields import DayInput, HourInput, WordsField
from petitions.models import AgendaItem, DeliberationSession, Participant, Resolution


class SessionForm(ActingForm):
    """One step of one session. `row` is the topic, line or resolution it is about, where it is about one."""

    title: ClassVar[str | Promise]
    rows: ClassVar[type[AgendaItem] | type[Resolution] | type[Participant] | None] = None

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        session: DeliberationSession,
        actor: User,
        at: datetime,
        row: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.session, self.actor, self.at = session, actor, at
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
        found = self.rows._default_manager.filter(session=self.session, pk=pk or 0).first()
        if found is None:
            raise NotFoundError(_("没有找到这一条，请刷新页面。"))
        return found


class WhenForm(SessionForm):
    """A day, an hour and a place."""

    day = forms.DateField(label=_("日期"), widget=DayInput)
    time = forms.TimeField(label=_("时间"), widget=HourInput)
    venue = WordsField(label=_("地点"), max_length=80)

    @property
    def starts_at(self) -> datetime:
        given = self.cleaned_data
        return datetime.combine(given["day"], given["time"], ZONE)
