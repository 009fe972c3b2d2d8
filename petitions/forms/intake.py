"""收事 by staff: from the hotline, a chat group or the suggestion box, or found on the spot (P-05, P-15)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.choices import CallableChoiceIterator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.models import Channel, Community, HandlingMode, Place, ServiceItem
from community.permissions import Scope
from community.workflow import Channel as ChannelKind
from community.workflow import Topic
from core.forms import FilledForm
from core.models import StoredImage, User
from petitions.actions.assisting import Wish, assistance_file
from petitions.actions.filing import Filed, Person, Report, petition_file, petition_file_within
from petitions.actions.photos import photo_keep
from petitions.actions.settling import OUTCOME_MAX, petition_settle_on_spot
from petitions.forms.arrangement import ArrangementFields
from petitions.forms.base import PhotoForm, Visitor
from petitions.forms.fields import PageKeyField, PhoneField, PhotosField, PlaceField, WordsField
from petitions.forms.step import words
from petitions.models import Origin
from petitions.models.petition import TEXT_MAX
from petitions.selectors import places

BY_PEOPLE = frozenset({ChannelKind.WEB_FORM, ChannelKind.QR_CODE, ChannelKind.PARTNER_API})
"""Channels through which people and programs file themselves."""


class ReachField(PlaceField):
    """A place of the community, or one of the grids within the person's posts."""

    grids: tuple[tuple[int, str], ...] = ()

    def offer_with(self, community: Community, grids: tuple[tuple[int, str], ...]) -> None:
        self.offer(community, None)
        self.grids = grids
        own = [(str(pk), _("%s（不分楼栋）") % name) for pk, name in grids]
        head = [(_("本网格"), own)] if own else []
        self.widget.choices = CallableChoiceIterator(lambda: [*head, *places.options(community)])

    def to_python(self, value: Any) -> Place | None:
        if value and str(value) in {str(pk) for pk, _name in self.grids}:
            return Place.objects.get(pk=int(value))
        return super().to_python(value)


class IntakeForm(ArrangementFields, PhotoForm, FilledForm):
    """The original words with their original time; a person without a phone is fine.

    `as_entry`: out of a phone, in the transaction of its entry. `scope`: where it is about, if that is known.
    """

    text = WordsField(
        label=gettext_lazy("原话"),
        max_length=TEXT_MAX,
        rows=4,
        missing=gettext_lazy("请记下是什么事。"),
        help_text=gettext_lazy("照原话记，不改写；公开的文字以后另写。"),
    )
    place = ReachField(label=gettext_lazy("在哪里"))
    spot = WordsField(label=gettext_lazy("具体位置"), max_length=100, required=False)
    channel = forms.ChoiceField(label=gettext_lazy("从哪里来"), widget=forms.RadioSelect)
    intake = forms.ModelChoiceField(
        label=gettext_lazy("哪个群、哪个信箱"),
        queryset=Channel.objects.none(),
        required=False,
        empty_label=gettext_lazy("不清楚"),
    )
    received_at = forms.DateTimeField(
        label=gettext_lazy("什么时候反映的"),
        help_text=gettext_lazy("首次答复的时限从这时算起。"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    topic = forms.ChoiceField(
        label=gettext_lazy("事项"),
        choices=[("", gettext_lazy("以后再定")), *Topic.choices],
        required=False,
    )
    name = WordsField(label=gettext_lazy("怎么称呼"), max_length=40, required=False)
    phone = PhoneField(
        label=gettext_lazy("手机号"),
        required=False,
        help_text=gettext_lazy("没有手机号也可以登记，以后由工作人员当面答复和询问评价。"),
    )
    on_behalf_of = WordsField(label=gettext_lazy("替谁反映"), max_length=40, required=False)
    is_private = forms.BooleanField(label=gettext_lazy("不公开"), required=False)
    consent = forms.BooleanField(
        label=gettext_lazy("已向本人说明信息只用于办理这件事，本人同意"), required=False
    )
    outcome = words(
        gettext_lazy("怎样办好的"),
        OUTCOME_MAX,
        required=False,
        help_text=gettext_lazy("小事当场办好了，在这里写一句，收事到办结一次记完；没办好就空着。"),
    )
    after = PhotosField(label=gettext_lazy("办理后的照片"), required=False)
    service = forms.ModelChoiceField(
        label=gettext_lazy("办事指南里的事项"),
        queryset=ServiceItem.objects.none(),
        required=False,
        help_text=gettext_lazy("选了事项就按它的经办人和时限办理，不公开。"),
    )
    is_consultation = forms.BooleanField(label=gettext_lazy("只是咨询"), required=False)
    authorisation = WordsField(label=gettext_lazy("怎样授权"), max_length=200, required=False)
    key = PageKeyField()
    field_order = (
        *("text", "place", "spot", "photos", "channel", "intake", "received_at", "topic"),
        *("name", "phone", "on_behalf_of", "is_private", "consent", "outcome", "after", "key"),
        *("service", "is_consultation", "mode", "slot", "address", "authorised_by", "authorisation"),
    )

    def __init__(
        self,
        *args: Any,
        community: Community,
        grids: tuple[tuple[int, str], ...],
        actor: User,
        at: datetime,
        on_the_spot: bool,
        as_entry: bool = False,
        scope: Scope | None = None,
        after_kept: Sequence[StoredImage] = (),
        **kwargs: Any,
    ) -> None:
        self.after_kept, self.as_entry, self.scope = after_kept, as_entry, scope
        self.community, self.actor, self.at, self.said = community, actor, at, ""
        initial = {"key": uuid.uuid4(), "received_at": timezone.localtime(at)}
        visitor = Visitor(actor, "", at)
        super().__init__(
            *args, visitor=visitor, initial=initial, label_suffix="", as_entry=as_entry, **kwargs
        )
        place = self.fields["place"]
        assert isinstance(place, ReachField)
        place.offer_with(community, grids)
        if on_the_spot and len(grids) == 1:
            place.initial = str(grids[0][0])
        self._offer_channels(on_the_spot)
        if "mode" in self.fields:
            self.offer_modes(list(HandlingMode.values))
        if "service" in self.fields:
            offered = ServiceItem.objects.active().offered_in(community).order_by("title", "pk")
            self.fields["service"].queryset = offered  # type: ignore[attr-defined]

    def _offer_channels(self, on_the_spot: bool) -> None:
        open_ones = set(self.community.profile.channels) - BY_PEOPLE
        choices = [(kind.value, kind.label) for kind in ChannelKind if kind.value in open_ones]
        self.fields["channel"].choices = choices  # type: ignore[attr-defined]
        if on_the_spot and ChannelKind.PATROL in open_ones:
            self.fields["channel"].initial = ChannelKind.PATROL
        if "intake" in self.fields:
            known = Channel.objects.filter(community=self.community, is_active=True)
            self.fields["intake"].queryset = known  # type: ignore[attr-defined]

    def clean_received_at(self) -> datetime:
        received: datetime = self.cleaned_data["received_at"]
        if received > self.at:
            raise ValidationError(_("反映时间不能晚于现在。"))
        return received

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        intake = cleaned.get("intake")
        if intake is not None and intake.kind != cleaned.get("channel"):
            self.add_error("intake", _("与所选渠道不符，请重新选择。"))
        if cleaned.get("service") is not None:
            self.check_arrangement(
                cleaned["service"],
                authorises="authorisation",
                authorised=bool(cleaned.get("authorisation")),
            )
        return cleaned

    def submit(self) -> Filed | None:
        """File it, and settle it at once where that was said; None with the reason on the form."""
        filed = self.attempt(self._file)
        if filed is not None and filed.is_new and self.cleaned_data["outcome"]:
            self.attempt(lambda: self._settle(filed))
            self.said = str(self.refusal.message) if self.refusal else ""
        return filed

    def _file(self) -> Filed:
        given = self.cleaned_data
        channel = given["channel"]
        found = channel == ChannelKind.PATROL
        report = Report(
            text=given["text"],
            place=given["place"],
            channel=channel,
            spot=given["spot"],
            topic=given["topic"] or Topic.OTHER,
            is_private=given["is_private"],
            photos=self.kept,
            intake=given["intake"],
            origin=Origin.PROACTIVE if found else Origin.REPORTED,
            received_at=given["received_at"],
            scope=self.scope,
        )
        who = Person(
            name=given["name"],
            phone=given["phone"],
            on_behalf_of=given["on_behalf_of"],
            has_consented=given["consent"],
        )
        common: dict[str, Any] = {
            "community": self.community,
            "report": report,
            "person": who,
            "key": given["key"],
            "actor": self.actor,
            "at": self.at,
        }
        if given["service"] is None:
            return petition_file_within(**common) if self.as_entry else petition_file(**common)
        arrangement = self.arrangement(given["authorisation"])
        wish = Wish(given["service"], arrangement, is_application=not given["is_consultation"])
        return assistance_file(wish=wish, **common)

    def _settle(self, filed: Filed) -> None:
        photos: list[StoredImage] = [
            *self.after_kept,
            *(
                photo_keep(file=file, by=self.actor, address="", at=self.at)
                for file in self.cleaned_data["after"]
            ),
        ]
        petition_settle_on_spot(
            petition_id=filed.petition.pk,
            actor=self.actor,
            outcome=self.cleaned_data["outcome"],
            photos=photos,
            at=self.at,
        )
