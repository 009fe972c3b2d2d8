"""收事: the form on which anybody reports a matter, or joins one that is already open."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.models import Community, TalkPoint
from community.models.place import TalkPointKind
from community.selectors.accounts import resident_of
from community.workflow import Channel, Profile, Topic
from petitions.actions.filing import Filed, Person, Report, filed_before, petition_file
from petitions.actions.joining import Joined, petition_join
from petitions.forms.base import PhotoForm, Visitor
from petitions.forms.fields import STALE, PageKeyField, PhoneField, PlaceField, WordsField
from petitions.models import Petition
from petitions.models.petition import TEXT_MAX
from petitions.selectors import links
from petitions.selectors.similar import SHOWN, similar_matters, snaps_here

EDIT, NEW = "edit", "new"
COMMON = (Topic.LAMP, Topic.LIFT, Topic.LEAK, Topic.PARKING, Topic.WASTE, Topic.NOISE)
"""What is reported most: two rows on a phone, the rest one tap away."""
TOPICS = [
    *((each.value, each.label) for each in COMMON),
    *(one for one in Topic.choices if one[0] not in COMMON),
]
CHANNELS = {
    TalkPointKind.BUILDING: Channel.QR_CODE,
    TalkPointKind.BOX: Channel.SUGGESTION_BOX,
    TalkPointKind.SNAP: Channel.SNAP_REPORT,
}


class PersonForm(PhotoForm):
    """Who reports, as much as they choose to say, and that they agree to its use."""

    name = WordsField(
        label=gettext_lazy("怎么称呼您"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("比如：林阿姨。"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = PhoneField(
        label=gettext_lazy("手机号"),
        required=False,
        help_text=gettext_lazy("建议填写：进展和答复会发短信给您，忘了查询码也能找回。只有办理的人能看到。"),
    )
    consent = forms.BooleanField(
        label=gettext_lazy("我同意社区为办理这件事使用以上信息"),
        error_messages={"required": gettext_lazy("请先看一下说明，同意后打勾。")},
    )
    key = PageKeyField()

    def __init__(self, *args: Any, visitor: Visitor, **kwargs: Any) -> None:
        initial = {"key": uuid.uuid4(), **kwargs.pop("initial", {})}
        super().__init__(*args, visitor=visitor, initial=initial, **kwargs)

    def person(self) -> Person:
        """The person as the actions take it."""
        given = self.cleaned_data
        return Person(
            name=given["name"],
            phone=given["phone"],
            user=self.visitor.user,
            on_behalf_of=given.get("on_behalf_of", ""),
            has_consented=given["consent"],
            address=self.visitor.address,
        )


class FilingForm(PersonForm):
    """One page: what, where, photos, who. `decision` is what was chosen where similar matters were shown."""

    text = WordsField(
        label=gettext_lazy("什么事"),
        max_length=TEXT_MAX,
        rows=4,
        missing=gettext_lazy("请写一下是什么事。"),
        help_text=gettext_lazy("在哪里、什么时候、影响到谁，想到什么写什么。"),
    )
    place = PlaceField(label=gettext_lazy("在哪里"))
    spot = WordsField(
        label=gettext_lazy("具体位置"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("比如：2单元三楼拐角。"),
    )
    topic = forms.ChoiceField(
        label=gettext_lazy("哪一类"),
        choices=TOPICS,
        required=False,
        widget=forms.RadioSelect,
    )
    is_private = forms.BooleanField(
        label=gettext_lazy("不公开"),
        required=False,
        help_text=gettext_lazy("不勾选时，别人只能看到类别、楼栋和办理情况，看不到您写的原话和您是谁。"),
    )
    on_behalf_of = WordsField(
        label=gettext_lazy("替谁反映"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("替家里老人、邻居反映时填写。"),
    )
    decision = forms.CharField(
        required=False, max_length=60, widget=forms.HiddenInput, error_messages={"max_length": STALE}
    )

    field_order = ("text", "place", "spot", "photos", "topic", "phone", "name")

    def __init__(
        self, *args: Any, community: Community, point: TalkPoint | None, visitor: Visitor, **kwargs: Any
    ) -> None:
        self.community, self.point = community, point
        if not args or args[0] is None:
            kwargs["initial"] = known_of(visitor, community, point)
        super().__init__(*args, visitor=visitor, **kwargs)
        place = self.fields["place"]
        assert isinstance(place, PlaceField)
        place.offer(community, point)
        self.fields["photos"].required = self.is_snap
        self.joined: Petition | None = None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["topic"] = cleaned.get("topic") or Topic.OTHER
        if self.is_snap and not self.kept and "photos" not in self.errors:
            self.add_error("photos", _("随手拍须有照片，请先上传。"))
        kind, _colon, number = cleaned.get("decision", "").partition(":")
        if kind == "join":
            self.joined = (
                Petition.objects.on_problem_wall().filter(community=self.community, number=number).first()
            )
            if self.joined is None:
                self.add_error(None, _("那件事刚刚已经有变化，不能加入了；您写的内容还在，可以直接提交。"))
        return cleaned

    @property
    def is_snap(self) -> bool:
        """随手拍: behind the code that riders and couriers have, a photo is compulsory (P-39)."""
        return self.point is not None and self.point.kind == TalkPointKind.SNAP

    @property
    def carried(self) -> list[forms.BoundField]:
        """What the step with similar matters carries on in hidden fields."""
        return [field for field in self if field.name not in {"photos", "decision"}]

    @property
    def topics(self) -> tuple[list[Any], list[Any], bool]:
        """The common topics, the others, and whether one of the others is chosen."""
        options = list(self["topic"])
        others = options[len(COMMON) :]
        return options[: len(COMMON)], others, any(option.data["selected"] for option in others)

    @property
    def wants_editing(self) -> bool:
        return bool(self.cleaned_data["decision"] == EDIT)

    def similar(self) -> list[Petition]:
        """Open matters that may be the same, unless the person has decided or sent this form already."""
        given = self.cleaned_data
        if given["decision"] == NEW or given["is_private"] or self.joined is not None:
            return []
        found = similar_matters(
            community=self.community, place=given["place"], text=given["text"], topic=given["topic"]
        )
        if self.is_snap:
            here = snaps_here(community=self.community, place=given["place"], at=self.visitor.at)
            found = [*{one.pk: one for one in (*here, *found)}.values()][:SHOWN]
        return [] if found and filed_before(given["key"]) else found

    def submit(self, profile: Profile) -> str | None:
        """File or join, and the page that follows; None when refused, and then the form says why."""
        if self.joined is not None:
            joined = self.attempt(self._join)
            return after_joining(joined) if joined else None
        filed = self.attempt(lambda: self._file(profile))
        return links.receipt_path(filed.reporter) if filed else None

    def _file(self, profile: Profile) -> Filed:
        given = self.cleaned_data
        report = Report(
            text=given["text"],
            place=given["place"],
            channel=channel_of(self.point, profile),
            spot=given["spot"],
            topic=given["topic"],
            is_private=given["is_private"],
            photos=self.kept,
            talk_point=self.point,
        )
        return petition_file(
            community=self.community,
            report=report,
            person=self.person(),
            key=given["key"],
            actor=None,
            at=self.visitor.at,
        )

    def _join(self) -> Joined:
        assert self.joined is not None
        return petition_join(
            petition_id=self.joined.pk,
            person=self.person(),
            words=self.cleaned_data["text"],
            key=self.cleaned_data["key"],
            photos=self.kept,
            at=self.visitor.at,
        )


class JoiningForm(PersonForm):
    """A neighbour joins the matter whose page they read."""

    words = WordsField(
        label=gettext_lazy("想补充的话"),
        max_length=TEXT_MAX,
        required=False,
        rows=3,
        help_text=gettext_lazy("只有办理的人能看到。"),
    )
    field_order = ("words", "photos", "phone", "name")

    def submit(self, petition: Petition) -> str | None:
        """Join, and the page that follows; None when refused, and then the form says why."""
        given = self.cleaned_data
        joined = self.attempt(
            lambda: petition_join(
                petition_id=petition.pk,
                person=self.person(),
                words=given["words"],
                key=given["key"],
                photos=self.kept,
                at=self.visitor.at,
            )
        )
        return after_joining(joined) if joined else None


def after_joining(joined: Joined) -> str:
    """The receipt, or where a phone was typed the page that says the same to everybody."""
    return links.receipt_path(joined.reporter) if joined.shows_receipt else links.joined_path(joined.petition)


def channel_of(point: TalkPoint | None, profile: Profile) -> str:
    """How a matter came in, by the code that was scanned; a closed channel counts as a plain scan."""
    if point is None:
        return Channel.WEB_FORM
    channel = CHANNELS.get(TalkPointKind(point.kind), Channel.TALK_POINT)
    return channel if channel in profile.channels else Channel.QR_CODE


def known_of(visitor: Visitor, community: Community, point: TalkPoint | None = None) -> dict[str, Any]:
    """What the form can fill in by itself: the scanned place, and what the account says."""
    known: dict[str, Any] = {"place": str(point.place_id) if point else ""}
    if visitor.user is None:
        return known
    known |= {"name": visitor.user.display_name, "phone": visitor.user.phone or ""}
    resident = None if point else resident_of(visitor.user)
    home = resident.household.place if resident else None
    if home is not None and home.path.startswith(community.place.path):
        known["place"] = str(home.parent_id if home.kind == "entrance" else home.pk)
    return known
