"""What the steps of a session at the desk have in common: one session, one small form, one action."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.errors import NotFoundError, RepeatedError
from core.models import User
from core.workdays import ZONE
from petitions.forms.base import ResidentForm
from petitions.forms.fields import DayInput, HourInput, WordsField
from petitions.models import AgendaItem, DeliberationSession, Participant, Resolution


class SessionForm(ResidentForm):
    """One step of one session. `row` is the topic, line or resolution it is about, where it is about one."""

    title: ClassVar[str | Promise]
    hint: ClassVar[str | Promise] = ""
    button: ClassVar[str | Promise] = ""
    done: ClassVar[str | Promise] = _("已保存。")
    danger: ClassVar[bool] = False
    rows: ClassVar[type[AgendaItem] | type[Resolution] | type[Participant] | None] = None
    extra_button: ClassVar[None] = None

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
        self.said = str(self.done)
        super().__init__(data, files, label_suffix="", **kwargs)
        self.prepare()

    def prepare(self) -> None:
        """Offer what there is to choose, and what is known already."""

    def act(self) -> None:
        """Call the action with what was typed."""
        raise NotImplementedError

    @property
    def button_label(self) -> str:
        return str(self.button or self.title)

    def run(self) -> bool:
        """Take the step if the form is valid; a second tap is no failure."""
        if not self.is_valid():
            return False
        self.attempt(self.act)
        if isinstance(self.refusal, RepeatedError):
            self.said, self.refusal = str(self.refusal.message), None
        return self.refusal is None

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
