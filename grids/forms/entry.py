"""What a phone sends with an entry."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from core.errors import InvalidInputError
from core.forms import FilledForm
from grids.actions.entries import Brought

OWN: Final = "entry."
"""Before the names of what is about the entry itself; everything else belongs to its form."""
UNREAD: Final = _("这条记录不完整，请在手机上重新填写。")


class EntryForm(FilledForm):
    """About the entry itself. Moments are ISO 8601 with their zone."""

    id = forms.UUIDField()
    kind = forms.CharField(max_length=40)
    title = forms.CharField(max_length=200, required=False)
    captured_at = forms.DateTimeField()
    sent_at = forms.DateTimeField()
    to_leader = forms.BooleanField(required=False)
    objection = forms.CharField(max_length=2000, required=False)

    def __init__(self, data: Any, files: Any) -> None:
        own = {name.removeprefix(OWN): data[name] for name in data if name.startswith(OWN)}
        super().__init__(own, as_entry=True)
        self.sent, self.photos = data, files

    def brought(self) -> Brought:
        """The entry.

        Raises:
            InvalidInputError: not as a page of ours sends it.
        """
        if not self.is_valid():
            raise InvalidInputError(UNREAD)
        given = self.cleaned_data
        kept = {name for name in self.sent if not name.startswith(OWN)} - {"csrfmiddlewaretoken"}
        return Brought(
            **given,
            fields={name: self.sent.getlist(name) for name in sorted(kept)},
            files={name: self.photos.getlist(name) for name in sorted(self.photos)},
        )
