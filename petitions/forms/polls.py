"""A poll: put and cancelled at the desk, voted in by a household, entered from paper by staff."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as now_said
from django.utils.translation import gettext_lazy as _

from community.duties import Power
from community.forms.inputs import MomentInput
from community.models import Community, Place
from community.models.place import PlaceKind
from community.permissions import paths_with
from community.querysets import below
from core.forms import RefusableForm
from core.models import User
from petitions.actions.polls.putting import Draft, poll_cancel, poll_put
from petitions.actions.polls.voting import poll_paper, poll_vote
from petitions.forms.fields import WordsField
from petitions.models import Majority, Petition, Poll
from petitions.models.poll import EXPLANATION_MAX, QUESTION_MAX
from petitions.selectors.electors import doors_of

DAYS = 7


class _DeskForm(RefusableForm):
    """What the admin's step page shows: a hint, one button."""

    hint: ClassVar[Any] = ""
    danger: ClassVar[bool] = False
    title: ClassVar[Any]
    button_label: ClassVar[Any]
    extra_button: ClassVar[None] = None


class PutForm(_DeskForm):
    hint = _("开始时按户籍册上在册的住户确定应投户数，以后不再变。投票一户一票，投后不能改。")
    title = button_label = _("发起表决")
    community = forms.ModelChoiceField(Community.objects.none(), label=_("社区"))
    question = WordsField(label=_("问题"), max_length=QUESTION_MAX)
    explanation = WordsField(label=_("说明"), max_length=EXPLANATION_MAX, rows=4, required=False)
    options = WordsField(label=_("选项"), max_length=400, rows=4, help_text=_("一行一个，二到六个。"))
    estates = forms.ModelMultipleChoiceField(
        Place.objects.none(),
        label=_("小区"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("小区和楼栋都不选，就是全社区。"),
    )
    buildings = forms.ModelMultipleChoiceField(Place.objects.none(), label=_("楼栋"), required=False)
    opens_at = forms.DateTimeField(label=_("开始"), widget=MomentInput)
    closes_at = forms.DateTimeField(label=_("结束"), widget=MomentInput)
    quorum_percent = forms.IntegerField(
        label=_("有效投票率（%）"),
        min_value=1,
        max_value=100,
        initial=50,
        help_text=_("投票户数占应投户数的比例。"),
    )
    majority = forms.ChoiceField(
        label=_("通过条件"), choices=Majority.choices, initial=Majority.HALF, widget=forms.RadioSelect
    )
    number = forms.CharField(label=_("相关诉求的编号"), max_length=20, required=False)

    def __init__(self, data: Any = None, *, actor: User, at: datetime) -> None:
        super().__init__(data, label_suffix="")
        self.actor, self.at = actor, at
        paths = paths_with(actor, Power.POLL_RUN, at=at)
        own = Community.objects.active().filter(below(paths, "place__path")).select_related("place")
        places = Place.objects.active().filter(below(paths)).select_related("parent__parent")
        fields: Any = self.fields
        fields["community"].queryset = own
        fields["estates"].queryset = places.filter(kind=PlaceKind.ESTATE)
        fields["buildings"].queryset = places.filter(kind=PlaceKind.BUILDING).order_by(
            "parent_id", "order", "pk"
        )
        fields["buildings"].label_from_instance = lambda place: place.long_name
        local = timezone.localtime(at).replace(second=0, microsecond=0)
        fields["opens_at"].initial = local
        fields["closes_at"].initial = (local + timedelta(days=DAYS)).replace(hour=18, minute=0)
        self._choose_only(own)

    def _choose_only(self, own: Any) -> None:
        found = list(own[:2])
        if len(found) == 1:
            self.fields["community"].initial = found[0].pk

    def clean_number(self) -> Petition | None:
        number = self.cleaned_data["number"].strip()
        if not number:
            return None
        found = Petition.objects.visible_to(self.actor, at=self.at).filter(number=number).first()
        if found is None:
            raise ValidationError(_("没有找到这个编号的诉求。"))
        return found

    def submit(self) -> Poll | None:
        """Put it; None when that was refused, and then the form says why."""
        given = self.cleaned_data
        draft = Draft(
            question=given["question"],
            options=given["options"].split("\n"),
            opens_at=given["opens_at"],
            closes_at=given["closes_at"],
            explanation=given["explanation"],
            quorum_percent=given["quorum_percent"],
            majority=given["majority"],
            places=[*given["estates"], *given["buildings"]],
            petition=given["number"],
        )
        return self.attempt(
            lambda: poll_put(community=given["community"], actor=self.actor, draft=draft, at=self.at)
        )


class CancelPollForm(_DeskForm):
    hint = _("取消后不计票，公开页面写明原因，不能恢复。")
    title = button_label = _("取消表决")
    danger = True
    reason = WordsField(label=_("取消原因"), max_length=100)

    def submit(self, poll: Poll, *, actor: User, at: datetime) -> bool:
        reason = self.cleaned_data["reason"]
        return (
            self.attempt(lambda: poll_cancel(poll_id=poll.pk, actor=actor, reason=reason, at=at)) is not None
        )


def _choice(poll: Poll) -> forms.TypedChoiceField:
    named = list(enumerate(poll.options))
    field = forms.TypedChoiceField(
        label=_("选择"), coerce=int, choices=named, widget=forms.RadioSelect, empty_value=None
    )
    field.error_messages["required"] = _("请选择一个选项。")
    return field


class PaperForm(RefusableForm):
    """One paper vote: the household among those of the building that have not voted, and its choice."""

    household = forms.TypedChoiceField(label=_("户号"), coerce=int, empty_value=None)

    def __init__(self, data: Any = None, *, poll: Poll, building: Place) -> None:
        super().__init__(data, label_suffix="")
        self.poll = poll
        self.doors = doors_of(poll, building)
        self.waiting = [door for door in self.doors if not door.way]
        household: Any = self.fields["household"]
        household.choices = [
            ("", _("请选择户号")),
            *((one.household_id, self._named(one)) for one in self.doors),
        ]
        self.fields["choice"] = _choice(poll)

    @staticmethod
    def _named(door: Any) -> str:
        named = {"name": door.name, "more": door.way}
        return now_said("%(name)s（%(more)s）") % named if door.way else door.name

    def submit(self, *, actor: User, at: datetime) -> bool:
        """Count it; a household that has voted is refused, and the form says how it had."""
        given = self.cleaned_data

        def enter() -> bool:
            poll_paper(
                poll_id=self.poll.pk,
                actor=actor,
                household_id=given["household"],
                choice=given["choice"],
                at=at,
            )
            return True

        return bool(self.attempt(enter))


class VoteForm(RefusableForm):
    """A household's vote on the web. The roll knows no birthdays: being of age is declared."""

    adult = forms.BooleanField(
        label=_("我已满十八周岁，代表我家投票"), error_messages={"required": _("请确认您已满十八周岁。")}
    )

    def __init__(self, data: Any = None, *, poll: Poll) -> None:
        super().__init__(data, label_suffix="")
        self.poll = poll
        self.fields = {"choice": _choice(poll), **self.fields}

    def submit(self, *, actor: User, at: datetime) -> bool:
        """Vote; a refusal stands on the form."""

        def vote() -> bool:
            poll_vote(poll_id=self.poll.pk, actor=actor, choice=self.cleaned_data["choice"], at=at)
            return True

        return bool(self.attempt(vote))
