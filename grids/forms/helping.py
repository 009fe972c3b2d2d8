"""A visit as a helper enters it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from grids.actions.registers.helping import helped_visit_record
from grids.forms.care import FindingsField, SeenForm
from grids.models import CareVisit


class HelpedVisitForm(SeenForm):
    """A visit by whoever helps one to one."""

    title = gettext_lazy("记走访")
    findings = FindingsField(
        help_text=gettext_lazy("身体、生活、需要什么。记下以后只有负责这个网格的人能看。")
    )

    def submit(self) -> CareVisit | None:
        return self.attempt(lambda: helped_visit_record(actor=self.actor, at=self.at, **self.cleaned_data))
