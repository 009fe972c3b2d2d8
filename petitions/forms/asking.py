"""请人帮办: the short form behind an item of the guide (P-40, P-41, C-27)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from community.models import Community, ServiceItem
from core.language import gettext as kept
from petitions.actions.assisting import Wish, assistance_file
from petitions.actions.filing import Filed, Report
from petitions.forms.arrangement import ArrangementFields
from petitions.forms.fields import PlaceField, WordsField
from petitions.forms.filing import PersonForm, known_of
from petitions.models.petition import TEXT_MAX
from petitions.selectors import links

APPLICATION, CONSULTATION = "application", "consultation"


class AskingForm(ArrangementFields, PersonForm):
    """What for, how, where, who. It is never shown to the public."""

    purpose = forms.ChoiceField(
        label=gettext_lazy("要我们做什么"),
        choices=[(APPLICATION, gettext_lazy("帮我办")), (CONSULTATION, gettext_lazy("先问一问"))],
        initial=APPLICATION,
        widget=forms.RadioSelect,
    )
    text = WordsField(
        label=gettext_lazy("说明一下情况"),
        max_length=TEXT_MAX,
        rows=3,
        required=False,
        help_text=gettext_lazy("比如给谁办、哪里不清楚。材料的照片可以附在下面。"),
    )
    place = PlaceField(label=gettext_lazy("住在哪里"))
    authorises = forms.BooleanField(label=gettext_lazy("我授权社区工作人员代办这件事"), required=False)

    field_order = (
        *("purpose", "mode", "slot", "address", "authorised_by", "authorises"),
        *("text", "photos", "place", "phone", "name"),
    )

    def __init__(
        self, *args: Any, community: Community, item: ServiceItem, visitor: Any, **kwargs: Any
    ) -> None:
        self.community, self.item = community, item
        if not args or args[0] is None:
            kwargs["initial"] = known_of(visitor, community)
        super().__init__(*args, visitor=visitor, **kwargs)
        self.offer_modes(item.modes)
        place = self.fields["place"]
        assert isinstance(place, PlaceField)
        place.offer(community, None)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        self.check_arrangement(self.item, authorises="authorises", authorised=bool(cleaned.get("authorises")))
        return cleaned

    def submit(self) -> str | None:
        """File it, and the receipt that follows; None when refused, and then the form says why."""
        filed = self.attempt(self._file)
        return links.receipt_path(filed.reporter) if filed else None

    def _file(self) -> Filed:
        given = self.cleaned_data
        is_application = given["purpose"] == APPLICATION
        words = kept("申请办理：%s") if is_application else kept("咨询：%s")
        text = words % self.item.title
        report = Report(
            text=f"{text}\n{given['text']}"[:TEXT_MAX] if given["text"] else text,
            place=given["place"],
            photos=self.kept,
        )
        wish = Wish(self.item, self.arrangement(kept("本人在网上填表时同意")), is_application)
        return assistance_file(
            community=self.community,
            report=report,
            wish=wish,
            person=self.person(),
            key=given["key"],
            actor=None,
            at=self.visitor.at,
        )
