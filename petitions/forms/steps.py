"""The form of each step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from core.errors import NotFoundError
from core.models import User
from petitions.forms import (
    afterwards,
    assisting,
    deciding,
    handling,
    hazards,
    mediating,
    merging,
    preventing,
    publishing,
    rerouting,
    sorting,
    supervising,
    visiting,
)
from petitions.forms.step import StepForm
from petitions.selectors.matter import Matter

STEP_FORMS: Final[Mapping[str, type[StepForm]]] = {
    form.step.value: form
    for module in (
        handling,
        hazards,
        assisting,
        visiting,
        sorting,
        rerouting,
        mediating,
        merging,
        publishing,
        deciding,
        preventing,
        supervising,
        afterwards,
    )
    for form in module.FORMS
}


def step_form(step: str, data: Any, files: Any, *, matter: Matter, actor: User, at: datetime) -> StepForm:
    """The form of a step by the end of its address; unbound without `data`.

    Raises:
        NotFoundError: there is no such step.
    """
    form = STEP_FORMS.get(step)
    if form is None:
        raise NotFoundError(_("没有这一步。"))
    return form(data, files, matter=matter, actor=actor, at=at)
